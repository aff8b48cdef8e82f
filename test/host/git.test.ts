import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openCheckout } from '../../src/checkout/read.ts';
import {
  findWorkTree,
  gitEnvironment,
  indexMode,
  openSimpleGit,
  userIdentity,
  type WorkTree,
} from '../../src/host/git.ts';
import { runTestGit, type TempRepo, tempFolder, tempRepo } from '../support/temp-repo.ts';

async function workTree(repo: TempRepo): Promise<WorkTree> {
  const tree = await findWorkTree(repo.root);
  if (tree === null) throw new Error('not a work tree');
  return tree;
}

describe('programs that a repository names', () => {
  /** A repository whose settings all start a program that leaves a mark, and which gives git every reason to do so. */
  function hostileRepo(): { readonly repo: TempRepo; readonly ran: () => boolean } {
    const mark = join(tempFolder(), 'ran');
    const canary = join(tempFolder(), 'canary');
    writeFileSync(canary, `#!/bin/sh\ntouch '${mark}'\ncat\n`);
    chmodSync(canary, 0o755);
    const repo = tempRepo({
      '.gitattributes': '*.txt filter=one diff=one\n*.dat filter=two.with.dots\n*.crlf text eol=crlf\n',
      'a.txt': 'a',
      'b.dat': 'b',
      'c.crlf': 'c\n',
      'd.txt': 'd',
    });
    const settings = {
      'core.fsmonitor': canary,
      'core.sshCommand': canary,
      'core.pager': canary,
      'core.editor': canary,
      'core.askPass': canary,
      'core.gitProxy': canary,
      'pager.grep': canary,
      'pager.ls-files': canary,
      'pager.diff-files': canary,
      'diff.external': canary,
      'diff.one.command': canary,
      'diff.one.textconv': canary,
      'filter.one.clean': canary,
      'filter.one.smudge': canary,
      'filter.one.process': canary,
      'filter.one.required': 'true',
      'filter.two.with.dots.clean': canary,
      'credential.helper': canary,
      'gpg.program': canary,
      'alias.ls-files': `!${canary}`,
      'alias.grep': `!${canary}`,
    };
    for (const [key, value] of Object.entries(settings)) repo.git('config', key, value);
    const hooks = join(repo.root, '.git/own-hooks');
    repo.git('config', 'core.hooksPath', hooks);
    repo.write(
      Object.fromEntries(
        ['pre-commit', 'post-index-change', 'post-checkout', 'fsmonitor-watchman', 'commit-msg'].flatMap((hook) => [
          [`.git/own-hooks/${hook}`, { content: `#!/bin/sh\ntouch '${mark}'\n`, mode: '755' as const }],
          [`.git/hooks/${hook}`, { content: `#!/bin/sh\ntouch '${mark}'\n`, mode: '755' as const }],
        ]),
      ),
    );
    // An index older than its files: git must look at the content of each, through its filter.
    utimesSync(join(repo.root, '.git/index'), 1_000_000_000, 1_000_000_000);
    repo.write({ 'a.txt': 'x', 'b.dat': 'y', 'c.crlf': 'c\r\n', 'new.txt': 'needle' });
    return { repo, ran: () => existsSync(mark) };
  }

  test('run for an ordinary call of git, so that this repository is a fair one', () => {
    const { repo, ran } = hostileRepo();
    try {
      repo.git('status');
    } catch {
      // The canary is no proper filter process.
    }
    expect(ran()).toBe(true);
  });

  test('never run while a checkout is opened, read, searched and compared', async () => {
    const { repo, ran } = hostileRepo();
    const checkout = await openCheckout(repo.root);
    for (const path of checkout.source.list()) checkout.source.read(path);
    expect(await checkout.source.search(['needle'])).toEqual(['new.txt']);
    expect(await checkout.dirty()).toEqual([
      { path: 'a.txt', state: 'modified' },
      { path: 'b.dat', state: 'modified' },
      { path: 'new.txt', state: 'untracked' },
    ]);
    expect(ran()).toBe(false);
  });

  test('never run through simple-git, not even for a commit', async () => {
    const { repo, ran } = hostileRepo();
    const git = await openSimpleGit(await workTree(repo));
    await git.raw('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--allow-empty', '-m', 'x');
    await git.raw('add', '--', 'new.txt');
    expect(ran()).toBe(false);
    expect(repo.git('ls-files', 'new.txt')).toBe('new.txt\n');
  });

  test('a filter whose name hides it from the command line is refused', async () => {
    const repo = tempRepo({ a: '' });
    writeFileSync(join(repo.root, '.git/config'), '[filter "a=b"]\n\tclean = touch ran\n', { flag: 'a' });
    await expect(findWorkTree(repo.root)).rejects.toThrow('the git filter "a=b" cannot be switched off');
  });

  test('a git of the checkout itself is not found through a relative PATH', async () => {
    const repo = tempRepo({ git: { content: '#!/bin/sh\ntouch ran\n', mode: '755' } });
    const path = process.env['PATH'];
    process.env['PATH'] = `.::${path}`;
    try {
      expect((await openCheckout(repo.root)).source.list()).toEqual(['git']);
      expect(existsSync(join(repo.root, 'ran'))).toBe(false);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

describe('variables of the caller', () => {
  const set = new Map<string, string | undefined>();
  const setVariable = (name: string, value: string): void => {
    set.set(name, process.env[name]);
    process.env[name] = value;
  };
  afterEach(() => {
    for (const [name, value] of set) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    set.clear();
  });

  test('cannot point git at another repository, index or object store', async () => {
    const repo = tempRepo({ 'mine.txt': 'needle' });
    const other = tempRepo({ 'other.txt': 'needle' });
    for (const [name, value] of Object.entries({
      GIT_DIR: join(other.root, '.git'),
      GIT_WORK_TREE: other.root,
      GIT_INDEX_FILE: join(other.root, '.git/index'),
      GIT_COMMON_DIR: join(other.root, '.git'),
      GIT_OBJECT_DIRECTORY: '/nowhere',
      GIT_PREFIX: 'x/',
      GIT_NAMESPACE: 'x',
      GIT_CEILING_DIRECTORIES: repo.root,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.worktree',
      GIT_CONFIG_VALUE_0: other.root,
      GIT_CONFIG_PARAMETERS: "'core.bare'='true'",
      GIT_EXTERNAL_DIFF: 'false',
      GIT_TRACE: '1',
      GIT_GLOB_PATHSPECS: '1',
      EDITOR: 'false',
      PAGER: 'false',
    })) {
      setVariable(name, value);
    }
    const checkout = await openCheckout(repo.root);
    expect(checkout.source.list()).toEqual(['mine.txt']);
    expect(checkout.git?.gitDir).toBe(join(repo.root, '.git'));
    expect(await checkout.source.search(['needle'])).toEqual(['mine.txt']);
    expect(await checkout.dirty()).toEqual([]);
    expect(await (await openSimpleGit(await workTree(repo))).raw('ls-files')).toBe('mine.txt');
  });

  test('are passed on when they are none of git, or choose whose settings are in force', () => {
    const env = gitEnvironment({
      HOME: '/h',
      PATH: '/a:b::/c',
      GIT_DIR: 'x',
      GIT_CONFIG_GLOBAL: '/g',
      PAGER: 'p',
      UNSET: undefined,
    });
    expect(env).toEqual({
      HOME: '/h',
      PATH: '/a:/c',
      GIT_CONFIG_GLOBAL: '/g',
      LC_ALL: 'C',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_ALLOW_PROTOCOL: 'none',
    });
  });
});

test('the mode in the index is told for one path, taken literally', async () => {
  const repo = tempRepo({ 'a*': '', ab: { content: '', mode: '755' }, ':(top)ab': '', link: { link: 'ab' } });
  const tree = await workTree(repo);
  expect(await indexMode(tree, 'a*')).toBe('100644');
  expect(await indexMode(tree, 'ab')).toBe('100755');
  expect(await indexMode(tree, ':(top)ab')).toBe('100644');
  expect(await indexMode(tree, 'link')).toBe('120000');
  expect(await indexMode(tree, 'none')).toBe(null);
});

test('the user is who the configuration says, or nobody', async () => {
  const repo = tempRepo({ a: '' });
  await expect(userIdentity(await workTree(repo))).rejects.toThrow('git does not know who commits');
  repo.git('config', 'user.name', 'Example User');
  repo.git('config', 'user.email', 'user@example.org');
  expect(await userIdentity(await workTree(repo))).toEqual({ name: 'Example User', email: 'user@example.org' });
});

test('a missing object of a partial clone is never fetched', async () => {
  const repo = tempRepo({ 'a.txt': 'a' });
  const mark = join(tempFolder(), 'ran');
  repo.git('config', 'core.repositoryFormatVersion', '1');
  repo.git('config', 'extensions.partialClone', 'origin');
  repo.git('config', 'remote.origin.url', `ext::sh -c touch% ${mark}`);
  repo.git('config', 'remote.origin.promisor', 'true');
  repo.git('config', 'protocol.ext.allow', 'always');
  const treeId = repo.git('rev-parse', 'HEAD^{tree}').trim();
  execFileSync('rm', ['-f', join(repo.root, '.git/objects', treeId.slice(0, 2), treeId.slice(2))]);
  repo.write({ 'b.txt': 'b' });
  runTestGit(repo.root, ['add', 'b.txt']);
  const checkout = await openCheckout(repo.root);
  await expect(checkout.dirty()).rejects.toThrow('git failed in');
  expect(existsSync(mark)).toBe(false);
});
