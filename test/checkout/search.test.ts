import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCheckout } from '../../src/checkout/read.ts';
import { tempRepo } from '../support/temp-repo.ts';

describe.each([
  ['git', true],
  ['plain', false],
] as const)('search in a %s folder', (_kind, git) => {
  const search = async (files: Parameters<typeof tempRepo>[0], ...literals: string[]) => {
    const { root } = tempRepo(files, { git });
    return (await openCheckout(root)).source.search(literals);
  };

  test('finds any of many words, as fixed strings and with the case as given', async () => {
    const files = { a: 'x.y', b: 'x-y', c: 'X.Y', d: 'one\ntwo (x', e: '-e', f: 'größe', g: 'gr\u00f6' };
    expect(await search(files, 'x.y', '(x', '-e')).toEqual(['a', 'd', 'e']);
    expect(await search(files, 'größe')).toEqual(['f']);
    expect(await search(files, '.')).toEqual(['a', 'c']);
    expect(await search(files, 'nothing')).toEqual([]);
    expect(await search(files)).toEqual([]);
  });

  test('takes thousands of words at once', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `word-number-${index}-that-is-long-enough-to-fill`);
    expect(await search({ a: `see ${words.at(-1)}`, b: 'none' }, ...words)).toEqual(['a']);
  });

  test('finds literals that span lines or end one, byte for byte', async () => {
    const files = { a: 'one\ntwo\n', b: 'one\r\ntwo\n', c: 'two\none', d: 'two' };
    expect(await search(files, 'one\ntwo')).toEqual(['a']);
    expect(await search(files, 'one\r')).toEqual(['b']);
    expect(await search(files, '\n')).toEqual(['a', 'b', 'c']);
    expect(await search(files, '')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('looks into files that an attribute or a byte makes binary, not into links', async () => {
    const files = {
      '.gitattributes': '*.txt binary -diff\n',
      'a.txt': 'needle',
      'b.bin': Buffer.from('\0needle'),
      needle: { link: 'needle' },
    };
    expect(await search(files, 'needle')).toEqual(['a.txt', 'b.bin']);
  });

  test('looks into files without a final newline, empty ones and ones in another encoding', async () => {
    const files = { a: 'last needle', b: '', c: Buffer.from([0xe9, 0x20, ...Buffer.from('needle')]) };
    expect(await search(files, 'needle')).toEqual(['a', 'c']);
  });
});

test('a search sees the work tree, not the index', async () => {
  const repo = tempRepo({ 'a.txt': 'old', 'ignored.log': 'new' });
  repo.write({ 'a.txt': 'new', '.gitignore': '*.log\n', 'untracked.txt': 'new', 'other.log': 'new' });
  const { source } = await openCheckout(repo.root);
  expect(await source.search(['new'])).toEqual(['a.txt', 'ignored.log', 'untracked.txt']);
  expect(await source.search(['old'])).toEqual([]);
});

test('settings of the repository do not change what a search finds', async () => {
  const repo = tempRepo({ 'd/a.b': 'a.b', 'd/acb': 'acb' });
  for (const [key, value] of [
    ['grep.patternType', 'perl'],
    ['grep.fullName', 'true'],
    ['grep.lineNumber', 'true'],
    ['grep.column', 'true'],
    ['color.ui', 'always'],
    ['core.quotePath', 'true'],
    ['submodule.recurse', 'true'],
  ] as const) {
    repo.git('config', key, value);
  }
  const { source } = await openCheckout(join(repo.root, 'd'));
  expect(await source.search(['a.b'])).toEqual(['a.b']);
});

describe('many searches of one run', () => {
  const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`many/file-${index}`, `none ${index}`]));

  test.each([
    ['few files', {}],
    ['many files', many],
  ])('answer alike with %s, whichever was asked before', async (_size, filler) => {
    const { root } = tempRepo({ ...filler, a: 'auth', b: 'auth_integration', c: 'auth_integration.py', d: 'other' });
    const { source } = await openCheckout(root);
    expect(await source.search(['auth', 'other'])).toEqual(['a', 'b', 'c', 'd']);
    expect(await source.search(['auth_integration'])).toEqual(['b', 'c']);
    expect(await source.search(['other', 'integration.py'])).toEqual(['c', 'd']);
    expect(await source.search(['integration'])).toEqual(['b', 'c']);
    expect(await source.search(['uth'])).toEqual(['a', 'b', 'c']);
  });

  test('answers from an earlier search without asking git again', async () => {
    const { root } = tempRepo({ ...many, a: 'auth_integration', b: 'auth' });
    const { source } = await openCheckout(root);
    expect(await source.search(['auth'])).toEqual(['a', 'b']);
    renameSync(join(root, '.git'), join(root, '.git-gone'));
    expect(await source.search(['auth_integration'])).toEqual(['a']);
    await expect(source.search(['other'])).rejects.toThrow('git');
  });
});

describe('a search that is begun while git still lists a large checkout', () => {
  const many = Object.fromEntries(Array.from({ length: 501 }, (_, at) => [`many/${at}.txt`, 'hay']));
  const changed = () => {
    const repo = tempRepo({ ...many, 'a.txt': 'needle', 'b.txt': 'hay', 'c.txt': 'needle', 'd.txt': 'other' });
    repo.write({ 'b.txt': 'needle', 'c.txt': 'hay', 'untracked.txt': 'needle' });
    return repo;
  };

  test.each([
    ['the same words', ['needle', 'other']],
    ['those and more', ['other', 'needle', 'more', 'needle']],
    ['others', ['more']],
    ['one that is part of any file', ['']],
  ])('finds what one begun later finds, begun with %s', async (_what, words) => {
    const seen: string[] = [];
    const { source } = await openCheckout(changed().root, {
      searchWords: async (tracked) => {
        seen.push(...tracked.paths('*.txt'));
        return words;
      },
    });
    expect(seen).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
    expect(await source.search(['needle', 'other'])).toEqual(['a.txt', 'b.txt', 'd.txt', 'untracked.txt']);
    expect(await source.search(['needle'])).toEqual(['a.txt', 'b.txt', 'untracked.txt']);
  });

  test('is begun afresh when its words cannot be had', async () => {
    const { source } = await openCheckout(changed().root, { searchWords: () => Promise.reject(new Error('no words')) });
    expect(await source.search(['needle'])).toEqual(['a.txt', 'b.txt', 'untracked.txt']);
  });

  test('asks for no words of a small checkout', async () => {
    const asked: string[] = [];
    const { source } = await openCheckout(tempRepo({ a: 'needle' }).root, {
      searchWords: async () => {
        asked.push('asked');
        return [];
      },
    });
    expect(await source.search(['needle'])).toEqual(['a']);
    expect(asked).toEqual([]);
  });
});
