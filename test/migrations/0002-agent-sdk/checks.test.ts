import { describe, expect, it } from 'vitest';
import { cliInstalled } from '../../../migrations/0002-agent-sdk/checks/cli-installed.ts';
import { admitsNoSdk, knownBadRange } from '../../../migrations/0002-agent-sdk/checks/known-bad-range.ts';
import { manifestsAgree } from '../../../migrations/0002-agent-sdk/checks/manifests-agree.ts';
import { mocksMatch } from '../../../migrations/0002-agent-sdk/checks/mocks-match.ts';
import { oldModule } from '../../../migrations/0002-agent-sdk/checks/old-module.ts';
import { oldOption } from '../../../migrations/0002-agent-sdk/checks/old-option.ts';
import { told } from '../../support/judge.ts';

const OLD = '@anthropic-ai/claude-code';
const NEW = '@anthropic-ai/claude-agent-sdk';
const manifest = (...names: readonly string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '^1.0.0'])) });

describe('A01-old-module', () => {
  it('finds every way to load it, and components', async () => {
    const files = {
      'a.ts': `import '${OLD}';`,
      'b.vue': `<script>\nimport { query } from '${OLD}';\n</script>`,
      'c.js': `require('${OLD}/cli.js'); // and ${OLD}`,
      'd.ts': `import '${NEW}';`,
    };
    expect(await told(oldModule, files)).toEqual([
      `error a.ts: loads the SDK from ${OLD}`,
      `error b.vue: loads the SDK from ${OLD}`,
    ]);
  });
});

describe('A01-old-module in Python', () => {
  it('finds imports of the old module in scripts and notebooks, and lets a fallback be', async () => {
    const cell = JSON.stringify({ cells: [{ cell_type: 'code', source: 'import claude_code_sdk' }] });
    const files = {
      'a.py': 'import os\nfrom claude_code_sdk.types import Message\n',
      'b.py': 'try:\n    import claude_agent_sdk\nexcept ImportError:\n    import claude_code_sdk\n',
      'c.py': '# claude_code_sdk\nimport claude_agent_sdk\n',
      'd.ipynb': cell,
      'e.py': 'import importlib\nimportlib.import_module("claude_code_sdk")\n',
    };
    expect(await told(oldModule, files)).toEqual([
      'error a.py:2 loads the SDK from claude_code_sdk',
      'error d.ipynb:1 loads the SDK from claude_code_sdk',
      'error e.py:2 loads the SDK from claude_code_sdk',
    ]);
  });
});

describe('A02-old-option', () => {
  it('follows what reaches a query of the new SDK, and only that', async () => {
    const files = {
      'a.ts': [
        `import { query } from '${NEW}';`,
        'const ours = { customSystemPrompt: 1 };',
        'const more = { appendSystemPrompt: ours.customSystemPrompt };',
        "query({ prompt: '', options: { cwd: '.', ...(ours && more) } });",
        "query({ prompt: '', options: { systemPrompt: '' } });",
      ].join('\n'),
    };
    expect(await told(oldOption, files)).toEqual(['error a.ts:3 appendSystemPrompt reaches a query, which drops it']);
  });
});

describe('A02-old-option in Python', () => {
  it('finds the old key in options of the new SDK: keyword, dictionary, attribute, and through a file that hands on the class', async () => {
    const files = {
      'a.py': [
        'from claude_agent_sdk import ClaudeAgentOptions, query',
        'more = {"append_system_prompt": "B"}',
        'one = ClaudeAgentOptions(append_system_prompt="A")',
        'two = ClaudeAgentOptions(**more)',
        'one.append_system_prompt = "C"',
      ].join('\n'),
      'sdk.py': 'from claude_agent_sdk import ClaudeAgentOptions\n',
      'b.py': 'from sdk import ClaudeAgentOptions\nClaudeAgentOptions(append_system_prompt="A")\n',
    };
    expect([...(await told(oldOption, files))].sort()).toEqual([
      'error a.py:2 append_system_prompt is given to options, which do not take it',
      'error a.py:3 append_system_prompt is given to options, which do not take it',
      'error a.py:5 append_system_prompt is set on options, which ignore it',
      'error b.py:2 append_system_prompt is given to options, which do not take it',
    ]);
  });
  it('is silent about fields of the repository, and options that are right', async () => {
    const files = {
      'a.py': [
        'from claude_agent_sdk import ClaudeAgentOptions',
        'class Settings:',
        '    append_system_prompt = ""',
        'settings = Settings()',
        'settings.append_system_prompt = "A"',
        'ours(append_system_prompt="A")',
        'ClaudeAgentOptions(system_prompt={"type": "preset", "preset": "claude_code", "append": settings.append_system_prompt})',
      ].join('\n'),
    };
    expect(await told(oldOption, files)).toEqual([]);
  });
  it('does not judge the old SDK', async () => {
    const files = {
      'a.py': 'from claude_code_sdk import ClaudeCodeOptions\nClaudeCodeOptions(append_system_prompt="A")\n',
    };
    expect(await told(oldOption, files)).toEqual(['not applicable: no code loads the Agent SDK']);
  });
});

