import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { comparePaths, type RepoPath, repoPath } from '../../src/base/repo-path.ts';
import { matchingIn } from '../../src/tree/path-index.ts';

const GLOBS = [
  '*',
  '**',
  '*.md',
  'docs/*',
  'docs/**',
  'docs/**/*.md',
  './docs/*',
  '**/*.{md,sh}',
  '**/.env*',
  '**/{.env,*.env}',
  '**/{a.b/c,c.md}',
  '{docs,a}/**/*.md',
  'a.b/c',
  'docs/a.{md,sh}',
  '[ad]*',
  '**/Makefile',
  '**/{Makefile,c}',
  '{a,docs}/{Makefile,c}',
  '**/*.{a,md}',
  '**/{docs/c,a}.md',
];

const part = fc.constantFrom('a', 'docs', 'docs-x', 'docs0', 'a.b', '.env');
const name = fc.constantFrom(
  'docs',
  'docs.md',
  'a.md',
  'c',
  'c.md',
  'x.sh',
  '.env',
  'b.env',
  'Makefile',
  'a.md.sh',
  'a.',
);
const path = fc
  .tuple(fc.array(part, { maxLength: 3 }), name)
  .map(([folders, file]) => repoPath([...folders, file].join('/')));
const listing = fc.uniqueArray(path, { maxLength: 30 }).map((paths): readonly RepoPath[] => paths.sort(comparePaths));

describe('matchingIn', () => {
  it('finds what asking every path would find, in order', () => {
    fc.assert(
      fc.property(
        listing,
        fc.uniqueArray(fc.constantFrom(...GLOBS), { minLength: 1, maxLength: 4 }),
        (paths, globs) => {
          const tests = globs.map((glob) => picomatch(glob, { dot: true, nonegate: true }));
          expect([globs, matchingIn(paths, globs)]).toEqual([
            globs,
            paths.filter((one) => tests.some((test) => test(one))),
          ]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
