import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { openCheckout } from '../../src/checkout/read.ts';
import { NO_CONFIG, resolveSettings } from '../../src/checks/config.ts';
import { proveStatic } from '../../src/commands/prove.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';
import { runTestGit, snapshot } from '../support/temp-repo.ts';

const STRANGE_BASE = ['--param', 'base=example.org/some/other:image'];

interface Answer {
  readonly exitCode: number;
  readonly run?: object;
  readonly warnings: readonly string[];
  readonly checks: readonly { readonly id: string; readonly status: string; readonly failing: boolean }[];
  readonly findings: readonly { readonly check: string; readonly waived?: { readonly reason: string } }[];
}

async function apply(repo: string, ...args: readonly string[]) {
  const { code, stdout } = await runHere(['apply', repo, '--yes', ...args, '--format', 'json']);
  const answer = JSON.parse(stdout) as Answer;
  expect(answer.exitCode).toBe(code);
  return { code, answer };
}

const failing = ({ checks }: Answer) => checks.filter((check) => check.failing).map(({ id }) => id);

describe('apply --prove static', () => {
  it('writes nothing when the planned tree has an error that the checkout has not', async () => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    const { code, answer } = await apply(repo, ...STRANGE_BASE);
    expect([code, answer.run, failing(answer)]).toEqual([3, undefined, ['S01-base-ref']]);
    expect(answer.warnings).toEqual([
      'nothing was written: the planned tree fails S01-base-ref, and the checkout does not',
    ]);
    expect(snapshot(repo)).toEqual(before);
    expect(runTestGit(repo, ['status', '--porcelain', '--ignored'])).toBe('');
  });

  it('stops a branch, a commit and a saved plan in the same way', async () => {
    const repo = legacyRepo();
    const plan = join(repo, '../plan.json');
    expect((await runHere(['plan', repo, '--out', plan, ...STRANGE_BASE])).code).toBe(0);
    for (const args of [
      ['--branch', 'b', ...STRANGE_BASE],
      ['--commit', ...STRANGE_BASE],
      ['--plan', plan],
    ])
      expect((await apply(repo, ...args)).code).toBe(3);
    expect(runTestGit(repo, ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main\n');
  });

  it('judges nothing when told to', async () => {
    const { code, answer } = await apply(legacyRepo(), '--prove', 'none');
    expect([code, answer.checks]).toEqual([5, []]);
    // The strange base comes past this gate, and fails the next one: the migration does not know its own result again.
    const repo = legacyRepo();
    const before = snapshot(repo);
    expect((await apply(repo, ...STRANGE_BASE, '--prove', 'none')).code).toBe(1);
    expect(snapshot(repo)).toEqual(before);
  });

  it('is not stopped by what the checkout has too, nor by the code of the provider', async () => {
    const repo = legacyRepo();
    writeFileSync(join(repo, 'notes.txt'), `sk-ant-oat01-${'x1'.repeat(20)}\n`);
    runTestGit(repo, ['add', '--all']);
    runTestGit(repo, ['commit', '--quiet', '-m', 'notes']);
    const { code, answer } = await apply(repo);
    expect([code, failing(answer)]).toEqual([5, []]);
    const reasons = Object.fromEntries(answer.findings.map(({ check, waived }) => [check, waived?.reason]));
    expect(reasons['S25-secrets-in-tree']).toBe('the checkout has it too');
    expect(reasons['S23-tools-off']).toBe("about the provider's own code, which no step changes");
  });

  it('is not stopped by what a note of the plan leaves to a person, at that line', async () => {
    const repo = legacyRepo();
    mkdirSync(join(repo, '.github/workflows'), { recursive: true });
    const workflow = (command: string): string =>
      `on: push\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${command}\n`;
    writeFileSync(join(repo, '.github/workflows/lint.yml'), workflow('python -m py_compile auth_integration.py'));
    runTestGit(repo, ['add', '--all']);
    runTestGit(repo, ['commit', '--quiet', '-m', 'lint']);
    const { code, answer } = await apply(repo);
    const residue = answer.findings.find(({ check }) => check === 'S21-residue-files');
    expect([code, failing(answer), residue?.waived?.reason]).toEqual([
      5,
      [],
      'a note of the plan leaves it to a person',
    ]);
    expect((await runHere(['check', repo])).code).toBe(3);
  });

  it('does not ask whether the migration is done, which it is about to be', async () => {
    const { answer } = await apply(legacyRepo());
    expect(answer.checks.find(({ id }) => id === 'S27-idempotent')?.status).toBe('not-applicable');
  });
});

describe('what counts as new', () => {
  const compose = (...lines: readonly string[]): string =>
    `services:\n  litellm:\n    build: .\n${lines.map((line) => `    ${line}\n`).join('')}`;
  const plan: Plan = {
    formatVersion: 1,
    migration: { id: 'made-by-hand', stepHashes: {} },
    params: {},
    selection: { only: [], skip: [], phases: [] },
    base: { commit: null, dirty: [] },
    outcomes: [],
    changes: [],
    notes: [],
  };

  /** What the proof says of a checkout in which a plan gives `path` a new text. */
  async function prove(
    present: string,
    path: string,
    planned: string | ((text: string) => string),
    notes: Plan['notes'] = [],
  ) {
    const repo = legacyRepo('full', { git: false });
    writeFileSync(join(repo, 'docker-compose.yml'), present);
    const checkout = await openCheckout(repo);
    const tree = openTree(checkout.source);
    const text = typeof planned === 'string' ? planned : planned(tree.readText(repoPath(path)));
    tree.overwrite(repoPath(path), text);
    const settings = resolveSettings({ params: {} }, NO_CONFIG);
    return (await proveStatic({ plan: { ...plan, notes }, tree }, { checkout, settings, today: '2026-03-01' })).stops;
  }
  const hides = compose('volumes:', '  - ./nothing:/app');

  it('is no finding that a change elsewhere words differently', async () => {
    // How many files the mount hides follows from the Dockerfile.
    expect(await prove(hides, 'Dockerfile', (text) => `${text}COPY README.md /app/\n`)).toBeNull();
  });

  it('is a finding of the same check in the same file about something else', async () => {
    const both = compose('volumes:', '  - ./nothing:/app', '  - ./none:/app/providers');
    expect(await prove(hides, 'docker-compose.yml', both)).toBe(
      'the planned tree fails S15-compose-shadow, and the checkout does not',
    );
  });

  it('is no error that a todo note names at its line; another line, another kind of note and a blocker are', async () => {
    const both = compose('volumes:', '  - ./nothing:/app', '  - ./none:/app/providers');
    const note = { severity: 'todo', message: 'by hand', path: repoPath('docker-compose.yml') } as const;
    const stops = 'the planned tree fails S15-compose-shadow, and the checkout does not';
    expect(await prove(hides, 'docker-compose.yml', both, [{ ...note, line: 6 }])).toBeNull();
    expect(await prove(hides, 'docker-compose.yml', both, [{ ...note, line: 5 }])).toBe(stops);
    expect(await prove(hides, 'docker-compose.yml', both, [{ ...note, line: 6, severity: 'warning' }])).toBe(stops);
    const strange = (text: string): string => text.replace(/^FROM .*$/m, 'FROM ghcr.io/cabinlab/other:python');
    const at = { ...note, path: repoPath('Dockerfile'), line: 1 };
    const plannedBase = await prove(hides, 'Dockerfile', strange, [at]);
    expect(plannedBase).toBe('the planned tree fails S01-base-ref, and the checkout does not');
  });

  it('is a finding that has become worse', async () => {
    const sets = (value: string): string =>
      compose('environment:', `  ANTHROPIC_API_KEY: ${value}`, '  CLAUDE_CODE_OAUTH_TOKEN: x');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
    expect(await prove(sets('${ANTHROPIC_API_KEY:-}'), 'docker-compose.yml', sets('some-value'))).toBe(
      'the planned tree fails S16-env-conflict, and the checkout does not',
    );
    expect(await prove(sets('one-value'), 'docker-compose.yml', sets('another'))).toBeNull();
  });
});
