import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openCheckout } from '../../src/checkout/read.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { type HereResult, runHere } from '../support/run-here.ts';
import { runTestGit, snapshot, tempFolder, tempRepo } from '../support/temp-repo.ts';

const saved = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
  Object.assign(process.env, saved);
});

interface Canaries {
  /** A program that leaves a mark with its name. */
  canary(name: string): string;
  /** Names of the canaries that ran, sorted. */
  ran(): readonly string[];
}

function canaries(): Canaries {
  const [programs, marks] = [tempFolder(), tempFolder()];
  return {
    canary: (name) => {
      const file = join(programs, name);
      fs.writeFileSync(file, `#!/bin/sh\ntouch '${join(marks, name)}'\nexit 0\n`, { mode: 0o755 });
      return file;
    },
    ran: () => fs.readdirSync(marks).sort(),
  };
}

const HOOKS = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-index-change',
  'post-checkout',
  'reference-transaction',
  'pre-auto-gc',
  'fsmonitor-watchman',
];

/** A legacy repository that names a program wherever git takes one, all of them canaries. */
function hostileRepo({ canary }: Canaries, { filters = true } = {}): string {
  const repo = legacyRepo();
  const write = (path: string, text: string, mode = 0o644): void => fs.writeFileSync(join(repo, path), text, { mode });
  write('.gitattributes', `* diff=one\n*.dat merge=one${filters ? ' filter=one' : ''}\n*.ident ident\n`);
  write('blob.dat', 'data\n');
  runTestGit(repo, ['add', '-A']);
  runTestGit(repo, ['commit', '-qm', 'attributes']);
  fs.mkdirSync(join(repo, '.git/own-hooks'));
  for (const hook of HOOKS) {
    const program = canary(`hook-${hook}`);
    for (const folder of ['hooks', 'own-hooks']) fs.copyFileSync(program, join(repo, '.git', folder, hook));
  }
  const settings: readonly (readonly [string, string])[] = [
    ['core.fsmonitor', canary('fsmonitor')],
    ['core.hooksPath', join(repo, '.git/own-hooks')],
    ['core.sshCommand', canary('ssh')],
    ['core.pager', canary('pager')],
    ['core.editor', canary('editor')],
    ['core.askPass', canary('askpass')],
    ['core.gitProxy', canary('proxy')],
    ['core.alternateRefsCommand', canary('alternate-refs')],
    ['diff.external', canary('diff-external')],
    ['diff.one.command', canary('diff-command')],
    ['diff.one.textconv', canary('textconv')],
    ['filter.one.clean', canary('clean')],
    ['filter.one.smudge', canary('smudge')],
    ['filter.one.process', canary('process')],
    ['filter.one.required', 'true'],
    ['merge.one.driver', canary('merge')],
    ['credential.helper', canary('credential')],
    ['gpg.program', canary('gpg')],
    ['commit.gpgSign', 'true'],
    ['sequence.editor', canary('sequence')],
    ['interactive.diffFilter', canary('diff-filter')],
    ['uploadpack.packObjectsHook', canary('pack-objects')],
    ['gc.auto', '1'],
    ['maintenance.auto', 'true'],
    ['remote.origin.url', `ext::${canary('remote')} x`],
    ['protocol.ext.allow', 'always'],
    ['submodule.recurse', 'true'],
    ...['ls-files', 'status', 'grep', 'diff-files', 'rev-parse', 'commit-tree', 'hash-object', 'config'].map(
      (name) => [`alias.${name}`, `!${canary(`alias-${name}`)}`] as const,
    ),
    ...['log', 'grep', 'ls-files', 'diff-files', 'config'].map((name) => [`pager.${name}`, canary('pager')] as const),
  ];
  for (const [key, value] of settings) runTestGit(repo, ['config', key, value]);
  // What a file of the work tree says, once the configuration includes it.
  write(
    'evil.gitconfig',
    `[core]\n\tfsmonitor = ${canary('included-fsmonitor')}\n[diff]\n\texternal = ${canary('included-diff')}\n`,
  );
  runTestGit(repo, ['config', 'include.path', '../evil.gitconfig']);
  write('.gitmodules', `[submodule "sub"]\n\tpath = sub\n\turl = ./none\n\tupdate = !${canary('submodule-update')}\n`);
  runTestGit(repo, ['config', 'submodule.sub.update', `!${canary('submodule-update')}`]);
  runTestGit(repo, ['config', 'submodule.sub.url', './none']);
  fs.writeFileSync(join(repo, '.git/objects/info/alternates'), '/nowhere/objects\n');
  // Older than its files: git must look at the content of each, through its filter.
  fs.utimesSync(join(repo, '.git/index'), 1_000_000_000, 1_000_000_000);
  if (filters) write('blob.dat', 'date\n');
  return repo;
}

