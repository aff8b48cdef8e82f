import { beforeAll, expect, it } from 'vitest';
import { migrated } from './migrated.ts';
import { describeProof } from './proof.ts';
import { runPython } from './run-python.ts';
import { type Asked, askedFor, type Sent } from './sent.ts';

const ask = (options: string): string => `await drain(query(prompt="hello", options=${options}))`;

/** Uses of the old SDK: each cell of the tables, and the ways in which options reach a query. */
const CASES: Readonly<Record<string, string>> = {
  'no options': 'await drain(query(prompt="hello"))',
  'nothing for options': ask('None'),
  neither: ask('ClaudeCodeOptions(model="sonnet", max_turns=3)'),
  custom: ask('ClaudeCodeOptions(system_prompt="S")'),
  'custom given': ask('ClaudeCodeOptions(system_prompt=given)'),
  'custom absent': ask('ClaudeCodeOptions(system_prompt=absent)'),
  'custom empty': ask('ClaudeCodeOptions(system_prompt=empty)'),
  append: ask('ClaudeCodeOptions(append_system_prompt="A")'),
  'append given': ask('ClaudeCodeOptions(append_system_prompt=given)'),
  'append absent': ask('ClaudeCodeOptions(append_system_prompt=absent)'),
  'append empty': ask('ClaudeCodeOptions(append_system_prompt=empty)'),
  'append is nothing': ask('ClaudeCodeOptions(append_system_prompt=None)'),
  both: ask('ClaudeCodeOptions(system_prompt="S", append_system_prompt="A")'),
  'both: given': ask('ClaudeCodeOptions(system_prompt=given, append_system_prompt=given)'),
  'both: custom absent': ask('ClaudeCodeOptions(system_prompt=absent, append_system_prompt=given)'),
  'both: append absent': ask('ClaudeCodeOptions(system_prompt=given, append_system_prompt=absent)'),
  'both: absent': ask('ClaudeCodeOptions(system_prompt=absent, append_system_prompt=absent)'),
  'both: custom empty': ask('ClaudeCodeOptions(system_prompt=empty, append_system_prompt=given)'),
  'both: append empty': ask('ClaudeCodeOptions(system_prompt=given, append_system_prompt=empty)'),
  'both: called': ask('ClaudeCodeOptions(system_prompt=maybe("S"), append_system_prompt=maybe("A"))'),
  'both beside a flag': ask(
    'ClaudeCodeOptions(system_prompt="S", append_system_prompt="A", extra_args={"debug": None})',
  ),
  mode: ask('ClaudeCodeOptions(permission_mode="acceptEdits")'),
  bypass: ask('ClaudeCodeOptions(permission_mode="bypassPermissions")'),
  'extra append': ask('ClaudeCodeOptions(extra_args={"append-system-prompt": "A"})'),
  'extra custom': ask('ClaudeCodeOptions(extra_args={"system-prompt": "S"})'),
  'extra sources': ask('ClaudeCodeOptions(extra_args={"setting-sources": "user"})'),
  assigned: `options = ClaudeCodeOptions()
    options.append_system_prompt = "A"
    ${ask('options')}`,
  'on one branch': `options = ClaudeCodeOptions(model="sonnet")
    if absent:
        options.append_system_prompt = "A"
    ${ask('options')}`,
  spread: `more = {"append_system_prompt": "A", "model": "opus"}
    ${ask('ClaudeCodeOptions(**more)')}`,
  'may be none': ask('ClaudeCodeOptions(system_prompt="S") if absent else None'),
  client: `async with ClaudeSDKClient() as client:
        await client.query("hello")
        await drain(client.receive_response())`,
  'client with append': `async with ClaudeSDKClient(ClaudeCodeOptions(append_system_prompt="A")) as client:
        await client.query("hello")
        await drain(client.receive_response())`,
  'client with both': `async with ClaudeSDKClient(options=ClaudeCodeOptions(system_prompt="S", append_system_prompt="A")) as client:
        await client.query("hello")
        await drain(client.receive_response())`,
  'everything else': ask(`ClaudeCodeOptions(
        allowed_tools=["Read"], disallowed_tools=["Bash"], add_dirs=["/"], continue_conversation=True, cwd="/", model="sonnet",
        resume="x", max_turns=2, include_partial_messages=True, extra_args={"debug": None}, settings="{}",
        mcp_servers={"a": {"command": "true"}}, env={"A": "b"}, permission_prompt_tool_name="mcp__a__ask",
    )`),
};

