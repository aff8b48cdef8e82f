import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RefitError } from '../../src/base/errors.ts';
import { type RepoPath, repoPath } from '../../src/base/repo-path.ts';
import { type Checkout, openCheckout } from '../../src/checkout/read.ts';
import { runTestGit, tempFolder, tempRepo } from '../support/temp-repo.ts';

const list = (checkout: Checkout): readonly string[] => checkout.source.list();
const readText = (checkout: Checkout, path: string): string =>
  Buffer.from(checkout.source.read(path as RepoPath)).toString('utf8');

/** Writes a file whose name is not UTF-8. */
function writeByteName(folder: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff])]), 'x');
}

describe('a git work tree', () => {
  test('lists tracked, also tracked though ignored, and untracked files, sorted by code unit', async () => {
    const repo = tempRepo({ 'b.txt': 'b', 'a/z.txt': 'z', 'a.txt': 'a', 'kept.log': 'k', 'B.txt': 'B' });
    repo.write({ '.gitignore': '*.log\nout/\n', 'new.txt': 'n', 'gone.log': 'g', 'out/x': 'x' });
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['.gitignore', 'B.txt', 'a.txt', 'a/z.txt', 'b.txt', 'kept.log', 'new.txt']);
    expect(checkout.source.leftAlone).toEqual([{ path: '.git', reason: 'git-data' }]);
    expect([checkout.kind, checkout.root]).toEqual(['git', repo.root]);
    expect(checkout.commit).toBe(repo.git('rev-parse', 'HEAD').trim());
    expect(checkout.runFolder).toBe(join(repo.root, '.git/refit/runs'));
  });

  test('sorts beyond the basic plane by code unit, which is not the order of bytes', async () => {
    const repo = tempRepo({ '\uFF5E.txt': '', '\u{1F600}.txt': '' });
    expect(list(await openCheckout(repo.root))).toEqual(['\u{1F600}.txt', '\uFF5E.txt']);
  });

  test('reads the bytes of the work tree when asked, line ends as they are on disk', async () => {
    const repo = tempRepo({ 'crlf.txt': 'one\r\ntwo\r\n', bin: new Uint8Array([0, 255, 1]) });
    repo.git('config', 'core.autocrlf', 'input');
    const checkout = await openCheckout(repo.root);
    repo.write({ 'crlf.txt': 'later\r\n' });
    expect(readText(checkout, 'crlf.txt')).toBe('later\r\n');
    expect([...checkout.source.read(repoPath('bin'))]).toEqual([0, 255, 1]);
    expect(() => checkout.source.read(repoPath('none'))).toThrow('no such file in the tree: none');
  });

  test('takes the mode from the index first, then from the disk', async () => {
    const repo = tempRepo({ 'run.sh': { content: '', mode: '755' }, 'plain.sh': '', 'to-run': { link: 'run.sh' } });
    chmodSync(join(repo.root, 'run.sh'), 0o644);
    repo.write({ 'new.sh': { content: '', mode: '755' } });
    repo.write({ 'new-link': { link: 'nowhere' } });
    const { source } = await openCheckout(repo.root);
    const modes = Object.fromEntries(source.list().map((path) => [path, source.mode(path)]));
    expect(modes).toEqual({
      'new-link': 'link',
      'new.sh': '755',
      'plain.sh': '644',
      'run.sh': '755',
      'to-run': 'link',
    });
    expect(Buffer.from(source.read(repoPath('to-run'))).toString()).toBe('run.sh');
    expect(() => source.mode(repoPath('none'))).toThrow('no such file in the tree: none');
  });

  test('does not list what is deleted, or lies behind a folder that became a link', async () => {
    const repo = tempRepo({ 'gone.txt': '', 'd/file.txt': 'inside', 'stays.txt': '' });
    const outside = tempRepo({ 'file.txt': 'outside' }, { git: false });
    rmSync(join(repo.root, 'gone.txt'));
    rmSync(join(repo.root, 'd'), { recursive: true });
    symlinkSync(outside.root, join(repo.root, 'd'));
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['d', 'stays.txt']);
    expect(checkout.source.mode(repoPath('d'))).toBe('link');
    expect(await checkout.source.search(['side'])).toEqual([]);
  });

  test('never reads through a folder that became a link after the listing', async () => {
    const repo = tempRepo({ 'd/file.txt': 'inside' });
    const outside = tempRepo({ 'file.txt': 'outside' }, { git: false });
    const checkout = await openCheckout(repo.root);
    renameSync(join(repo.root, 'd'), join(repo.root, 'moved'));
    symlinkSync(outside.root, join(repo.root, 'd'));
    expect(() => checkout.source.read(repoPath('d/file.txt'))).toThrow('cannot read d/file.txt: it is gone');
  });

  test('does not follow a link that took the place of a tracked file', async () => {
    const repo = tempRepo({ 'file.txt': 'text', 'other.txt': 'secret' });
    repo.write({ 'file.txt': { link: 'other.txt' } });
    const checkout = await openCheckout(repo.root);
    expect(checkout.source.mode(repoPath('file.txt'))).toBe('link');
    expect(readText(checkout, 'file.txt')).toBe('other.txt');
    expect(await checkout.source.search(['secret'])).toEqual(['other.txt']);
  });

  test('reads and searches a file that took the place of a tracked link', async () => {
    const repo = tempRepo({ link: { link: 'other.txt' }, 'other.txt': '' });
    repo.write({ link: { content: 'needle', mode: '755' } });
    const { source } = await openCheckout(repo.root);
    expect(source.mode(repoPath('link'))).toBe('755');
    expect(await source.search(['needle'])).toEqual(['link']);
  });

  test('leaves alone and names submodules, repositories inside, odd bytes, large and special files', async () => {
    const inner = tempRepo({ 'inner.txt': 'needle' });
    const repo = tempRepo({ 'file.txt': 'needle', 'big-tracked.bin': 'needle'.repeat(20), pipe: '' });
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'libs/sub');
    repo.commit();
    mkdirSync(join(repo.root, 'nested'));
    runTestGit(join(repo.root, 'nested'), ['init', '--quiet']);
    writeFileSync(join(repo.root, 'nested/n.txt'), 'needle');
    runTestGit(join(repo.root, 'nested'), ['add', '--all']);
    runTestGit(join(repo.root, 'nested'), ['commit', '--quiet', '-m', 'x']);
    repo.write({ 'big-new.bin': 'needle'.repeat(20) });
    rmSync(join(repo.root, 'pipe'));
    execFileSync('mkfifo', [join(repo.root, 'pipe')]);
    writeByteName(repo.root);
    const checkout = await openCheckout(repo.root, { maxFileBytes: 100 });
    expect(list(checkout)).toEqual(['.gitmodules', 'file.txt']);
    expect(checkout.source.leftAlone).toEqual([
      { path: '.git', reason: 'git-data' },
      { path: 'bad-\\xff', reason: 'not-utf8-name' },
      { path: 'big-new.bin', reason: 'too-large' },
      { path: 'big-tracked.bin', reason: 'too-large' },
      { path: 'libs/sub', reason: 'submodule' },
      { path: 'nested', reason: 'submodule' },
      { path: 'pipe', reason: 'special-file' },
    ]);
    expect(await checkout.source.search(['needle'])).toEqual(['file.txt']);
  });

  test('never shows the runs of refit, tracked or not, nor what git keeps: both are named', async () => {
    const repo = tempRepo({ 'file.txt': 'needle', '.refit/runs/old/plan.json': 'needle', '.refit/runs-of-mine': '' });
    repo.write({ '.refit/runs/new/plan.json': 'needle' });
    const { source } = await openCheckout(repo.root);
    expect(source.list()).toEqual(['.refit/runs-of-mine', 'file.txt']);
    expect(await source.search(['needle'])).toEqual(['file.txt']);
    expect(source.leftAlone).toEqual([
      { path: '.git', reason: 'git-data' },
      { path: '.refit/runs', reason: 'refit-runs' },
    ]);
  });

  test('a tracked name that is not UTF-8 is left alone, once', async () => {
    const repo = tempRepo({ 'file.txt': '' });
    writeByteName(repo.root);
    repo.commit();
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['file.txt']);
    expect(checkout.source.leftAlone).toEqual([
      { path: '.git', reason: 'git-data' },
      { path: 'bad-\\xff', reason: 'not-utf8-name' },
    ]);
    expect(await checkout.dirty()).toEqual([]);
  });

  test('refuses to read a file that has grown over the limit since', async () => {
    const repo = tempRepo({ 'file.txt': 'x' });
    const checkout = await openCheckout(repo.root, { maxFileBytes: 10 });
    repo.write({ 'file.txt': 'x'.repeat(11) });
    expect(() => checkout.source.read(repoPath('file.txt'))).toThrow('it is larger than 10 bytes');
  });

  test('lists a file in a merge conflict once, also when it lies outside of the folder', async () => {
    const repo = tempRepo({ 'file.txt': 'base', 'sub/kept.txt': 'kept' });
    repo.git('checkout', '--quiet', '-b', 'other');
    repo.write({ 'file.txt': 'other' });
    repo.commit();
    repo.git('checkout', '--quiet', 'main');
    repo.write({ 'file.txt': 'main' });
    repo.commit();
    expect(() => repo.git('merge', 'other')).toThrow();
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['file.txt', 'sub/kept.txt']);
    expect(await checkout.dirty()).toEqual([{ path: 'file.txt', state: 'modified' }]);
    const sub = await openCheckout(join(repo.root, 'sub'));
    expect([list(sub), await sub.dirty()]).toEqual([['kept.txt'], []]);
  });

  test('sees what a sparse checkout and an unwatched file really have on disk', async () => {
    const repo = tempRepo({ 'in/a.txt': 'needle', 'out/b.txt': 'needle', 'quiet.txt': 'old' });
    repo.git('sparse-checkout', 'set', '--no-cone', '/in/', '/quiet.txt');
    repo.git('update-index', '--assume-unchanged', 'quiet.txt');
    repo.write({ 'quiet.txt': 'needle' });
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['in/a.txt', 'quiet.txt']);
    expect(await checkout.source.search(['needle'])).toEqual(['in/a.txt', 'quiet.txt']);
    expect(await checkout.source.search(['old'])).toEqual([]);
    expect(await checkout.dirty()).toEqual([{ path: 'quiet.txt', state: 'modified' }]);
  });

  test('opens a repository without a commit and one with no file', async () => {
    const empty = await openCheckout(tempRepo({}, { commit: false }).root);
    expect([list(empty), empty.commit, await empty.dirty()]).toEqual([[], null, []]);
    const staged = tempRepo({ 'a.txt': '', 'b.txt': '' }, { commit: false });
    staged.git('add', 'a.txt');
    const checkout = await openCheckout(staged.root);
    expect([list(checkout), checkout.commit]).toEqual([['a.txt', 'b.txt'], null]);
    expect(await checkout.dirty()).toEqual([
      { path: 'a.txt', state: 'staged' },
      { path: 'b.txt', state: 'untracked' },
    ]);
  });

  test('never lists the runs of a folder that had no git when they were made', async () => {
    const repo = tempRepo({ 'a.txt': '' });
    repo.write({ '.refit/runs/1/journal.json': '{}', '.refit/config.json': '{}' });
    const checkout = await openCheckout(repo.root);
    expect(list(checkout)).toEqual(['.refit/config.json', 'a.txt']);
    expect(await checkout.dirty()).toEqual([{ path: '.refit/config.json', state: 'untracked' }]);
  });
});