/** Runs every command that reads or writes a checkout; their exit codes. */
async function everyCommand(repo: string): Promise<Readonly<Record<string, number>>> {
  const plan = join(tempFolder(), 'plan.json');
  const runs: readonly (readonly string[])[] = [
    ['plan', repo, '--out', plan],
    ['check', repo],
    ['check', repo, '--since', 'HEAD'],
    ['status', repo],
    ['apply', repo, '--yes', '--allow-dirty'],
    ['check', repo, '--fix'],
    ['rollback', repo],
    ['apply', repo, '--plan', plan, '--allow-dirty'],
    ['status', repo],
    ['rollback', repo],
  ];
  const codes: Record<string, number> = {};
  for (const words of runs) {
    const [command = '', , ...options] = words;
    codes[[command, ...options.filter((word) => word.startsWith('--'))].join(' ')] = (await runHere(words)).code;
  }
  return codes;
}

const DONE = {
  'plan --out': 0,
  check: 2,
  'check --since': 2,
  status: 0,
  'apply --yes --allow-dirty': 5,
  'check --fix': expect.any(Number),
  rollback: 0,
  'apply --plan --allow-dirty': 5,
};

describe('programs that a repository names', () => {
  test('run for ordinary git, so that the repository is a fair one', () => {
    const marks = canaries();
    const repo = hostileRepo(marks);
    const git = (...args: string[]): void => {
      // Not through the helper of the tests: some of the canaries are no proper helpers, and git fails.
      spawnSync('git', args, { cwd: repo, env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1' }, input: 'x' });
    };
    const noFilter = ['-c', 'filter.one.process=', '-c', 'filter.one.clean=', '-c', 'filter.one.required=false'];
    const user = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    git('status');
    git(...noFilter, 'diff');
    git(...noFilter, 'show', '--no-ext-diff', '--textconv', 'HEAD');
    git(...noFilter, 'update-index', '--refresh');
    git(...noFilter, ...user, 'commit', '--allow-empty', '-m', 'x');
    git('update-ref', 'refs/heads/x', 'HEAD');
    git('fetch', 'origin');
    git('submodule', 'update', '--init');
    git('config', '--unset', 'core.fsmonitor');
    git('status');
    expect(marks.ran()).toEqual(
      expect.arrayContaining([
        'diff-command',
        'gpg',
        'hook-post-index-change',
        'hook-pre-commit',
        'hook-reference-transaction',
        'included-fsmonitor',
        'process',
        'remote',
        'textconv',
      ]),
    );
  });

  test('never run for plan, check, apply, status and rollback, which do their work all the same', async () => {
    const marks = canaries();
    const repo = hostileRepo(marks);
    const before = snapshot(repo);
    expect(await everyCommand(repo)).toEqual(DONE);
    expect(snapshot(repo)).toEqual(before);
    expect(marks.ran()).toEqual([]);
  });

  test.each([['--commit'], ['--branch', 'new']])('never run for apply %s, which says so', async (...flags) => {
    const marks = canaries();
    const repo = hostileRepo(marks, { filters: false });
    const head = fs.readFileSync(join(repo, '.git/refs/heads/main'), 'utf8');
    const applied = await runHere(['apply', repo, '--yes', ...flags]);
    expect([applied.code, applied.stderr]).toEqual([5, '']);
    expect(applied.stdout).toContain('committed without any hook: pre-commit, commit-msg and the like did not run');
    expect(marks.ran()).toEqual([]);
    const moved = fs.readFileSync(join(repo, '.git/refs/heads', flags[1] ?? 'main'), 'utf8');
    expect(moved).not.toBe(head);
  });

  test('a path that a filter program would convert is not committed', async () => {
    const marks = canaries();
    const repo = hostileRepo(marks);
    fs.writeFileSync(join(repo, '.git/info/attributes'), 'Dockerfile filter=one\n');
    const before = snapshot(repo);
    const refused = await runHere(['apply', repo, '--yes', '--allow-dirty', '--commit']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('cannot commit Dockerfile: a filter program of the repository would have to run');
    expect(snapshot(repo)).toEqual(before);
    expect(marks.ran()).toEqual([]);
  });

  test('hooks that the configuration names, of git 2.54 and later, are switched off in every call that writes', async () => {
    const repo = legacyRepo();
    runTestGit(repo, ['config', 'hook.own thing.command', 'touch ran']);
    runTestGit(repo, ['config', 'hook.own thing.event', 'reference-transaction']);
    const { git } = await openCheckout(repo);
    expect(git?.programsOff).toEqual(['hook.own thing.enabled=false']);
    const [bin, log] = [tempFolder(), join(tempFolder(), 'log')];
    const real = spawnSync('sh', ['-c', 'command -v git']).stdout.toString().trim();
    fs.writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${log}'\nexec '${real}' "$@"\n`, { mode: 0o755 });
    process.env['PATH'] = `${bin}:${process.env['PATH']}`;
    expect((await runHere(['apply', repo, '--yes', '--commit'])).code).toBe(5);
    const writing = fs
      .readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => /\b(?:update-ref|update-index|read-tree|write-tree|hash-object -w)\b/.test(line));
    expect(writing.length).toBeGreaterThan(4);
    expect(writing.filter((line) => !line.includes('-c hook.own thing.enabled=false'))).toEqual([]);
    fs.appendFileSync(join(repo, '.git/config'), '[hook "a=b"]\n\tcommand = touch ran\n');
    const refused = await runHere(['plan', repo]);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('the git hook "a=b" cannot be switched off'),
    ]);
  });
});