function program(body: string): string {
  return `import anyio
from claude_code_sdk import ClaudeCodeOptions, ClaudeSDKClient, query


def maybe(text=None):
    return text


given = maybe("G")
absent = maybe()
empty = maybe("")


async def drain(messages):
    async for _ in messages:
        pass


async def main():
    ${body}


anyio.run(main)
`;
}

/** What differs besides the sources, which the old SDK left to a CLI that loaded them all. */
const DIFFERENT: Readonly<Record<string, Partial<Asked>>> = {
  // A flag that the code sends by hand is left to a person.
  'extra append': { system: '' },
};

/** The cases above that the plan has to speak of. */
const TOLD: Readonly<Record<string, RegExp>> = {
  'extra append': /sends an empty one with it.*"append": …/,
  'extra custom': /prompt flag/,
  'extra sources': /--setting-sources/,
};

/** How the one prompt of `query` travels: behind the flags to the old CLI, by its standard input to the new one. */
const ROUTE = ['-- hello', '--print', '--input-format stream-json'];

/** Of a program that starts claude once; without the way by which the prompt travels, and what only that way asks for. */
function onlyOne(sent: readonly Sent[] | undefined): Asked {
  const [one, ...more] = sent ?? [];
  if (one === undefined || more.length > 0) throw new Error(`claude was started ${sent?.length ?? 0} times`);
  const asked = askedFor(one);
  const initialize = one.initialize ?? { subtype: 'initialize', hooks: null };
  return { ...asked, flags: asked.flags.filter((flag) => !ROUTE.includes(flag)), initialize };
}

function expected(name: string, old: Asked): Asked {
  return { ...old, sources: old.sources ?? 'user,project,local', ...DIFFERENT[name] };
}

describeProof('python', 'what the Python SDK sends before and after the migration', (packages) => {
  const names = Object.keys(CASES);
  const notes: Record<string, string> = {};
  const moved: Record<string, string> = {};
  let old: Readonly<Record<string, readonly Sent[]>> = {};

  beforeAll(async () => {
    const before = Object.fromEntries(names.map((name) => [name, program(CASES[name] ?? '')]));
    old = await runPython(packages, 'old', before);
    for (const name of names) {
      const result = await migrated({ 'main.py': before[name] ?? '', 'requirements.txt': 'claude-code-sdk==0.0.25\n' });
      moved[name] = result.files['main.py'] ?? '';
      notes[name] = result.notes.map(({ message }) => message).join('\n');
    }
  });

  it.each(['floor', 'latest'] as const)('is the same on %s, but for what the plan says', async (side) => {
    const sent = await runPython(packages, side, moved);
    expect(Object.fromEntries(names.map((name) => [name, onlyOne(sent[name])]))).toEqual(
      Object.fromEntries(names.map((name) => [name, expected(name, onlyOne(old[name]))])),
    );
  });

  it('was told to the old SDK at all: a prompt, both prompts, and neither', () => {
    const asked = (name: string) => onlyOne(old[name]);
    expect(asked('neither')).toMatchObject({
      system: null,
      append: null,
      flags: expect.arrayContaining(['--max-turns 3']),
    });
    expect(asked('client with both')).toMatchObject({
      system: 'S',
      append: 'A',
      initialize: { subtype: 'initialize' },
    });
    expect(asked('append given')).toMatchObject({ system: null, append: 'G' });
  });

  it.each(Object.keys(TOLD))('is spoken of where it differs: %s', (name) => {
    expect(notes[name]).toMatch(TOLD[name] as RegExp);
  });

  it('differs where only the names are changed: the proof can fail', async () => {
    const some = ['no options', 'neither', 'client'];
    const renamed = some.map((name) => {
      const text = program(CASES[name] ?? '');
      return [
        name,
        text.replaceAll('claude_code_sdk', 'claude_agent_sdk').replaceAll('ClaudeCode', 'ClaudeAgent'),
      ] as const;
    });
    const sent = await runPython(packages, 'latest', Object.fromEntries(renamed));
    for (const name of some) {
      expect(onlyOne(sent[name])).toMatchObject({ system: '', append: null, sources: null });
    }
  });
});