describe('A03-mocks-match', () => {
  const code = { 'a.ts': `import { query } from '${NEW}';` };
  it('finds a mock of a module that nothing imports', async () => {
    expect(await told(mocksMatch, { ...code, 'a.test.ts': `\njest.mock('${OLD}');` })).toEqual([
      'error a.test.ts:2 the mock stands for a module that no code imports',
    ]);
  });
  it.each([
    [{ 'a.test.ts': `vi.mock('${NEW}');` }],
    [{ 'b.ts': `import '${OLD}';`, 'a.test.ts': `vi.mock('${OLD}');` }],
  ])('is silent about %j', async (files) => {
    expect(await told(mocksMatch, { ...code, ...files })).toEqual([]);
  });
});

describe('A03-mocks-match in Python', () => {
  const code = { 'bot.py': 'from claude_agent_sdk import query\n' };
  it('finds patches and stand-ins of a module that nothing imports', async () => {
    const test = [
      'import sys',
      '@patch("claude_code_sdk.query")',
      'def test_a(fake): ...',
      'sys.modules["claude_code_sdk"] = fake',
      'def test_b(monkeypatch):',
      '    monkeypatch.setattr("claude_code_sdk.types.ClaudeCodeOptions", fake)',
      '    with patch.dict("sys.modules", {"claude_code_sdk": fake}): ...',
    ].join('\n');
    const why = 'the mock stands for a module that no code imports';
    expect(await told(mocksMatch, { ...code, 'test_bot.py': test })).toEqual(
      [2, 4, 6, 7].map((line) => `error test_bot.py:${line} ${why}`),
    );
  });
  it('finds a patch of the new module where code imports only the old one', async () => {
    const files = { 'bot.py': 'import claude_code_sdk\n', 'test_bot.py': 'patch("claude_agent_sdk.query")\n' };
    expect(await told(mocksMatch, files)).toEqual([
      'error test_bot.py:1 the mock stands for a module that no code imports',
    ]);
  });
  it.each([
    ['patch("claude_agent_sdk.query")\n', []],
    ['patch("claude_agent_sdk.query")\nassert "claude_code_sdk" not in sys.modules\n', []],
    ['import claude_code_sdk\npatch("claude_code_sdk.query")\n', []],
    ['patch("bot.query")\n', ['not applicable: no test puts a mock in the place of either SDK']],
  ])('is silent about %j', async (text, expected) => {
    expect(await told(mocksMatch, { ...code, 'test_bot.py': text })).toEqual(expected);
  });
  it('keeps the languages apart', async () => {
    const files = { 'a.ts': `import { query } from '${NEW}';`, 'test_bot.py': 'patch("claude_code_sdk.query")\n' };
    expect(await told(mocksMatch, files)).toEqual([]);
  });
});

