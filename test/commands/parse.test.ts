import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/commands/definitions.ts';
import { pairOutputs, parseParamWords } from '../../src/commands/options.ts';
import { parseCommandLine } from '../../src/commands/parse.ts';
import { REPORT_FORMATS } from '../../src/report/index.ts';

async function options(...words: string[]) {
  const parsed = await parseCommandLine(words);
  if (parsed.kind !== 'command') throw new Error('no command');
  return {
    name: parsed.name,
    positional: parsed.positional,
    ...Object.fromEntries(Object.entries(parsed.options).filter(([, value]) => value !== undefined)),
  };
}

const common = { format: [], output: [], quiet: false, verbose: false };
const selection = { migration: [], all: false, only: [], skip: [], phase: [], param: [] };
const apply = {
  ...selection,
  ...common,
  name: 'apply',
  yes: false,
  prove: 'static',
  'allow-dirty': false,
  resume: false,
  'dry-run': false,
  wait: 0,
  positional: undefined,
};

describe('parseCommandLine', () => {
  it.each<[string[], object]>([
    [
      ['plan'],
      { ...selection, ...common, name: 'plan', positional: undefined, 'exit-code': false, 'allow-dirty': false },
    ],
    [
      [
        'plan',
        'some/repo',
        '--out',
        'p.json',
        '--no-diff',
        '--exit-code',
        '--only',
        'a',
        '--only',
        'b',
        '--param',
        'base=x:y',
      ],
      {
        ...selection,
        ...common,
        name: 'plan',
        positional: 'some/repo',
        out: 'p.json',
        diff: false,
        'exit-code': true,
        'allow-dirty': false,
        only: ['a', 'b'],
        param: ['base=x:y'],
      },
    ],
    [['apply', '--commit'], { ...apply, commit: 'run' }],
    [['apply', '--commit', 'repo'], { ...apply, commit: 'run', positional: 'repo' }],
    [['apply', '--commit=step', 'repo', '-y'], { ...apply, commit: 'step', positional: 'repo', yes: true }],
    [['apply', '--wait', '2.5', '--branch', 'b'], { ...apply, wait: 2.5, branch: 'b' }],
    [
      ['rollback', '--run', '1', '--keep-changed'],
      { ...common, name: 'rollback', positional: undefined, run: '1', 'keep-changed': true, wait: 0 },
    ],
    [['status', '--', '-odd'], { ...common, name: 'status', positional: '-odd' }],
    [['status', '--', '--help'], { ...common, name: 'status', positional: '--help' }],
    [
      ['-q', 'status', '--no-verbose', '--color=false'],
      { ...common, name: 'status', positional: undefined, quiet: true, color: false },
    ],
    [['apply', '-yq', '-'], { ...apply, yes: true, quiet: true, positional: '-' }],
    [
      ['plan', '--out=-p', '--no-diff', '--param', '=a=b'],
      {
        ...selection,
        ...common,
        name: 'plan',
        positional: undefined,
        'exit-code': false,
        'allow-dirty': false,
        out: '-p',
        diff: false,
        param: ['=a=b'],
      },
    ],
    [['status', '007'], { ...common, name: 'status', positional: '007' }],
    [
      ['plan', '--format', 'json', '--output', 'a', '--format', 'sarif'],
      {
        ...selection,
        ...common,
        name: 'plan',
        positional: undefined,
        'exit-code': false,
        'allow-dirty': false,
        format: ['json', 'sarif'],
        output: ['a'],
      },
    ],
  ])('%j', async (words, expected) => {
    expect(await options(...words)).toEqual(expected);
  });

  it.each<[string[], string, string?]>([
    [['plam'], 'unknown command "plam"', 'did you mean plan?'],
    [['plan', '--diif'], 'unknown option of plan "diif"', 'did you mean --diff?'],
    [['plan', '--commit'], 'unknown option of plan "commit"'],
    [['plan', 'a', 'b'], 'plan takes one folder at most; also given: b'],
    [[], 'no command given'],
    [['apply', '--prove', 'maybe'], 'unknown value of --prove "maybe"', 'known: static, container, none'],
    [['apply', '--plan', 'a', '--plan', 'b'], '--plan is given 2 times'],
    [['rollback', '--wait', 'soon'], '--wait needs a number of seconds, got "soon"'],
    [['rollback', '--wait='], '--wait needs a number of seconds, got ""'],
    [['plan', '--format', 'sarf'], 'unknown value of --format "sarf"', 'did you mean sarif?'],
    [['plan', '--out'], '--out needs a value', '--out=FILE'],
    [['plan', '--out', '--patch', 'p'], '--out needs a value', '--out=FILE'],
    [['plan', '--diff=some'], '--diff is on or off and takes no value, got "some"'],
    [['plan', '--no-out'], 'unknown option of plan "out"'],
    [['apply', '-yx'], 'unknown option of apply "x"'],
    [['list', 'here'], 'list takes nothing; also given: here'],
    [['explain', 'S05', 'S06'], 'explain takes one name; also given: S06'],
    [['explain'], 'explain needs a name'],
  ])('refuses %j', async (words, message, hint) => {
    await expect(parseCommandLine(words)).rejects.toMatchObject(hint === undefined ? { message } : { message, hint });
  });

  it('answers help for all and for one command', async () => {
    const all = await parseCommandLine(['--help']);
    expect(all).toMatchObject({ kind: 'text' });
    expect(all.kind === 'text' && all.text).toContain('refit rollback [repo]');
    const one = await parseCommandLine(['apply', '--help']);
    expect(one.kind === 'text' && one.text).toContain('--allow-dirty');
    expect(one.kind === 'text' && one.text).toContain('[choices: "static", "container", "none"] [default: "static"]');
  });

  it('answers a shell that completes words', async () => {
    const script = await parseCommandLine(['completion']);
    expect(script.kind === 'text' && script.text).toContain('refit --get-yargs-completions');
    const words = await parseCommandLine(['--get-yargs-completions', 'refit', 'st']);
    expect(words.kind === 'text' && words.text).toMatch(/^status\b/m);
  });
});

describe('pairOutputs', () => {
  it('pairs formats and files in order', () => {
    expect(pairOutputs([], [], FORMATS)).toEqual([{ format: 'text', file: null }]);
    expect(pairOutputs(['sarif', 'github'], ['a.sarif'], FORMATS)).toEqual([
      { format: 'sarif', file: 'a.sarif' },
      { format: 'github', file: null },
    ]);
  });
  it('refuses what cannot be meant', () => {
    expect(() => pairOutputs(['sarf'], [], FORMATS)).toThrow('unknown format "sarf"');
    expect(() => pairOutputs(['json', 'text'], [], FORMATS)).toThrow('json and text would both go to standard output');
    expect(() => pairOutputs([], ['x'], FORMATS)).toThrow('--output x has no --format before it');
  });
  it('offers the formats that reporters exist for', () => {
    expect([...FORMATS].sort()).toEqual([...REPORT_FORMATS].sort());
  });
});

describe('parseParamWords', () => {
  it('splits at the first equals sign', () => {
    expect(parseParamWords(['base=a:b@sha256:c=d', 'x='])).toEqual({ base: 'a:b@sha256:c=d', x: '' });
    expect(() => parseParamWords(['base'])).toThrow('is not KEY=VALUE');
    expect(() => parseParamWords(['a=1', 'a=2'])).toThrow('--param a is given twice');
  });
});