describe('odd names', () => {
  const names = [
    ' lead',
    "it's",
    '"quoted"',
    'new\nline',
    'tab\there',
    'größe.txt',
    '-rf',
    ':(top)x',
    ':!not',
    '*.py',
    'back\\slash',
  ];

  test.each([
    ['git', true],
    ['plain', false],
  ] as const)('are listed, read and searched in a %s folder', async (_kind, git) => {
    const repo = tempRepo(Object.fromEntries(names.map((name) => [name, `needle ${name}`])), { git });
    const checkout = await openCheckout(repo.root);
    const sorted = [...names].sort();
    expect(list(checkout)).toEqual(sorted);
    for (const name of names) expect(readText(checkout, name)).toBe(`needle ${name}`);
    expect(await checkout.source.search(['needle'])).toEqual(sorted);
    expect(await checkout.dirty()).toEqual([]);
  });

  test('are told dirty, also after a conversion', async () => {
    const repo = tempRepo(Object.fromEntries(names.map((name) => [name, `needle ${name}`])));
    repo.write(Object.fromEntries(names.map((name) => [name, `changed ${name}\n`])));
    const checkout = await openCheckout(repo.root);
    expect((await checkout.dirty()).map(({ path }) => path)).toEqual([...names].sort());
  });
});

describe('a folder inside a work tree', () => {
  test('has paths of its own, and nothing outside of it', async () => {
    const repo = tempRepo({ 'top.txt': 'needle', 'services/proxy/a.txt': 'needle', 'services/other/b.txt': 'needle' });
    repo.write({ 'services/proxy/new.txt': 'needle', 'services/other/new.txt': 'needle', 'top.txt': 'changed needle' });
    repo.git('config', 'grep.fullName', 'true');
    const checkout = await openCheckout(join(repo.root, 'services/proxy'));
    expect(list(checkout)).toEqual(['a.txt', 'new.txt']);
    expect(readText(checkout, 'a.txt')).toBe('needle');
    expect(await checkout.source.search(['needle'])).toEqual(['a.txt', 'new.txt']);
    expect(await checkout.dirty()).toEqual([{ path: 'new.txt', state: 'untracked' }]);
    expect([checkout.root, checkout.git?.root, checkout.git?.prefix]).toEqual([
      join(repo.root, 'services/proxy'),
      repo.root,
      'services/proxy',
    ]);
    expect(checkout.stateFolder).toBe(join(repo.root, '.git/refit'));
    expect(checkout.runFolder).toBe(join(repo.root, '.git/refit/folders/services%2Fproxy/runs'));
  });

  test('says staged and modified for its own files only', async () => {
    const repo = tempRepo({ 'in/a.txt': '', 'in/b.txt': '', 'out.txt': '' });
    repo.write({ 'in/a.txt': '1', 'in/b.txt': '2', 'out.txt': '3' });
    repo.git('add', 'in/a.txt', 'out.txt');
    expect(await (await openCheckout(join(repo.root, 'in'))).dirty()).toEqual([
      { path: 'a.txt', state: 'staged' },
      { path: 'b.txt', state: 'modified' },
    ]);
  });

  test('that the repository ignores is a plain folder', async () => {
    const repo = tempRepo({ '.gitignore': 'examples/\n' });
    repo.write({ 'examples/one/a.txt': '', 'examples/one/b.log': '', 'examples/one/.gitignore': '*.log\n' });
    const checkout = await openCheckout(join(repo.root, 'examples/one'));
    expect([checkout.kind, list(checkout)]).toEqual(['plain', ['.gitignore', 'a.txt']]);
    expect(checkout.runFolder).toBe(join(repo.root, 'examples/one/.refit/runs'));
  });

  test('works where the names of folders hold newlines and spaces', async () => {
    const repo = tempRepo({ 'two\nlines/a b/c.txt': '' });
    const checkout = await openCheckout(join(repo.root, 'two\nlines/a b'));
    expect(list(checkout)).toEqual(['c.txt']);
    expect([checkout.git?.root, checkout.git?.prefix]).toEqual([repo.root, 'two\nlines/a b']);
  });
});

