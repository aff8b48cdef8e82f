import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { RefitError } from '../../src/base/errors.ts';
import { openCheckout } from '../../src/checkout/read.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { type TempRepo, tempFolder, tempRepo } from '../support/temp-repo.ts';

const isRoot = process.getuid?.() === 0;
const hasSetpriv = spawnSync('setpriv', ['--reuid', '12345', '--clear-groups', 'true']).status === 0;
const path = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = path;
});

/** Closed files are open to root, so there git itself runs as somebody else, who owns all but the closed files. */
function closeTo(repo: TempRepo, closed: string): void {
  const place = join(repo.root, closed);
  chmodSync(place, 0);
  if (!isRoot) return;
  execFileSync('chown', ['-R', '12345', repo.root]);
  execFileSync('chown', ['0', place]);
  const bin = tempFolder();
  chmodSync(bin, 0o755);
  const real = execFileSync('sh', ['-c', 'command -v git']).toString().trim();
  const script = `#!/bin/sh\nexec setpriv --reuid 12345 --clear-groups '${real}' "$@"\n`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  process.env['PATH'] = `${bin}:${path}`;
}

function refuse(closed: string, place: string): Buffer {
  if (place.endsWith(closed)) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  return nodeFileSystem.readFile(place);
}

const blindTo = (part: string): FileSystem => ({
  ...nodeFileSystem,
  canRead: (place) => !place.includes(part) && nodeFileSystem.canRead(place),
});

describe.runIf(!isRoot || hasSetpriv)('in a git work tree without permission', () => {
  test('a folder is left alone and named', async () => {
    const repo = tempRepo({ 'a.txt': '' });
    repo.write({ 'closed data/b.txt': '' });
    closeTo(repo, 'closed data');
    const { source } = await openCheckout(repo.root);
    chmodSync(join(repo.root, 'closed data'), 0o755);
    expect(source.list()).toEqual(['a.txt']);
    expect(source.leftAlone).toEqual([
      { path: '.git', reason: 'git-data' },
      { path: 'closed data', reason: 'unreadable' },
    ]);
  });

  test('a tracked file ends a search with its name, since a word in it would be missed', async () => {
    const repo = tempRepo({ 'a.txt': 'needle', 'b.txt': 'needle' });
    closeTo(repo, 'b.txt');
    // What git may not read, this process may not read either; it is root only while tests run.
    const fs: FileSystem = { ...nodeFileSystem, readFile: (place) => refuse('b.txt', place) };
    const { source } = await openCheckout(repo.root, { fs });
    const error = await source.search(['needle']).catch((caught: unknown) => caught);
    if (!(error instanceof RefitError)) throw error;
    expect(error.message).toBe('cannot search every file of the checkout');
    expect(error.details).toEqual(['b.txt: Permission denied']);
  });
});

test.each([
  ['git', true],
  ['plain', false],
] as const)('an untracked file that cannot be read is left alone in a %s folder', async (_kind, git) => {
  const repo = tempRepo({ 'a.txt': '' }, { git });
  repo.write({ 'closed.txt': 'needle' });
  const { source } = await openCheckout(repo.root, { fs: blindTo('closed') });
  expect(source.list()).toEqual(['a.txt']);
  expect(source.leftAlone).toEqual([
    ...(git ? [{ path: '.git', reason: 'git-data' }] : []),
    { path: 'closed.txt', reason: 'unreadable' },
  ]);
  expect(await source.search(['needle'])).toEqual([]);
});

test('a folder that cannot be read is left alone in a plain folder', async () => {
  const repo = tempRepo({ 'a.txt': '', 'closed/b.txt': '' }, { git: false });
  const { source } = await openCheckout(repo.root, { fs: blindTo('closed') });
  expect(source.list()).toEqual(['a.txt']);
  expect(source.leftAlone).toEqual([{ path: 'closed', reason: 'unreadable' }]);
});

test('rules that cannot be read are not taken for none', async () => {
  const repo = tempRepo({ 'd/.gitignore': '*.log\n' }, { git: false });
  const opened = openCheckout(repo.root, { fs: blindTo('.gitignore') });
  await expect(opened).rejects.toThrow('cannot tell what d/.gitignore ignores: permission denied');
});

test('the folder itself', async () => {
  const { root } = tempRepo({}, { git: false });
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' });
  const fs: FileSystem = {
    ...nodeFileSystem,
    readdir: () => {
      throw denied;
    },
  };
  const error = await openCheckout(root, { fs }).catch((caught: unknown) => caught);
  if (!(error instanceof RefitError)) throw error;
  expect([error.message, error.hint, error.exitCode]).toEqual([
    `cannot read the folder ${root}: permission denied`,
    'run as a user who may read it',
    1,
  ]);
});

test('a file that lost its permission since is named when it is read', async () => {
  const repo = tempRepo({ 'a.txt': '' });
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES' });
  const fs: FileSystem = {
    ...nodeFileSystem,
    readFile: () => {
      throw denied;
    },
  };
  const { source } = await openCheckout(repo.root, { fs });
  const [first] = source.list();
  if (first === undefined) throw new Error('nothing listed');
  expect(() => source.read(first)).toThrow('cannot read a.txt: permission denied');
});
