import { beforeAll, expect, it } from 'vitest';
import { migrated } from './migrated.ts';
import { describeProof } from './proof.ts';
import { runTypeScript } from './run-typescript.ts';
import { type Asked, askedFor, type Sent } from './sent.ts';

/** Calls of the old SDK: each cell of the tables, and the ways in which options reach a query. */
const CASES: Readonly<Record<string, string>> = {
  'no options': `query({ prompt })`,
  neither: `query({ prompt, options: { model: 'sonnet', maxTurns: 3 } })`,
  custom: `query({ prompt, options: { customSystemPrompt: 'S' } })`,
  'custom given': `query({ prompt, options: { customSystemPrompt: maybe('S') } })`,
  'custom absent': `query({ prompt, options: { customSystemPrompt: maybe() } })`,
  'custom empty': `query({ prompt, options: { customSystemPrompt: maybe('') } })`,
  append: `query({ prompt, options: { appendSystemPrompt: 'A' } })`,
  'append absent': `query({ prompt, options: { appendSystemPrompt: maybe() } })`,
  'append empty': `query({ prompt, options: { appendSystemPrompt: '' } })`,
  both: `query({ prompt, options: { customSystemPrompt: 'S', appendSystemPrompt: 'A' } })`,
  'both: given': `query({ prompt, options: { customSystemPrompt: given, appendSystemPrompt: given } })`,
  'both: custom absent': `query({ prompt, options: { customSystemPrompt: absent, appendSystemPrompt: given } })`,
  'both: append absent': `query({ prompt, options: { customSystemPrompt: given, appendSystemPrompt: absent } })`,
  'both: absent': `query({ prompt, options: { customSystemPrompt: absent, appendSystemPrompt: absent } })`,
  'both: append empty': `query({ prompt, options: { customSystemPrompt: given, appendSystemPrompt: empty } })`,
  'both: custom empty': `query({ prompt, options: { customSystemPrompt: empty, appendSystemPrompt: given } })`,
  'both: empty': `query({ prompt, options: { customSystemPrompt: empty, appendSystemPrompt: empty } })`,
  mode: `query({ prompt, options: { permissionMode: 'acceptEdits' } })`,
  bypass: `query({ prompt, options: { permissionMode: 'bypassPermissions' } })`,
  sources: `query({ prompt, options: { settingSources: ['project'] } as any })`,
  'no sources': `query({ prompt, options: { settingSources: [] } as any })`,
  'extra append': `query({ prompt, options: { extraArgs: { 'append-system-prompt': 'A' } } })`,
  'extra custom': `query({ prompt, options: { extraArgs: { 'system-prompt': 'S' } } })`,
  'extra sources': `query({ prompt, options: { extraArgs: { 'setting-sources': 'user' } } })`,
  'by mistake': `query({ prompt, options: { systemPrompt: 'S' } as any })`,
  variable: `(() => { const options: Options = { appendSystemPrompt: 'A' }; options.maxTurns = 2; return query({ prompt, options }); })()`,
  spread: `(() => { const rest: Options = { model: 'opus' }; return query({ prompt, options: { ...rest, customSystemPrompt: 'S' } }); })()`,
  assigned: `(() => { const options: Options = {}; options.customSystemPrompt = 'S'; return query({ prompt, options }); })()`,
  'everything else': `query({ prompt, options: {
    allowedTools: ['Read'], disallowedTools: ['Bash'], additionalDirectories: ['/'], continue: true, cwd: '/', fallbackModel: 'haiku',
    maxThinkingTokens: 100, model: 'sonnet', resume: 'x', strictMcpConfig: true, extraArgs: { debug: null },
    includePartialMessages: true, env: process.env as Record<string, string>,
    mcpServers: { a: { command: 'true' }, b: createSdkMcpServer({ name: 'b' }) },
    hooks: { PreToolUse: [{ matcher: 'Read', hooks: [async () => ({})] }] } } })`,
};

/** What differs besides the sources, which the old SDK left to a CLI that loaded them all. */
const DIFFERENT: Readonly<Record<string, Partial<Asked>>> = {
  // As good as none to the CLI.
  'append empty': { append: '' },
  // Both prompts travel by different routes in later versions: joined, with a note.
  both: { system: 'S\n\nA', append: null },
  'both: given': { system: 'G\n\nG', append: null },
  'both: custom empty': { system: 'G', append: null },
  // Flags that the code sends by hand are left to a person.
  'extra append': { system: '' },
  // The old SDK ignored it.
  'by mistake': { system: 'S' },
};

