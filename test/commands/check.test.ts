import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { legacyRepo } from '../support/legacy-repo.ts';
import { type HereOptions, runHere } from '../support/run-here.ts';
import { runTestGit, snapshot, tempFolder } from '../support/temp-repo.ts';

const after = resolve(import.meta.dirname, '../../fixtures/oauth-only/full/after');
/** Made here, so that no file of this repository holds one. */
const SECRET = `sk-ant-oat01-${'x1'.repeat(20)}`;

/** A committed checkout as the migration leaves it. */
function migrated(files: Readonly<Record<string, string | null>> = {}): string {
  const folder = tempFolder();
  cpSync(after, folder, { recursive: true });
  runTestGit(folder, ['init', '--quiet', '--initial-branch=main']);
  runTestGit(folder, ['config', 'user.name', 'Test Author']);
  runTestGit(folder, ['config', 'user.email', 'author@example.org']);
  put(folder, files);
  return folder;
}

function put(folder: string, files: Readonly<Record<string, string | null>>, message = 'files'): void {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) rmSync(join(folder, path));
    else {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  runTestGit(folder, ['add', '--all', '--force']);
  runTestGit(folder, ['commit', '--quiet', '--allow-empty', '-m', message]);
}

interface Answer {
  readonly exitCode: number;
  readonly pending: boolean;
  readonly versions: { readonly steps: object };
  readonly outcome: { readonly kind: string };
  readonly warnings: readonly string[];
  readonly run?: { readonly written: readonly string[] };
  readonly checks: readonly { readonly id: string; readonly status: string; readonly message?: string }[];
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly path?: string;
    readonly line?: number;
    readonly message: string;
    readonly fails: boolean;
    readonly fixable: boolean;
    readonly next?: string;
    readonly waived?: { readonly reason: string; readonly until?: string };
  }[];
}

async function check(folder: string, args: readonly string[] = [], options: HereOptions = {}) {
  const result = await runHere(['check', folder, ...args, '--format', 'json'], options);
  const answer = (result.stdout === '' ? {} : JSON.parse(result.stdout)) as Answer;
  if (result.stdout !== '') expect(answer.exitCode).toBe(result.code);
  return { code: result.code, stderr: result.stderr, answer };
}

const open = ({ findings }: Answer) => findings.filter(({ waived }) => waived === undefined).map(({ check: id }) => id);
const ONLY = ['--only', 'S24', '--only', 'S25', '--only', 'S27'];

