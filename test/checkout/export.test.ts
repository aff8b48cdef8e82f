import { describe, expect, test } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { exportTree } from '../../src/checkout/export.ts';
import { openCheckout } from '../../src/checkout/read.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { snapshot, tempFolder, tempRepo } from '../support/temp-repo.ts';

describe('an exported tree', () => {
  test('has the bytes, modes and links of the checkout', async () => {
    const repo = tempRepo({
      'a.txt': 'one\r\ntwo',
      'd/e/run.sh': { content: '#!/bin/sh\n', mode: '755' },
      'd/bin': new Uint8Array([0, 255]),
      'new\nline': '',
      link: { link: 'd/e' },
      dangling: { link: '/nowhere/../x' },
    });
    const folder = tempFolder();
    exportTree(openTree((await openCheckout(repo.root)).source), folder);
    expect(snapshot(folder)).toEqual(repo.snapshot());
  });

  test('has what the steps changed, whatever the umask', () => {
    const tree = openTree(memorySource({ 'a.txt': 'a', 'b.txt': 'b', 'c/d.txt': 'd' }));
    tree.overwrite(repoPath('a.txt'), 'changed');
    tree.delete(repoPath('b.txt'));
    tree.create(repoPath('c/run.sh'), 'run', '755');
    const folder = tempFolder();
    const umask = process.platform === 'win32' ? 0 : process.umask();
    exportTree(tree, folder);
    const modes = Object.entries(snapshot(folder)).map(([path, state]) => `${path} ${state.split(' ')[0]}`);
    expect(modes).toEqual(['a.txt 644', 'c folder', 'c/d.txt 644', 'c/run.sh 755']);
    expect(umask).toBe(process.umask());
  });

  test('refuses a folder that is not empty', () => {
    const { root } = tempRepo({ 'x.txt': '' }, { git: false });
    expect(() => exportTree(openTree(memorySource({ 'a.txt': '' })), root)).toThrow(
      `cannot export into ${root}: it is not empty`,
    );
    expect(Object.keys(snapshot(root))).toEqual(['x.txt']);
  });
});
