import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  addIgnoreLines,
  isIgnored,
  judgePath,
  readIgnoreFile,
  removeIgnoreLine,
} from '../../src/editors/ignore-file.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const ODD = readFileSync(join(import.meta.dirname, '../../fixtures/editors/ignore-file/odd.gitignore'), 'utf8');

function edited(text: string, outcome: EditOutcome): string {
  if (outcome.kind !== 'edits') throw new Error(JSON.stringify(outcome));
  return applyEdits(text, outcome.edits);
}
const ignored = (text: string, path: string, dialect: 'git' | 'docker' = 'git'): boolean =>
  isIgnored(readIgnoreFile(text).patterns, path, dialect);

describe('readIgnoreFile', () => {
  it('leaves out comments and blanks, and reads negation, folders and trailing blanks', () => {
    expect(
      readIgnoreFile(ODD).patterns.map(({ text, negated, body, folderOnly, line }) => [
        text,
        negated,
        body,
        folderOnly,
        line,
      ]),
    ).toEqual([
      ['*.log', false, '*.log', false, 2],
      ['!keep.log', true, 'keep.log', false, 4],
      ['build/', false, 'build', true, 5],
      ['trailing\\ ', false, 'trailing\\ ', false, 6],
      ['\\#hash', false, '\\#hash', false, 7],
      ['cut', false, 'cut', false, 8],
    ]);
  });
});

describe('against git check-ignore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refit-ignore-'));
  execFileSync('git', ['init', '-q', folder]);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const paths = [
    'a',
    'a.py',
    'b/a.py',
    'b/c/a.py',
    'scripts/run.sh',
    'scripts/deep/run.sh',
    'Dockerfile.backup',
    'docs/x.md',
    'test_a.sh',
    'my-token.txt',
    '.env',
    '.env.example',
    'b/.env',
    '#x',
    '!x',
    'a b',
    'a[b]',
    'x/a',
    'x/y/a',
    'a-b',
    'a]b',
    'é.txt',
  ];
  for (const path of paths) {
    if (path === 'a') continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
  writeFileSync(join(folder, 'a'), '');
  const byGit = (text: string): readonly string[] => {
    writeFileSync(join(folder, '.gitignore'), text);
    try {
      const out = execFileSync('git', ['-C', folder, 'check-ignore', '--no-index', '-z', '--stdin'], {
        input: paths.join('\0'),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      return out
        .toString('utf8')
        .split('\0')
        .filter((path) => path !== '');
    } catch (error) {
      if ((error as { status?: number }).status === 1) return [];
      throw error;
    }
  };
  const byUs = (text: string): readonly string[] => paths.filter((path) => ignored(text, path));

  it.each([
    'a',
    '/a',
    'a/',
    'b/',
    'b/c',
    '/c',
    'c',
    '*.py',
    'b/*.py',
    'b/**/a.py',
    '**/a.py',
    '**/c/a.py',
    'b/**',
    'b/**/',
    '**',
    '**/',
    '*',
    '/*\n!/docs/',
    'scripts/\n!scripts/run.sh',
    'scripts/*\n!scripts/run.sh',
    '*.sh\n!scripts/run.sh',
    '*.backup',
    '*token*',
    'test_*.sh',
    '.env*\n!.env.example',
    '\\#x',
    '\\!x',
    '!x',
    'a\\ b',
    'a b',
    'a b   ',
    'a\\[b\\]',
    'a[[]b]',
    'a[]-]b',
    'a[!x]b',
    'a[^-]b',
    '[a-c]',
    '[[:alpha:]]',
    '[z-a]',
    '[a',
    'x/*/a',
    'x/**/a',
    'x**',
    '**x',
    'x/**y/a',
    '?',
    '???',
    'a\\',
    '\\a',
    'é*',
    '*\r\n!a\r\n',
    '\ufeffa',
    'b/\n!b/\n',
    '*/\n!b/\n',
    '/',
    '//',
    'b//a.py',
    './a',
    '.*',
    'a/**',
    'scripts/**/run.sh',
  ])('judges as git does by %j', (text) => {
    expect(byUs(text)).toEqual(byGit(text));
  });

  it('matches bytes as git does: ? stands for half of a two-byte letter', () => {
    const patterns = readIgnoreFile('?.txt\n').patterns;
    expect(isIgnored(patterns, 'a.txt', 'git')).toBe(true);
    expect(isIgnored(patterns, 'é.txt', 'git')).toBe(false);
    expect(isIgnored(patterns, 'é.txt', 'docker')).toBe(true);
  });

  it('judges as git does by random lines', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'c',
      '*',
      '**',
      '?',
      '/',
      '.py',
      'scripts',
      'run.sh',
      '[ab]',
      '[!a]',
      '\\',
      '-',
      'x',
      'y',
      '.',
      'token',
    );
    const line = fc
      .tuple(fc.constantFrom('', '', '!', '/'), fc.array(piece, { minLength: 1, maxLength: 5 }))
      .map(([head, rest]) => head + rest.join(''))
      // Two asterisks glued to other characters: git documents them as one, and matches some paths all the same.
      .filter((text) => text.split('/').every((part) => part === '**' || part === '!**' || !part.includes('**')));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
        const text = `${lines.join('\n')}\n`;
        expect(byUs(text)).toEqual(byGit(text));
      }),
      { numRuns: 150 },
    );
  });
});