describe('refit check', () => {
  it('answers 2 on an unmigrated checkout, with what the plan does not mend', async () => {
    const repo = legacyRepo();
    put(repo, { 'notes.txt': `${SECRET}\n` });
    const before = snapshot(repo);
    const { code, answer } = await check(repo, ONLY);
    expect([code, answer.pending]).toEqual([2, true]);
    expect(answer.findings.filter(({ check: id }) => !id.startsWith('S27'))).toMatchObject([
      { check: 'S25-secrets-in-tree', path: 'notes.txt', line: 1, fails: true },
      { check: 'S24-dockerignore', fails: false, waived: { reason: 'the pending plan mends it' } },
    ]);
    const text = await runHere(['check', repo, ...ONLY]);
    expect([text.code, text.stdout.includes('Pending: 3 to create, 8 to update, 5 to delete')]).toEqual([2, true]);
    expect(text.stdout).not.toContain('S27');
    expect(text.stdout).not.toContain('x1x1x1');
    expect(snapshot(repo)).toEqual(before);
  });

  it('answers 0 on a migrated one', async () => {
    const { code, answer } = await check(migrated(), ONLY);
    expect([code, answer.pending, open(answer)]).toEqual([0, false, []]);
    const statuses = answer.checks.filter(({ status }) => status !== 'not-asked').map(({ id, status }) => [id, status]);
    expect(statuses).toEqual([
      ['S24-dockerignore', 'passed'],
      ['S25-secrets-in-tree', 'passed'],
      ['S27-idempotent', 'passed'],
    ]);
  });

  it.each<[readonly string[], number]>([
    [[], 0],
    [['--fail-on', 'error'], 0],
    [['--fail-on', 'warn'], 3],
    [['--fail-on', 'info'], 3],
    [['--strict'], 3],
    [['--strict', '--fail-on', 'blocker'], 0],
    [['--skip', 's24', '--strict'], 0],
  ])('a warning with %j: %i, in every format', async (args, expected) => {
    const repo = migrated({ '.dockerignore': null });
    for (const format of ['text', 'json', 'markdown', 'sarif', 'junit', 'github', 'gitlab'])
      expect((await runHere(['check', repo, ...ONLY, ...args, '--format', format])).code).toBe(expected);
  });

  it('fails on a secret, whatever the threshold', async () => {
    const repo = migrated({ 'notes.txt': `${SECRET}\n` });
    expect((await check(repo, [...ONLY, '--fail-on', 'blocker'])).code).toBe(3);
  });

  it('says that a checkout outside the family is none, and judges nothing', async () => {
    const { code, answer, stderr } = await check(legacyRepo('refuse-wrapper'));
    expect([code, answer.outcome.kind, answer.checks]).toEqual([4, 'refused', []]);
    expect(stderr).toContain('not a target of oauth-only');
  });

  it('judges a checkout of the family that a step refuses, and answers 4', async () => {
    const repo = legacyRepo('refuse-aliased-mount');
    put(repo, { 'notes.txt': `${SECRET}\n` });
    const { code, answer } = await check(repo, ONLY);
    expect([code, answer.outcome.kind, answer.pending]).toEqual([4, 'refused', false]);
    expect(open(answer)).toContain('S25-secrets-in-tree');
    expect(open(answer)).toContain('S27-idempotent');
  });

  it('refuses a check, a Dockerfile and a severity that do not exist', async () => {
    const repo = migrated();
    expect(await check(repo, ['--only', 'S24-dokerignore'])).toMatchObject({
      code: 1,
      stderr: 'unknown check "S24-dokerignore"\n→ did you mean S24-dockerignore?\n',
    });
    expect((await check(repo, ['--dockerfile', 'image/Dockerfile'])).stderr).toContain(
      'there is no file image/Dockerfile in the checkout',
    );
    await expect(runHere(['check', repo, '--fail-on', 'fatal'])).resolves.toMatchObject({ code: 1 });
  });

  it('writes the findings to standard output when a report file cannot be written, and answers 1', async () => {
    const repo = migrated({ 'notes.txt': `${SECRET}\n` });
    const result = await runHere([
      'check',
      repo,
      ...ONLY,
      '--format',
      'sarif',
      '--output',
      join(repo, 'no/report.sarif'),
    ]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('S25-secrets-in-tree');
    expect(result.stderr).toContain('no such file or folder');
  });

  it('judges a folder without git', async () => {
    const folder = tempFolder();
    cpSync(after, folder, { recursive: true });
    expect((await check(folder, ONLY)).code).toBe(0);
    expect(await check(folder, ['--since', 'main'])).toMatchObject({
      code: 1,
      stderr: '--since needs a git repository\n',
    });
  });
});

describe('configuration', () => {
  const config = 'params:\n  orphans: delete\nfailOn: warn\nskipPaths:\n  - notes.txt\n';

  it('is laid under the command line', async () => {
    const repo = migrated({ '.dockerignore': null, '.refit/config.yaml': 'failOn: warn\n' });
    expect((await check(repo, ONLY)).code).toBe(3);
    expect((await check(repo, [...ONLY, '--fail-on', 'error'])).code).toBe(0);
  });

  it('is shown with the origin of each value', async () => {
    const repo = migrated({ '.refit/config.yaml': config });
    const text = await runHere(['check', repo, '--print-config', '--strict', '--param', 'base=x:y']);
    expect(text).toMatchObject({
      code: 0,
      stdout: [
        'migration       "oauth-only"   default',
        'failOn          "warn"         .refit/config.yaml:3',
        'strict          true           command line',
        'dockerfile      null           default',
        'baseline        null           default',
        'skipPaths       ["notes.txt"]  .refit/config.yaml:4',
        'params.base     "x:y"          command line',
        'params.orphans  "delete"       .refit/config.yaml:2',
        '',
      ].join('\n'),
    });
  });

  it('sets findings in skipped paths aside, and tells so', async () => {
    const repo = migrated({ '.refit/config.yaml': config, 'notes.txt': `${SECRET}\n` });
    const { code, answer } = await check(repo, ONLY);
    expect([code, open(answer)]).toEqual([2, ['S27-idempotent', 'S27-idempotent']]);
    expect(answer.findings.find(({ path }) => path === 'notes.txt')?.waived).toEqual({
      reason: 'in a path to skip (.refit/config.yaml:4)',
    });
  });

  it('steers plan and apply too, so that what was applied is not pending', async () => {
    const repo = legacyRepo();
    put(repo, { '.refit/config.yaml': 'params:\n  orphans: delete\n' });
    expect((await runHere(['apply', repo, '--yes', '--commit'])).code).toBe(5);
    expect((await check(repo, ONLY)).answer.pending).toBe(false);
    put(repo, { '.refit/config.yaml': 'migration: oauth-onyl\n' });
    expect(await runHere(['plan', repo])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean oauth-only?'),
    });
  });

  it('with an unknown key is an error with its line', async () => {
    const repo = migrated({ '.refit/config.yaml': 'strict: true\nskip-paths: []\n' });
    expect(await check(repo)).toMatchObject({
      code: 1,
      stderr: '.refit/config.yaml:2: unknown key "skip-paths"\n→ did you mean skipPaths?\n',
    });
  });
});

