import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compileGlobs } from '../../src/base/glob.ts';

const GLOBS = [
  '*',
  '**',
  '*.md',
  'docs/*',
  'docs/**',
  './docs/*',
  '**/*.{md,markdown}',
  '**/{.archive,archive}/**',
  '**/docs/*.md',
  '**/.a*',
  '{,*/}Dockerfile',
  '**/a.md',
  '**/docs/a',
  'docs/**/*.md',
  '{docs,scripts}/**/*.{md,sh}',
  '{docs,archive}/**/a.md',
  '**/{a.md,Dockerfile}',
  '**/*',
  'docs/**/a',
  '{**/,}a.md',
  '{docker-,}compose.{yml,yaml}',
  '{docs/a,a}.md',
  'scripts/**/*.sh',
  'a?/[ab].md',
  'a/b.md',
  '@(a|docs/a).md',
  '!(a)/*.md',
  '+(a|b)',
  'a\\*b',
];

const part = fc.constantFrom('a', 'b', 'ab', 'docs', 'scripts', 'archive', '.a', '.archive', 'a*b');
const name = fc.constantFrom(
  'docs',
  'archive',
  'a.md',
  'b.md',
  '.a.md',
  'x.sh',
  'a',
  'Dockerfile',
  'compose.yaml',
  'docker-compose.yml',
);
const path = fc.tuple(fc.array(part, { maxLength: 3 }), name).map(([folders, file]) => [...folders, file].join('/'));

describe('compileGlobs', () => {
  it.each(GLOBS)('matches %s as the library itself would', (glob) => {
    const reference = picomatch(glob, { dot: true, nonegate: true });
    const test = compileGlobs([glob]);
    fc.assert(
      fc.property(path, (file) => {
        expect([file, test(file)]).toEqual([file, reference(file)]);
      }),
      { numRuns: 300 },
    );
  });

  it('matches globs of any make as the library itself would', () => {
    const token = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', '/', '**', '*', '.md') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ...['docs', 'archive', '.a', '.sh', '?', '[ab]', '{a,b}', '{,.}', '{.md,.sh}', '{a,{b,.a}}', '{docs/a,a}'],
          ...['{a..b}', '{a}', '@(a|b)', '+(a)', '!(a)', '\\', '+', '!', '{', '}', ','],
        ),
      },
    );
    const globs = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(globs, fc.array(path, { minLength: 20, maxLength: 20 }), (glob, files) => {
        const reference = picomatch(glob, { dot: true, nonegate: true });
        expect([glob, ...files.filter(compileGlobs([glob]))]).toEqual([
          glob,
          ...files.filter((file) => reference(file)),
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('matches what any of several globs matches, and nothing without one', () => {
    const test = compileGlobs(['*.md', 'docs/**']);
    expect(['a.md', 'docs/x/y', 'b/a.md', 'docs'].map(test)).toEqual([true, true, false, true]);
    expect(compileGlobs([])('a')).toBe(false);
  });

  it('matches a name below a folder whose name holds a newline', () => {
    expect(compileGlobs(['**/*.md'])('a\nb/c.md')).toBe(true);
  });
});
