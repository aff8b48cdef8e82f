import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePaths } from '../../src/base/repo-path.ts';
import { pathsOfSource } from '../../src/editors/dockerfile.ts';

const part = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'a0', 'A', 'é');
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

describe('pathsOfSource', () => {
  it('names in a sorted list what it names in any order', () => {
    const source = fc.oneof(
      path,
      path.map((one) => `./${one}/`),
      fc.constantFrom('.', '/', 'a*', '*/b', '', 'missing'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), source, (paths, wanted) => {
        const sorted = [...paths].sort(comparePaths);
        const reversed = [...sorted].reverse();
        expect(pathsOfSource(wanted, sorted)).toEqual([...pathsOfSource(wanted, reversed)].sort(comparePaths));
      }),
    );
  });
});