describe('waivers', () => {
  const waiver = (rest: string) => `waivers:\n  - check: S24\n    reason: the builder is remote\n    ${rest}\n`;

  it('set a finding aside until their day, in every report', async () => {
    const repo = migrated({ '.dockerignore': null, '.refit/waivers.yaml': waiver('until: 2026-03-01') });
    const { code, answer } = await check(repo, [...ONLY, '--strict']);
    expect([code, open(answer)]).toEqual([0, []]);
    expect(answer.findings).toMatchObject([{ waived: { reason: 'the builder is remote', until: '2026-03-01' } }]);
    const late = await check(repo, [...ONLY, '--strict'], { now: new Date('2026-03-02T00:00:00Z') });
    expect([late.code, open(late.answer)]).toEqual([3, ['S24-dockerignore', 'refit-waivers']]);
  });

  it.each([
    ['unused', waiver('permanent: true'), 0, 'warn'],
    ['malformed', waiver('until: soon'), 3, 'error'],
    ['not YAML', 'waivers: [\n', 3, 'error'],
  ])('%s: a finding of its own', async (_name, text, code, severity) => {
    const repo = migrated({ '.refit/waivers.yaml': text });
    const result = await check(repo, ONLY);
    expect([result.code, result.answer.findings.map(({ check: id, severity: how }) => [id, how])]).toEqual([
      code,
      [['refit-waivers', severity]],
    ]);
  });

  it('of a later format leave the answer incomplete, never green', async () => {
    const repo = migrated({ '.refit/waivers.yaml': 'formatVersion: 2\n' });
    const { code, answer } = await check(repo, ONLY);
    expect([code, answer.checks.find(({ id }) => id === 'refit-waivers')]).toEqual([
      6,
      expect.objectContaining({
        status: 'errored',
        message: '.refit/waivers.yaml has format version 2, which this refit cannot read',
      }),
    ]);
  });

  it('are not called unused for a check that was not asked', async () => {
    const repo = migrated({ '.refit/waivers.yaml': waiver('permanent: true') });
    expect((await check(repo, ['--only', 'S25'])).answer.findings).toEqual([]);
  });
});

