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