describe('judgePath', () => {
  it('names the line and the folder that hides a file', () => {
    const { patterns } = readIgnoreFile('scripts/\n!scripts/run.sh\n');
    expect(judgePath(patterns, 'scripts/run.sh', 'git')).toEqual({
      kind: 'ignored',
      by: patterns[0],
      folder: 'scripts',
    });
  });
  it('follows the rules of the build context for docker', () => {
    expect(ignored('.env*\n!.env.example', '.env', 'docker')).toBe(true);
    expect(ignored('.env*\n!.env.example', '.env.example', 'docker')).toBe(false);
    expect(ignored('!.env.example\n.env*', '.env.example', 'docker')).toBe(true);
    expect(ignored('.env*', 'deep/.env', 'docker')).toBe(false);
    expect(ignored('**/.env*', 'deep/.env', 'docker')).toBe(true);
    expect(ignored('**/.env*', '.env', 'docker')).toBe(true);
    expect(ignored('.git', '.git/config', 'docker')).toBe(true);
    expect(ignored('/.git/', '.git/config', 'docker')).toBe(true);
    expect(ignored('scripts\n!scripts/run.sh', 'scripts/run.sh', 'docker')).toBe(false);
    expect(ignored('./a', 'a', 'docker')).toBe(true);
  });
});

describe('edits', () => {
  const add = (text: string, ...lines: readonly string[]): string =>
    edited(text, addIgnoreLines(readIgnoreFile(text), lines));
  const remove = (text: string, index: number): string => {
    const file = readIgnoreFile(text);
    const pattern = file.patterns.at(index);
    if (pattern === undefined) throw new Error(`no pattern ${index}`);
    return edited(text, removeIgnoreLine(file, pattern));
  };
  it('adds what is missing, without gluing', () => {
    expect(add('a', 'a', 'b', 'c')).toBe('a\nb\nc');
    expect(add('a\r\n', 'b')).toBe('a\r\nb\r\n');
    expect(add('', 'b')).toBe('b\n');
    expect(add('# note', 'b')).toBe('# note\nb');
  });
  it('repeats a line when order matters', () => {
    expect(edited('!a\n*', addIgnoreLines(readIgnoreFile('!a\n*'), ['!a'], true))).toBe('!a\n*\n!a');
  });
  it('has nothing to add', () => {
    expect(addIgnoreLines(readIgnoreFile('a  \nb'), ['b', 'a'])).toEqual({ kind: 'unchanged', remarks: [] });
  });
  it('removes one whole line', () => {
    expect(remove(ODD, 0)).toBe(ODD.replace('*.log  \r\n', ''));
    expect(remove(ODD, -1)).toBe(ODD.slice(0, ODD.lastIndexOf('\r\n')));
    expect(remove('a', 0)).toBe('');
    expect(remove('a\nb', 0)).toBe('b');
  });
  it('refuses more than a line', () => {
    expect(addIgnoreLines(readIgnoreFile(''), ['a\nb'])).toMatchObject({ kind: 'refused' });
  });
  it('adds and removes without another byte changed', () => {
    const line = fc.constantFrom('a', '!b', 'c/ ', '# d', '', 'é\\ ');
    const text = fc
      .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\ufeff'), fc.boolean())
      .map(([lines, newline, bom, final]) => bom + lines.join(newline) + (final ? newline : ''));
    fc.assert(
      fc.property(text, (source) => {
        const longer = add(source, 'zzz');
        expect(longer.startsWith(source)).toBe(true);
        const back = remove(longer, -1);
        expect(back).toBe(source);
      }),
    );
  });
});