describe('baseline', () => {
  it('lets known findings pass, and fails on new ones', async () => {
    const repo = migrated({ '.dockerignore': null, 'notes.txt': `${SECRET}\n` });
    const file = join(tempFolder(), 'baseline.json');
    const args = [...ONLY, '--strict', '--baseline', file];
    expect((await check(repo, args)).stderr).toContain(`write one: refit check --baseline ${file} --write-baseline`);
    expect((await check(repo, [...args, '--write-baseline'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('x1x1x1');
    expect((await check(repo, args)).code).toBe(0);
    put(repo, { 'notes.txt': `moved\n\n${SECRET}\n` });
    expect((await check(repo, args)).code).toBe(0);
    put(repo, { 'more.txt': `${SECRET}\n` });
    const { code, answer } = await check(repo, args);
    expect([code, open(answer)]).toEqual([3, ['S25-secrets-in-tree']]);
  });

  it('is the one that the configuration names, from wherever the check is run', async () => {
    const repo = migrated({
      '.dockerignore': null,
      'notes.txt': `${SECRET}\n`,
      '.refit/config.yaml': 'strict: true\nbaseline: .refit/baseline.json\n',
    });
    const missing = await check(repo, ONLY);
    expect([missing.code, missing.stderr]).toEqual([
      1,
      'cannot read the baseline .refit/baseline.json: no such file or folder\n' +
        '→ write one: refit check --baseline .refit/baseline.json --write-baseline\n',
    ]);
    expect((await check(repo, [...ONLY, '--write-baseline'])).code).toBe(0);
    expect(readFileSync(join(repo, '.refit/baseline.json'), 'utf8')).toContain('S25-secrets-in-tree');
    const { code, answer } = await check(repo, ONLY);
    expect([code, open(answer)]).toEqual([0, []]);
    expect(answer.findings.find(({ path }) => path === 'notes.txt')?.waived).toEqual({
      reason: 'in the baseline .refit/baseline.json',
    });
    // Another one on the command line takes its place.
    const other = join(tempFolder(), 'other.json');
    writeFileSync(other, '{"formatVersion": 1, "findings": []}');
    expect((await check(repo, [...ONLY, '--baseline', other])).code).toBe(3);
    const { stdout } = await runHere(['check', repo, '--print-config']);
    expect(stdout).toMatch(/^baseline +"\.refit\/baseline\.json" +\.refit\/config\.yaml:2$/m);
  });

  it('never holds what is pending', async () => {
    const file = join(tempFolder(), 'baseline.json');
    const repo = legacyRepo();
    expect((await check(repo, [...ONLY, '--baseline', file, '--write-baseline'])).code).toBe(2);
    expect(readFileSync(file, 'utf8')).not.toContain('S27');
  });

  it('needs a file to write', async () => {
    expect((await check(migrated(), ['--write-baseline'])).stderr).toContain('--baseline FILE --write-baseline');
  });
});

describe('--since', () => {
  it('counts findings in files that changed since the branch left, and keeps the others in the answer', async () => {
    const repo = migrated({ 'old.txt': `${SECRET}\n` });
    runTestGit(repo, ['checkout', '--quiet', '-b', 'work']);
    const clean = await check(repo, [...ONLY, '--since', 'main']);
    expect([clean.code, clean.answer.findings]).toMatchObject([
      0,
      [{ path: 'old.txt', waived: { reason: 'not changed since main' } }],
    ]);
    put(repo, { 'new.txt': `${SECRET}\n` });
    runTestGit(repo, ['checkout', '--quiet', 'main']);
    put(repo, { 'elsewhere.txt': 'main went on\n' });
    runTestGit(repo, ['checkout', '--quiet', 'work']);
    writeFileSync(join(repo, 'untracked.txt'), `${SECRET}\n`);
    const { code, answer } = await check(repo, [...ONLY, '--since', 'main']);
    expect([code, answer.findings.map(({ path, fails }) => [path, fails])]).toEqual([
      3,
      [
        ['new.txt', true],
        ['untracked.txt', true],
        ['old.txt', false],
      ],
    ]);
  });

  it.each(['nope', '--all', 'HEAD~99', 'main..work', ''])('says of %j that there is no such commit', async (ref) => {
    const { code, stderr } = await check(migrated(), [`--since=${ref}`]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`there is no commit ${JSON.stringify(ref)} in this clone\n→ fetch it first`),
    ]);
  });

  it('says that a history without a common commit cannot be compared', async () => {
    const repo = migrated();
    runTestGit(repo, ['checkout', '--quiet', '--orphan', 'apart']);
    put(repo, { 'a.txt': 'a\n' });
    expect((await check(repo, ['--since', 'main'])).stderr).toContain(
      '"main" and HEAD have no common commit in this clone',
    );
  });

  it('answers 2 whatever changed, when the migration is pending', async () => {
    expect((await check(legacyRepo(), [...ONLY, '--since', 'HEAD'])).code).toBe(2);
  });
});

describe('--fix', () => {
  it('writes the mends that need no person as a run that rollback undoes', async () => {
    const repo = migrated({ '.dockerignore': null, 'notes.txt': `${SECRET}\n` });
    const before = snapshot(repo);
    const { code, answer } = await check(repo, [...ONLY, '--fix']);
    expect([code, answer.run?.written, open(answer)]).toEqual([3, ['.dockerignore'], ['S25-secrets-in-tree']]);
    expect(answer.warnings).toEqual([
      'mended: S24-dockerignore .dockerignore .git and .env would be sent to the builder',
    ]);
    expect(readFileSync(join(repo, '.dockerignore'), 'utf8')).toContain('.env*\n');
    const status = await runHere(['status', repo]);
    expect(status.stdout).toMatch(/applied +check-fix/);
    expect((await runHere(['rollback', repo])).code).toBe(0);
    expect(snapshot(repo)).toEqual(before);
  });

  it('leaves what is waived, and says when there is nothing to mend', async () => {
    const repo = migrated({
      '.dockerignore': null,
      '.refit/waivers.yaml': 'waivers:\n  - check: S24\n    reason: r\n    permanent: true\n',
    });
    const before = snapshot(repo);
    const { code, answer } = await check(repo, [...ONLY, '--fix']);
    expect([code, answer.warnings]).toEqual([0, ['no finding has a mend that needs no person']]);
    expect(snapshot(repo)).toEqual(before);
  });

  it('on an unmigrated checkout mends nothing by places of the planned text', async () => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    const { answer } = await check(repo, ['--format', 'json', '--output', join(tempFolder(), 'x.json')]);
    const planned = answer.findings.filter(({ next }) => next?.startsWith('after refit apply: '));
    expect(planned.length).toBeGreaterThan(0);
    expect(planned.filter(({ fixable }) => fixable)).toEqual([]);
    expect(snapshot(repo)).toEqual(before);
  });

  it('refuses to touch a file with uncommitted changes', async () => {
    const repo = migrated({ '.dockerignore': 'node_modules\n' });
    writeFileSync(join(repo, '.dockerignore'), 'dist\n');
    const before = snapshot(repo);
    const { code, stderr } = await check(repo, [...ONLY, '--fix']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('the plan touches .dockerignore (modified)')]);
    expect(snapshot(repo)).toEqual(before);
  });
});

