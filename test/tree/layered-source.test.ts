import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { layeredSource, layerOf } from '../../src/tree/layered-source.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const [A, B, C, D] = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((path) => repoPath(path)) as [
  ReturnType<typeof repoPath>,
  ReturnType<typeof repoPath>,
  ReturnType<typeof repoPath>,
  ReturnType<typeof repoPath>,
];

/** A tree over three files in which one was edited, one moved and one deleted. */
function scene() {
  const below = memorySource({ [A]: 'one\n', [B]: 'two\n', [C]: 'three\n' });
  const first = openTree(below);
  first.attributeTo('first');
  first.edit(A, [{ start: 0, end: 3, text: 'ONE' }]);
  first.rename(B, D);
  first.delete(C);
  first.attributeTo(null);
  return { below, first, source: layeredSource(below, first) };
}

describe('a layered source', () => {
  it('reads, lists and searches what the tree below it holds', async () => {
    const { source, below, first } = scene();
    expect(source.list()).toEqual([A, D]);
    expect(Buffer.from(source.read(A)).toString()).toBe('ONE\n');
    expect(source.mode(D)).toBe('644');
    expect(await source.search(['one', 'ONE', 'two', 'three'])).toEqual([A, D]);
    expect(layerOf(source)).toEqual({ below, tree: first });
    expect(layerOf(below)).toBeUndefined();
  });

  it('gives changes of the second turn the hashes of the first, and lets it create what the first deleted', () => {
    const second = openTree(scene().source);
    second.overwrite(A, 'eins\n');
    second.create(C, 'drei\n');
    const [a, c] = second.changes();
    expect([a?.kind, c?.kind]).toEqual(['update', 'create']);
    expect(a).toMatchObject({ before: { sha256: sha256(Buffer.from('ONE\n')) } });
  });

  it('closes the tree that it reads', () => {
    const { first } = scene();
    expect(() => first.delete(A)).toThrow('after the plan was taken');
  });
});

describe('what two turns change together', () => {
  it('is told over the first checkout, with the steps of both', () => {
    const { below, first, source } = scene();
    const second = openTree(source);
    second.attributeTo('second');
    second.overwrite(A, 'eins\n');
    second.overwrite(D, 'zwei\n');
    second.create(C, 'three\n');
    const together = openTree(below);
    together.adopt(first.changes(), (path) => first.readBytes(path));
    together.adopt(second.changes(), (path) => second.readBytes(path));
    expect(together.changes().map(({ kind, path, steps }) => [kind, path, steps])).toEqual([
      ['update', A, ['first', 'second']],
      ['rename', D, ['first', 'second']],
    ]);
  });
});
