import { expect, test } from 'vitest';
import { findWorkTree, readCommitted, type WorkTree } from '../../src/host/git.ts';
import { tempRepo } from '../support/temp-repo.ts';

async function workTree(folder: string): Promise<WorkTree> {
  const tree = await findWorkTree(folder);
  if (tree === null) throw new Error('not a work tree');
  return tree;
}

test('reads bytes, modes and links of a commit, and nothing of the work tree', async () => {
  const binary = Uint8Array.from([0, 10, 255, 10]);
  const repo = tempRepo({
    'a.txt': 'one\r\ntwo',
    'bin/run': { content: '#!/bin/sh\n', mode: '755' },
    empty: '',
    'data.bin': binary,
    'ü/link': { link: '../a.txt' },
  });
  const head = repo.git('rev-parse', 'HEAD').trim();
  repo.write({ 'a.txt': 'changed\n', 'new.txt': 'new\n' });
  repo.commit();
  const { commit, files } = await readCommitted(await workTree(repo.root), 'HEAD~1');
  expect(commit).toBe(head);
  expect(
    Object.fromEntries(
      Object.entries(files).map(([path, { content, mode }]) => [path, [content.toString('latin1'), mode]]),
    ),
  ).toEqual({
    'a.txt': ['one\r\ntwo', '644'],
    'bin/run': ['#!/bin/sh\n', '755'],
    empty: ['', '644'],
    'data.bin': [Buffer.from(binary).toString('latin1'), '644'],
    'ü/link': ['../a.txt', 'link'],
  });
});

test('reads a folder of the repository by paths from it', async () => {
  const repo = tempRepo({ 'top.txt': 'top\n', 'proxy/Dockerfile': 'FROM x\n', 'proxy/a/b': 'b\n' });
  const { files } = await readCommitted(await workTree(`${repo.root}/proxy`), 'HEAD');
  expect(Object.keys(files)).toEqual(['Dockerfile', 'a/b']);
});

test('refuses what is no commit, also what reads like an option', async () => {
  const tree = await workTree(tempRepo({ a: 'a' }).root);
  await expect(readCommitted(tree, 'nowhere')).rejects.toThrow('there is no commit "nowhere" in this clone');
  await expect(readCommitted(tree, '--all')).rejects.toThrow('there is no commit "--all" in this clone');
});
