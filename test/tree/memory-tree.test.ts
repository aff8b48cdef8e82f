import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { type MemoryFiles, memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const p = repoPath;
const open = (files: MemoryFiles) => openTree(memorySource(files));

describe('openTree', () => {
  it('tells create, update, delete, rename and mode change with hashes, modes and steps', () => {
    const tree = open({ a: '1', b: '2', c: '3', d: '4' });
    tree.attributeTo('one');
    tree.create(p('new'), 'n', '755');
    tree.overwrite(p('a'), '1!');
    tree.delete(p('b'));
    tree.attributeTo('two');
    tree.rename(p('c'), p('e'));
    tree.setMode(p('d'), '755');
    tree.overwrite(p('a'), '1!!');
    expect(tree.changes()).toEqual([
      {
        path: 'a',
        steps: ['one', 'two'],
        kind: 'update',
        before: { sha256: sha256('1'), mode: '644' },
        after: { sha256: sha256('1!!'), mode: '644' },
      },
      { path: 'b', steps: ['one'], kind: 'delete', before: { sha256: sha256('2'), mode: '644' } },
      {
        path: 'd',
        steps: ['two'],
        kind: 'update',
        before: { sha256: sha256('4'), mode: '644' },
        after: { sha256: sha256('4'), mode: '755' },
      },
      {
        path: 'e',
        steps: ['two'],
        kind: 'rename',
        from: 'c',
        before: { sha256: sha256('3'), mode: '644' },
        after: { sha256: sha256('3'), mode: '644' },
      },
      { path: 'new', steps: ['one'], kind: 'create', after: { sha256: sha256('n'), mode: '755' } },
    ]);
  });

  it('leaves no change when content and mode come back', () => {
    const tree = open({ a: '1', b: '2' });
    tree.attributeTo('s');
    tree.overwrite(p('a'), 'x');
    tree.overwrite(p('a'), '1');
    tree.delete(p('b'));
    tree.create(p('b'), '2');
    tree.create(p('t'), 't');
    tree.delete(p('t'));
    expect(tree.changes()).toEqual([]);
  });

  it('does not count an identical write as work', () => {
    const tree = open({ a: '1' });
    const before = tree.revision;
    tree.overwrite(p('a'), '1');
    tree.edit(p('a'), []);
    tree.setMode(p('a'), '644');
    expect(tree.revision).toBe(before);
  });

  it('tells a rename whose origin was written anew as an update and a create', () => {
    const tree = open({ a: '1' });
    tree.rename(p('a'), p('b'));
    tree.create(p('a'), '2');
    expect(tree.changes().map(({ kind, path }) => [kind, path])).toEqual([
      ['update', 'a'],
      ['create', 'b'],
    ]);
  });

  it('follows a rename of a rename to its origin', () => {
    const tree = open({ a: '1' });
    tree.rename(p('a'), p('b'));
    tree.rename(p('b'), p('c'));
    expect(tree.changes()).toMatchObject([{ kind: 'rename', from: 'a', path: 'c' }]);
  });

  it('refuses verbs whose precondition does not hold', () => {
    const tree = open({ a: '1', 'dir/x': '1', l: { content: 'a', mode: 'link' } });
    expect(() => tree.create(p('a'), '')).toThrow('cannot create a: it exists');
    expect(() => tree.create(p('dir'), '')).toThrow('cannot create dir: it is a folder');
    expect(() => tree.create(p('a/b'), '')).toThrow('cannot create a/b: a is a file');
    expect(() => tree.create(p('l/b'), '')).toThrow('cannot create l/b: l is a file');
    expect(() => tree.overwrite(p('no'), '')).toThrow('no such file in the tree: no');
    expect(() => tree.delete(p('no'))).toThrow('no such file');
    expect(() => tree.rename(p('no'), p('b'))).toThrow('no such file');
    expect(() => tree.rename(p('a'), p('dir/x'))).toThrow('cannot create dir/x: it exists');
    expect(() => tree.overwrite(p('l'), '')).toThrow('symbolic link');
    expect(() => tree.setMode(p('l'), '755')).toThrow('symbolic link');
  });

  it('never edits binary files, and may delete or rename them', () => {
    const tree = open({ b: new Uint8Array([0xff, 0, 1]) });
    expect(() => tree.edit(p('b'), [{ start: 0, end: 0, text: 'x' }])).toThrow('cannot read b as text: it is binary');
    expect(tree.tryReadText(p('b'))).toBeNull();
    tree.rename(p('b'), p('c'));
    expect(tree.readBytes(p('c'))).toEqual(new Uint8Array([0xff, 0, 1]));
  });

  it('keeps a byte-order mark and carriage returns through an edit', () => {
    const tree = open({ a: '\ufeffone\r\ntwo\r\n' });
    tree.edit(p('a'), [{ start: 1, end: 4, text: 'ONE' }]);
    expect(Buffer.from(tree.readBytes(p('a'))).toString('hex')).toBe(
      Buffer.from('\ufeffONE\r\ntwo\r\n').toString('hex'),
    );
  });

  it('names who changes a locked tree', () => {
    const tree = open({ a: '1' });
    tree.lock();
    expect(() => tree.delete(p('a'))).toThrow('changed a after the plan was taken');
  });

  it('searches what was written, not what was there', async () => {
    const tree = open({ a: 'needle', b: 'needle', c: 'hay' });
    tree.overwrite(p('a'), 'hay');
    tree.overwrite(p('c'), 'a needle');
    tree.delete(p('b'));
    tree.create(p('d'), 'needle');
    expect(await tree.search(['needle'])).toEqual(['c', 'd']);
    expect(await tree.search([])).toEqual([]);
  });

  it('lists by glob with dot files, sorted by code unit', () => {
    const tree = open({ 'b.md': '', 'B.md': '', '.x/y.md': '', 'z.txt': '' });
    tree.create(p('a.md'), '');
    expect(tree.paths('**/*.md')).toEqual(['.x/y.md', 'B.md', 'a.md', 'b.md']);
    expect(tree.paths()).toHaveLength(5);
  });

  it.each([2, 65])('lists without what was deleted, whether little or much: %i files', (gone) => {
    const names = Array.from({ length: 200 }, (_, at) => `f${String(at).padStart(3, '0')}.md`);
    const tree = open({ ...Object.fromEntries(names.map((name) => [name, ''])), 'other.txt': '' });
    tree.create(p('new.md'), '');
    tree.delete(p('new.md'));
    for (const name of names.slice(50, 50 + gone)) tree.delete(p(name));
    const left = [...names.slice(0, 50), ...names.slice(50 + gone)];
    expect(tree.paths('**/*.md')).toEqual(left);
    expect(tree.paths()).toEqual([...left, 'other.txt']);
    expect(tree.paths('*.txt')).toEqual(['other.txt']);
  });

  it('copies bytes and mode', () => {
    const tree = open({ a: { content: 'x', mode: '755' } });
    tree.copy(p('a'), p('b'));
    expect(tree.changes()).toMatchObject([{ kind: 'create', path: 'b', after: { mode: '755', sha256: sha256('x') } }]);
  });
});
