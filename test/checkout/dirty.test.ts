import { chmodSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckout } from '../../src/checkout/read.ts';
import { type TempRepo, tempRepo } from '../support/temp-repo.ts';

const dirty = async (repo: TempRepo): Promise<Record<string, string>> => {
  const paths = await (await openCheckout(repo.root)).dirty();
  return Object.fromEntries(paths.map(({ path, state }) => [path, state]));
};
const touch = (repo: TempRepo, path: string): void => utimesSync(join(repo.root, path), 1_000_000_000, 1_000_000_000);

test('tells modified, staged, deleted and untracked apart', async () => {
  const repo = tempRepo({
    modified: '',
    staged: '',
    both: '',
    deleted: '',
    removed: '',
    mode: '',
    kind: '',
    clean: '',
  });
  repo.write({ staged: 's', both: 's', 'new-staged': '' });
  repo.git('add', 'staged', 'both', 'new-staged');
  repo.git('rm', '--quiet', 'removed');
  repo.write({ modified: 'm', both: 'm', untracked: '', kind: { link: 'clean' } });
  rmSync(join(repo.root, 'deleted'));
  chmodSync(join(repo.root, 'mode'), 0o755);
  expect(await dirty(repo)).toEqual({
    both: 'modified',
    deleted: 'deleted',
    kind: 'modified',
    mode: 'modified',
    modified: 'modified',
    'new-staged': 'staged',
    removed: 'staged',
    staged: 'staged',
    untracked: 'untracked',
  });
});

test('a change of the same size within the same second is seen', async () => {
  const repo = tempRepo({ a: 'one' });
  repo.write({ a: 'two' });
  expect(await dirty(repo)).toEqual({ a: 'modified' });
});

test('a touched file or link with the same content is clean', async () => {
  const repo = tempRepo({ a: 'one', link: { link: 'a' } });
  touch(repo, 'a');
  repo.write({ link: { link: 'a' } });
  expect(await dirty(repo)).toEqual({});
  repo.write({ link: { link: 'b' } });
  expect(await dirty(repo)).toEqual({ link: 'modified' });
});

test('ignored files are not dirty, tracked ones that are ignored can be', async () => {
  const repo = tempRepo({ 'a.log': 'a' });
  repo.write({ '.gitignore': '*.log\n' });
  repo.commit();
  repo.write({ 'a.log': 'changed', 'b.log': '' });
  expect(await dirty(repo)).toEqual({ 'a.log': 'modified' });
});

describe('line ends that git converts', () => {
  test.each([
    ['core.autocrlf', { 'a.txt': 'one\ntwo\n' }],
    ['.gitattributes', { 'a.txt': 'one\ntwo\n', '.gitattributes': '*.txt text eol=crlf\n' }],
  ])('do not make a file dirty (%s)', async (how, files) => {
    const repo = tempRepo(files);
    if (how === 'core.autocrlf') repo.git('config', 'core.autocrlf', 'true');
    repo.write({ 'a.txt': 'one\r\ntwo\r\n' });
    expect(await dirty(repo)).toEqual({});
    repo.write({ 'a.txt': 'one\r\nTWO\r\n' });
    expect(await dirty(repo)).toEqual({ 'a.txt': 'modified' });
  });

  test('and CRLF that is in the index stays clean when touched', async () => {
    const repo = tempRepo({ 'a.txt': 'one\r\n' });
    repo.git('config', 'core.autocrlf', 'true');
    touch(repo, 'a.txt');
    expect(await dirty(repo)).toEqual({});
  });

  test('in a folder inside the work tree', async () => {
    const repo = tempRepo({ 'd/"a\n.txt': 'one\n', 'd/.gitattributes': '*.txt text eol=crlf\n' });
    repo.write({ 'd/"a\n.txt': 'one\r\n' });
    expect(await (await openCheckout(join(repo.root, 'd'))).dirty()).toEqual([]);
  });
});

describe('a file that a filter program converts', () => {
  // Written through the filter, so that index and work tree differ as they do for large-file stores.
  const filtered = (): TempRepo => {
    const repo = tempRepo({ '.gitattributes': '*.dat filter=upper\n', 'a.dat': 'content' }, { commit: false });
    repo.git('config', 'filter.upper.clean', 'tr a-z A-Z');
    repo.git('config', 'filter.upper.required', 'true');
    repo.commit();
    repo.git('config', 'filter.upper.clean', 'touch ran; cat');
    return repo;
  };

  test('is clean while its times are those that git remembers', async () => {
    expect(await dirty(filtered())).toEqual({});
  });

  test('counts as dirty once they differ, since only the program could tell', async () => {
    const repo = filtered();
    touch(repo, 'a.dat');
    expect(await dirty(repo)).toEqual({ 'a.dat': 'modified' });
  });
});

test('works in a repository with SHA-256 names', async () => {
  const repo = tempRepo({}, { git: false });
  repo.git('init', '--quiet', '--object-format=sha256');
  repo.write({ a: 'one', b: 'two' });
  repo.commit();
  touch(repo, 'a');
  repo.write({ b: 'changed' });
  expect(await dirty(repo)).toEqual({ b: 'modified' });
});

test('a file that someone marked as to be added later is named', async () => {
  const repo = tempRepo({ a: '' });
  repo.write({ later: 'x' });
  repo.git('add', '--intent-to-add', 'later');
  expect(await dirty(repo)).toEqual({ later: 'modified' });
});