describe('the version of the steps', () => {
  const steps = async (repo: string) => (await check(repo, ['--only', 'S27'])).answer.versions.steps;

  it('is unknown for a checkout that somebody else migrated', async () => {
    expect(await steps(migrated())).toEqual({ kind: 'unknown' });
  });

  it('is in the trailers of the commit, also below later commits, else in the journal', async () => {
    const committed = legacyRepo();
    expect((await runHere(['apply', committed, '--yes', '--commit'])).code).toBe(5);
    put(committed, { 'later.txt': 'x\n' });
    const known = { kind: 'known', source: 'commit', hash: expect.stringMatching(/^[0-9a-f]{64}$/), current: true };
    expect(await steps(committed)).toEqual(known);
    const applied = legacyRepo();
    expect((await runHere(['apply', applied, '--yes'])).code).toBe(5);
    expect(await steps(applied)).toEqual({ ...known, source: 'journal' });
  });

  it('is told from this one, and read from the last paragraph only', async () => {
    const hash = 'ab'.repeat(32);
    const other = migrated();
    put(other, {}, `migrate\n\nRefit-Migration: oauth-only\nRefit-Steps: ${hash}`);
    expect(await steps(other)).toEqual({ kind: 'known', source: 'commit', hash, current: false });
    const quoted = migrated();
    put(quoted, {}, `tell\n\nRefit-Migration: oauth-only\nRefit-Steps: ${hash}\n\nwas the old one`);
    put(quoted, {}, `another\n\nRefit-Migration: something-else\nRefit-Steps: ${hash}`);
    expect(await steps(quoted)).toEqual({ kind: 'unknown' });
  });
});