describe('A04-manifests-agree in Python', () => {
  const code = { 'bot/main.py': '\nfrom claude_agent_sdk import query\n' };
  const project = (name: string) => `[project]\nname = "bot"\ndependencies = ["${name}>=0.1.60"]\n`;
  it.each([
    { 'pyproject.toml': project('claude-code-sdk') },
    { 'requirements.txt': 'claude-code-sdk==0.0.25\n' },
    { 'requirements.txt': '# claude-agent-sdk\nanyio\n' },
    { 'setup.py': 'setup(install_requires=["claude-code-sdk"])\n' },
    { 'pyproject.toml': project('claude-agent-sdk-extras') },
    { 'requirements.txt': 'anyio\n', 'other/run.py': '\n', 'other/requirements.txt': 'claude-agent-sdk\n' },
  ])('wants the distribution listed: %j', async (files) => {
    expect(await told(manifestsAgree, { ...code, ...files })).toEqual([
      'error bot/main.py:2 needs claude-agent-sdk, which no manifest for it lists',
    ]);
  });
  it.each([
    { 'pyproject.toml': project('Claude_Agent_SDK') },
    { 'requirements.txt': 'anyio\n', Dockerfile: 'FROM python\nRUN pip install claude-agent-sdk\n' },
    { 'requirements.txt': 'anyio\n', 'bot/requirements.txt': 'claude-agent-sdk>=0.1.60\n' },
    { 'setup.py': 'setup(install_requires=["claude-agent-sdk"])\n' },
    { 'requirements/base.txt': 'claude-agent-sdk[x]>=0.1.60\n', 'pyproject.toml': '[project]\ndependencies = []\n' },
  ])('is content with %j', async (files) => {
    expect(await told(manifestsAgree, { ...code, ...files })).toEqual([]);
  });
  it('is content with either where a file takes what is there, and wants the old one for old code', async () => {
    const both = 'try:\n    import claude_agent_sdk\nexcept ImportError:\n    import claude_code_sdk\n';
    const list = { 'requirements.txt': 'claude-code-sdk\n' };
    expect(await told(manifestsAgree, { 'bot.py': both, ...list })).toEqual([]);
    expect(
      await told(manifestsAgree, { 'bot.py': 'import claude_code_sdk\n', 'requirements.txt': 'claude-agent-sdk\n' }),
    ).toEqual(['error bot.py:1 needs claude-code-sdk, which no manifest for it lists']);
  });
  it('does not judge code that no list of dependencies is for', async () => {
    expect(await told(manifestsAgree, { ...code, 'pyproject.toml': '[tool.ruff]\nline-length = 99\n' })).toEqual([
      'not applicable: no manifest is for the code that loads the SDK',
    ]);
  });
});

describe('A04-manifests-agree', () => {
  it('wants the package listed at or above the file', async () => {
    const files = {
      'package.json': manifest(OLD),
      'a/package.json': manifest(NEW),
      'a/b/x.ts': `import '${NEW}';`,
      'c/x.ts': `import '${NEW}';`,
      'd/package.json': JSON.stringify({ devDependencies: { sdk: `npm:${NEW}@^0.1.77` } }),
      'd/x.ts': `import '${NEW}';`,
    };
    expect(await told(manifestsAgree, files)).toEqual([
      `error c/x.ts: imports ${NEW}, which no package.json above it lists`,
    ]);
  });
});

describe('A05-cli-installed', () => {
  const run = { 'x.sh': 'npx claude -p hello' };
  it('wants the old package where claude is run out of node_modules', async () => {
    expect(await told(cliInstalled, { ...run, 'package.json': manifest(NEW) })).toEqual([
      'error x.sh:1 runs the claude program, which nothing installs any more',
    ]);
  });
  it.each([[{ ...run, 'package.json': manifest(NEW, OLD) }], [{ ...run, 'package.json': manifest('other') }]])(
    'is silent about %j',
    async (files) => {
      expect(await told(cliInstalled, files)).toEqual([]);
    },
  );
  it.each([
    [{ 'x.ts': "spawn('claude', [])", 'package.json': manifest(NEW) }],
    [{ 'x.sh': `npm i -g ${OLD}`, 'package.json': manifest(NEW) }],
  ])('does not judge %j', async (files) => {
    expect(await told(cliInstalled, files)).toEqual(['not applicable: nothing runs claude out of node_modules']);
  });
});

describe('A06-known-bad-range', () => {
  it.each([
    'latest',
    '*',
    '',
    '^2',
    '^2.0.0',
    '2',
    '2.0',
    '~2.0.1',
    '2.0.25',
    '2.0.46',
    '2.1.0',
    '>=1.0.0',
    '>1',
    '<3',
    '^1 || ^2',
  ])('takes %j for one that admits versions without an SDK', (range) => {
    expect(admitsNoSdk(range)).toBe(true);
  });
  it.each([
    '^1.0.128',
    '~1.0.0',
    '1.x',
    '1',
    '1.0.128',
    '2.0.24',
    '=2.0.1',
    '>=1.0.0 <2',
    '>=1.0.0 <=2.0.24',
    '<2.0.25',
  ])('lets %j be', (range) => {
    expect(admitsNoSdk(range)).toBe(false);
  });
  it('minds only packages whose code loads the SDK', async () => {
    const bad = JSON.stringify({ dependencies: { [OLD]: '^2.0.0' } }, null, 1);
    expect(await told(knownBadRange, { 'package.json': bad, 'a.ts': `import '${OLD}';` })).toEqual([
      'error package.json:3 ^2.0.0 admits versions without an SDK',
    ]);
    expect(await told(knownBadRange, { 'package.json': bad, 'a.ts': `spawn('${OLD}/cli.js')` })).toEqual([
      'not applicable: no code loads the SDK of the old package',
    ]);
  });
});