test('a linked work tree has its own files, commit and run folder', async () => {
  const repo = tempRepo({ 'a.txt': 'main' });
  const linked = join(tempFolder(), 'linked');
  repo.git('worktree', 'add', '--quiet', '-b', 'side', linked);
  runTestGit(linked, ['commit', '--quiet', '--allow-empty', '-m', 'side']);
  const checkout = await openCheckout(linked);
  expect(list(checkout)).toEqual(['a.txt']);
  expect(checkout.commit).toBe(repo.git('rev-parse', 'side').trim());
  expect(checkout.runFolder).toBe(join(repo.root, '.git/worktrees/linked/refit/runs'));
  expect(checkout.git?.commonDir).toBe(join(repo.root, '.git'));
});

describe('a plain folder', () => {
  test('is listed with its ignore files, links and modes, and without repositories inside', async () => {
    const repo = tempRepo(
      {
        '.gitignore': '*.log\n/only-top\n',
        '.hidden': 'needle',
        'a.log': 'needle',
        'keep/.gitignore': '!b.log\n',
        'keep/b.log': 'needle',
        'only-top': '',
        'deep/only-top': '',
        'run.sh': { content: '', mode: '755' },
        link: { link: '.hidden' },
        'nested/inside.txt': 'needle',
        '.refit/runs/1/journal.json': 'needle',
        '.refit/config.json': '',
        'big.bin': 'needle'.repeat(100),
      },
      { git: false },
    );
    runTestGit(join(repo.root, 'nested'), ['init', '--quiet']);
    symlinkSync('deep', join(repo.root, 'folder-link'));
    execFileSync('mkfifo', [join(repo.root, 'pipe')]);
    writeByteName(repo.root);
    const checkout = await openCheckout(repo.root, { maxFileBytes: 100 });
    const { source } = checkout;
    expect(list(checkout)).toEqual([
      '.gitignore',
      '.hidden',
      '.refit/config.json',
      'deep/only-top',
      'folder-link',
      'keep/.gitignore',
      'keep/b.log',
      'link',
      'run.sh',
    ]);
    expect(source.leftAlone).toEqual([
      { path: '.refit/runs', reason: 'refit-runs' },
      { path: 'bad-\uFFFD', reason: 'not-utf8-name' },
      { path: 'big.bin', reason: 'too-large' },
      { path: 'nested', reason: 'submodule' },
      { path: 'pipe', reason: 'special-file' },
    ]);
    expect(['folder-link', 'link', 'run.sh', '.hidden'].map((path) => source.mode(path as RepoPath))).toEqual([
      'link',
      'link',
      '755',
      '644',
    ]);
    expect(await source.search(['needle'])).toEqual(['.hidden', 'keep/b.log']);
    expect([checkout.kind, checkout.git, checkout.commit]).toEqual(['plain', null, null]);
    expect(checkout.runFolder).toBe(join(repo.root, '.refit/runs'));
    expect(await checkout.dirty()).toEqual([]);
  });

  test('needs no git on PATH', async () => {
    const repo = tempRepo({ 'a.txt': '' }, { git: false });
    const path = process.env['PATH'];
    process.env['PATH'] = tempFolder();
    try {
      expect(list(await openCheckout(repo.root))).toEqual(['a.txt']);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('obstacle', () => {
  test.each([
    ['git', true],
    ['plain', false],
  ] as const)('names what is in the way in a %s folder', async (_kind, git) => {
    const repo = tempRepo({ '.gitignore': '*.log\nout/\n', 'a.txt': '', 'd/b.txt': '', link: { link: 'd' } }, { git });
    repo.write({ 'x.log': '', 'out/c.txt': '', 'gone.log': { link: 'nowhere' }, 'nested/n.txt': '' });
    runTestGit(join(repo.root, 'nested'), ['init', '--quiet']);
    mkdirSync(join(repo.root, 'empty'));
    const { source } = await openCheckout(repo.root);
    const paths = [
      'new.txt',
      'd/new.txt',
      'new/deep/er.txt',
      'a.txt',
      'a.txt/below',
      'x.log',
      'gone.log',
      'x.log/y',
      'out/c.txt',
      'empty',
      'd',
      'link/b.txt',
      'gone.log/y',
      'nested/new.txt',
      '.git/hooks/x',
      'd/.git',
      '.refit/runs/x',
    ];
    expect(Object.fromEntries(paths.map((path) => [path, source.obstacle(path as RepoPath)]))).toEqual({
      'new.txt': null,
      'd/new.txt': null,
      'new/deep/er.txt': null,
      'a.txt': null,
      'a.txt/below': null,
      'x.log': 'x.log is a file that is ignored or left alone',
      'gone.log': 'gone.log is a symbolic link that is ignored or left alone',
      'x.log/y': 'x.log is not a folder',
      'out/c.txt': 'out/c.txt is a file that is ignored or left alone',
      empty: 'empty is a folder',
      d: 'd is a folder',
      'link/b.txt': 'link is a symbolic link, which is never followed',
      'gone.log/y': 'gone.log is a symbolic link, which is never followed',
      'nested/new.txt': 'nested is a repository of its own',
      '.git/hooks/x': '.git/hooks/x belongs to git',
      'd/.git': 'd/.git belongs to git',
      '.refit/runs/x': '.refit/runs/x belongs to the records of refit',
    });
  });

  test('names the twin on a disk that does not tell upper from lower case', async () => {
    const { nodeFileSystem } = await import('../../src/host/fs.ts');
    const repo = tempRepo({ 'README.md': '', 'Docs/a.md': '' }, { git: false });
    const spelled = (path: string): string => path.replace('readme.md', 'README.md').replace('docs', 'Docs');
    const fs = {
      ...nodeFileSystem,
      lstat: (path: string) => nodeFileSystem.lstat(spelled(path)),
      readdir: (path: string) => nodeFileSystem.readdir(spelled(path)),
    };
    const { source } = await openCheckout(repo.root, { fs });
    expect(source.obstacle(repoPath('readme.md'))).toBe(
      'README.md stands there, and this disk does not tell the two names apart',
    );
    expect(source.obstacle(repoPath('docs/b.md'))).toBe(
      'Docs stands there, and this disk does not tell the two names apart',
    );
    expect(source.obstacle(repoPath('Docs/b.md'))).toBe(null);
  });
});

test('opening, reading, searching and telling what is dirty change nothing, not even the index', async () => {
  const repo = tempRepo({ 'a.txt': 'a', 'b.txt': 'b' });
  repo.write({ 'a.txt': 'a', 'c.txt': 'c' });
  const index = () => execFileSync('sha256sum', [join(repo.root, '.git/index')]).toString();
  const filesOfGit = () =>
    execFileSync('find', [join(repo.root, '.git'), '-type', 'f', '-printf', '%p %T@\n']).toString();
  const before = [index(), filesOfGit(), repo.snapshot()];
  const checkout = await openCheckout(repo.root);
  for (const path of checkout.source.list()) checkout.source.read(path);
  await checkout.source.search(['a']);
  await checkout.dirty();
  expect([index(), filesOfGit(), repo.snapshot()]).toEqual(before);
});

describe('bad input', () => {
  const fail = async (folder: string): Promise<RefitError> => {
    const error = await openCheckout(folder).catch((caught: unknown) => caught);
    if (!(error instanceof RefitError)) throw error;
    return error;
  };

  test('no such folder, and a file', async () => {
    const { root } = tempRepo({ 'a.txt': '' }, { git: false });
    const missing = await fail(join(root, 'none'));
    expect([missing.message, missing.hint, missing.exitCode]).toEqual([
      `there is no folder ${root}/none`,
      `looked at ${root}/none`,
      1,
    ]);
    expect((await fail(join(root, 'a.txt'))).message).toBe(`not a folder: ${root}/a.txt`);
    expect((await fail(join(root, 'a.txt/b'))).message).toBe(
      `cannot read the folder ${root}/a.txt/b: a part of the path is not a folder`,
    );
  });

  test('a bare repository, and the inside of .git', async () => {
    const repo = tempRepo({ 'a.txt': '' });
    const bare = join(tempFolder(), 'bare.git');
    repo.git('clone', '--quiet', '--bare', repo.root, bare);
    const error = await fail(bare);
    expect(error.message).toBe(`${bare} is a bare git repository: it has no files to migrate`);
    expect(error.hint).toBe('name a checkout of it: git clone, or git worktree add');
    expect((await fail(join(repo.root, '.git/refs'))).message).toBe(`${repo.root}/.git/refs lies inside a .git folder`);
  });

  test('a repository whose files are elsewhere', async () => {
    const repo = tempRepo({ 'a.txt': '' });
    repo.git('config', 'core.worktree', tempFolder());
    expect((await fail(repo.root)).message).toBe(
      `the repository of ${repo.root} keeps its files elsewhere (core.worktree)`,
    );
  });

  test('a .git file that leads nowhere is no plain folder', async () => {
    const { root } = tempRepo({ '.git': 'gitdir: /nowhere/at/all\n', 'a.txt': '' }, { git: false });
    expect((await fail(root)).message).toBe(`git failed in ${root}: not a git repository: /nowhere/at/all`);
  });

  test('a git checkout without git on PATH', async () => {
    const repo = tempRepo({ 'd/a.txt': '' });
    const path = process.env['PATH'];
    process.env['PATH'] = tempFolder();
    try {
      const error = await fail(join(repo.root, 'd'));
      expect([error.message, error.hint]).toEqual([
        `git is not on PATH, and ${repo.root}/d is a git checkout`,
        'install git and run again',
      ]);
    } finally {
      process.env['PATH'] = path;
    }
  });

  test.runIf(process.getuid?.() === 0)('a repository of another user', async () => {
    const repo = tempRepo({ 'a.txt': '' });
    execFileSync('chown', ['-R', '12345:12345', repo.root]);
    const error = await fail(repo.root);
    expect(error.message).toBe(`git does not trust ${repo.root}: it belongs to another user`);
    expect(error.hint).toBe(`if you trust it: git config --global --add safe.directory ${repo.root}`);
  });
});