describe('the environment of the caller', () => {
  test('names no program and no other repository for git', async () => {
    const marks = canaries();
    const repo = legacyRepo();
    const other = tempRepo({ 'other.txt': 'x' });
    const before = [snapshot(repo), snapshot(other.root), other.git('rev-parse', 'HEAD')];
    Object.assign(process.env, {
      GIT_EXTERNAL_DIFF: marks.canary('external-diff'),
      GIT_SSH_COMMAND: marks.canary('ssh-command'),
      GIT_SSH: marks.canary('ssh'),
      GIT_PAGER: marks.canary('pager'),
      GIT_EDITOR: marks.canary('editor'),
      GIT_ASKPASS: marks.canary('askpass'),
      GIT_PROXY_COMMAND: marks.canary('proxy'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.fsmonitor',
      GIT_CONFIG_VALUE_0: marks.canary('fsmonitor'),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${marks.canary('parameters')}'`,
      GIT_EXEC_PATH: tempFolder(),
      GIT_TEMPLATE_DIR: tempFolder(),
      GIT_DIR: join(other.root, '.git'),
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: join(other.root, '.git/index'),
      GIT_OBJECT_DIRECTORY: join(other.root, '.git/objects'),
      GIT_NAMESPACE: 'other',
    });
    expect(await everyCommand(repo)).toEqual(DONE);
    expect(marks.ran()).toEqual([]);
    for (const name of Object.keys(process.env))
      if (name.startsWith('GIT_') && !(name in saved)) delete process.env[name];
    expect([snapshot(repo), snapshot(other.root), other.git('rev-parse', 'HEAD')]).toEqual(before);
  });

  test('a program in the checkout is not found through PATH, whatever it is called', async () => {
    const marks = canaries();
    const repo = legacyRepo();
    fs.mkdirSync(join(repo, 'node_modules/.bin'), { recursive: true });
    for (const name of ['git', 'sync', 'hadolint', 'shellcheck', 'actionlint', 'docker', 'node', 'sh'])
      for (const folder of ['', 'node_modules/.bin']) fs.copyFileSync(marks.canary(name), join(repo, folder, name));
    runTestGit(repo, ['add', '-A', '-f']);
    runTestGit(repo, ['commit', '-qm', 'programs']);
    const cwd = process.cwd();
    const env = { PATH: `.::node_modules/.bin:${join(repo, 'node_modules/.bin')}:${process.env['PATH']}` };
    process.env['PATH'] = env.PATH;
    // A worker of the test runner has no working folder of its own.
    const child = spawnSync('true', { cwd });
    expect(child.status).toBe(0);
    for (const words of [['plan'], ['check'], ['apply', '--yes'], ['status'], ['rollback']])
      expect([words, (await runHere([...words], { cwd: repo, env })).code]).toEqual([
        words,
        expect.not.stringMatching('1'),
      ]);
    expect(marks.ran()).toEqual([]);
  });
});

describe('a .git that leads elsewhere', () => {
  const lead = async (make: (victim: string, repo: string) => void): Promise<HereResult> => {
    const victim = legacyRepo();
    const repo = legacyRepo('full', { git: false });
    make(victim, repo);
    const before = [snapshot(victim), snapshot(repo), fs.readFileSync(join(victim, '.git/index')).toString('base64')];
    const result = await runHere(['apply', repo, '--yes', '--commit', '--allow-dirty']);
    expect([snapshot(victim), snapshot(repo), fs.readFileSync(join(victim, '.git/index')).toString('base64')]).toEqual(
      before,
    );
    expect(fs.existsSync(join(victim, '.git/refit'))).toBe(false);
    return result;
  };

  test.each<[string, (victim: string, repo: string) => void]>([
    ['a file', (victim, repo) => fs.writeFileSync(join(repo, '.git'), `gitdir: ${victim}/.git\n`)],
    ['a link', (victim, repo) => fs.symlinkSync(join(victim, '.git'), join(repo, '.git'))],
    [
      'a file that names a work tree of it',
      (victim, repo) => {
        runTestGit(victim, ['worktree', 'add', '-q', join(victim, 'linked')]);
        fs.writeFileSync(join(repo, '.git'), `gitdir: ${victim}/.git/worktrees/linked\n`);
      },
    ],
  ])('%s: refused, the other checkout stays as it is', async (_what, make) => {
    const result = await lead(make);
    expect([result.code, result.stderr]).toEqual([
      4,
      expect.stringContaining('leads to the git folder of another checkout'),
    ]);
  });

  test('a linked work tree, a submodule and a separate git folder are taken', async () => {
    const repo = legacyRepo();
    const linked = join(tempFolder(), 'linked');
    runTestGit(repo, ['worktree', 'add', '-q', linked]);
    expect((await runHere(['plan', linked])).code).toBe(0);
    runTestGit(repo, ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repo, 'inner']);
    expect((await runHere(['plan', join(repo, 'inner')])).code).toBe(0);
    const separate = legacyRepo('full', { git: false });
    runTestGit(separate, ['init', '-q', `--separate-git-dir=${join(tempFolder(), 'store.git')}`]);
    expect((await runHere(['plan', separate])).code).toBe(0);
  });
});

test('a repository of another user is refused with the way out', async () => {
  const repo = legacyRepo();
  const bin = tempFolder();
  const real = spawnSync('sh', ['-c', 'command -v git']).stdout.toString().trim();
  const wrapper = `#!/bin/sh\nexport GIT_TEST_ASSUME_DIFFERENT_OWNER=1\nexec '${real}' "$@"\n`;
  fs.writeFileSync(join(bin, 'git'), wrapper, { mode: 0o755 });
  process.env['PATH'] = `${bin}:${process.env['PATH']}`;
  for (const command of ['plan', 'check', 'status', 'rollback']) {
    const refused = await runHere([command, repo]);
    expect([command, refused.code, refused.stderr]).toEqual([
      command,
      1,
      expect.stringContaining('git does not trust'),
    ]);
    expect(refused.stderr).toContain(`git config --global --add safe.directory ${repo}`);
  }
});