/** The cases above that the plan has to speak of. */
const TOLD: Readonly<Record<string, RegExp>> = {
  both: /joined with an empty line/,
  'both: given': /joined with an empty line/,
  'both: custom empty': /joined with an empty line/,
  'extra append': /sends an empty one with it.*append: … }/,
  'extra custom': /--system-prompt/,
  'extra sources': /--setting-sources/,
  'by mistake': /the old SDK ignored systemPrompt/,
  bypass: /allowDangerouslySkipPermissions/,
};

const MANIFEST = '{"dependencies":{"@anthropic-ai/claude-code":"^1.0.128"}}';

function program(call: string): string {
  return `import { createSdkMcpServer, type Options, query } from '@anthropic-ai/claude-code';
const maybe = (text?: string): string | undefined => text;
const given: string | undefined = maybe('G');
const absent: string | undefined = maybe();
const empty: string | undefined = maybe('');
const prompt = 'hello';
for await (const _ of ${call}) continue;
`;
}

/** Of a program that queries once. */
function onlyOne(sent: readonly Sent[] | undefined): Asked {
  const [one, ...more] = sent ?? [];
  if (one === undefined || more.length > 0) throw new Error(`claude was started ${sent?.length ?? 0} times`);
  return askedFor(one);
}

function expected(name: string, old: Asked): Asked {
  const allow = name === 'bypass' ? ['--allow-dangerously-skip-permissions'] : [];
  const flags = [...old.flags, ...allow].sort();
  return { ...old, sources: old.sources ?? 'user,project,local', flags, ...DIFFERENT[name] };
}

describeProof('npm', 'what the SDK sends before and after the migration', (packages) => {
  const names = Object.keys(CASES);
  const notes: Record<string, string> = {};
  let old: Readonly<Record<string, readonly Sent[]>> = {};
  const moved: Record<string, string> = {};

  beforeAll(async () => {
    const before = Object.fromEntries(names.map((name) => [name, program(CASES[name] ?? '')]));
    old = await runTypeScript(packages.old, before);
    for (const name of names) {
      const result = await migrated({ 'main.ts': before[name] ?? '', 'package.json': MANIFEST });
      moved[name] = result.files['main.ts'] ?? '';
      notes[name] = result.notes.map(({ message }) => message).join('\n');
    }
  });

  it.each(['new-zod-3', 'new-zod-4'] as const)('is the same on %s, but for what the plan says', async (list) => {
    const sent = await runTypeScript(packages[list], moved);
    const plain = names.filter((name) => name !== 'everything else');
    expect(Object.fromEntries(plain.map((name) => [name, onlyOne(sent[name])]))).toEqual(
      Object.fromEntries(plain.map((name) => [name, expected(name, onlyOne(old[name]))])),
    );
  });

  it.each(Object.keys(TOLD))('is spoken of where it differs: %s', (name) => {
    expect(notes[name]).toMatch(TOLD[name] as RegExp);
  });

  it('has every other option as before, and what the new SDK adds to them', async () => {
    const name = 'everything else';
    const before = onlyOne(old[name]);
    for (const list of ['new-zod-3', 'new-zod-4'] as const) {
      const after = onlyOne((await runTypeScript(packages[list], { [name]: moved[name] ?? '' }))[name]);
      // Later SDKs tell of a server inside the program at the first request only, and wait for that.
      const server = ',"b":{"type":"sdk","name":"b"}';
      const kept = before.flags.map((flag) => (list === 'new-zod-4' ? flag.replace(server, '') : flag));
      expect(kept.filter((flag) => !after.flags.includes(flag))).toEqual([]);
      expect(after.flags.filter((flag) => !kept.includes(flag))).toEqual([
        ...(list === 'new-zod-4' ? ['--await-initialize'] : []),
        '--max-thinking-tokens 100',
      ]);
      expect(after.initialize).toMatchObject(before.initialize);
    }
  });

  it('differs where only the package is renamed: the proof can fail', async () => {
    const renamed = Object.fromEntries(
      ['no options', 'custom', 'append'].map((name) => [
        name,
        program(CASES[name] ?? '').replace('@anthropic-ai/claude-code', '@anthropic-ai/claude-agent-sdk'),
      ]),
    );
    const sent = await runTypeScript(packages['new-zod-4'], renamed);
    for (const name of Object.keys(renamed)) {
      expect(onlyOne(sent[name])).toMatchObject({ system: '', append: null, sources: null, mode: null });
    }
  });
});