describe('outside linters', () => {
  const isLinters = ({ id }: { readonly id: string }) => id.startsWith('S28');

  it('run when they are installed, and are not applicable when not', async () => {
    const repo = migrated({ 'run.sh': '#!/bin/sh\nexec true\n' });
    const without = await check(repo, ['--only', 'S28']);
    expect([without.code, without.answer.checks.find(isLinters)]).toMatchObject([
      0,
      { id: 'S28-external-linters', status: 'not-applicable' },
    ]);
    const bin = tempFolder();
    const answer = { comments: [{ line: 2, code: 1234, level: 'error', message: 'bad' }] };
    writeFileSync(join(bin, 'shellcheck'), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 });
    const PATH = `${bin}:${process.env['PATH']}`;
    const found = await check(repo, ['--only', 'S28', '--strict'], { env: { PATH } });
    expect(found.code).toBe(3);
    expect(found.answer.findings).toContainEqual(
      expect.objectContaining({ path: 'run.sh', line: 2, severity: 'warn' }),
    );
  });

  it('are never taken from the checkout', async () => {
    const repo = migrated({ 'run.sh': '#!/bin/sh\nexec true\n' });
    const marker = join(tempFolder(), 'ran');
    writeFileSync(join(repo, 'shellcheck'), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    const PATH = `${relative(process.cwd(), repo)}:`;
    const { answer } = await check(repo, ['--only', 'S28'], { env: { PATH } });
    expect([answer.checks.find(isLinters)?.status, existsSync(marker)]).toEqual(['not-applicable', false]);
  });
});

describe('files that cannot be read', () => {
  it.each<[string, string, string | Uint8Array]>([
    ['a binary compose file', 'docker-compose.yml (not UTF-8 text)', new Uint8Array([0, 255])],
    ['a compose file of 50 MB', 'docker-compose.yml (too-large)', `# ${'x'.repeat(50_000_000)}\n`],
    ['a binary requirements file', 'requirements.txt (not UTF-8 text)', new Uint8Array([255, 254])],
    ['a binary script of the image', 'scripts/litellm-entrypoint.sh (not UTF-8 text)', new Uint8Array([255])],
  ])('%s: the answer is incomplete, never green', async (_name, told, bytes) => {
    const repo = migrated();
    writeFileSync(join(repo, told.split(' ')[0] ?? ''), bytes);
    const { code, answer } = await check(repo, ['--only', 'refit-readable', '--only', 'S25']);
    expect([code, answer.checks.at(-1)]).toMatchObject([6, { status: 'errored', message: `cannot be read: ${told}` }]);
  });

  it('that steer nothing are no matter', async () => {
    const repo = migrated({ 'docs/notes.md': 'x\n' });
    writeFileSync(join(repo, 'docs/logo.png'), new Uint8Array([255, 0]));
    writeFileSync(join(repo, 'docs/requirements.txt'), new Uint8Array([255, 0]));
    const { answer } = await check(repo, ['--only', 'refit-readable']);
    expect(answer.checks.at(-1)).toMatchObject({ id: 'refit-readable', status: 'passed' });
  });
});
