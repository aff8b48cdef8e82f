import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type RepoPath, repoPath } from '../../src/base/repo-path.ts';
import { readMarkdown } from '../../src/editors/markdown.ts';
import { removeModuleUse } from '../../src/editors/python.ts';
import { parseYaml } from '../../src/editors/yaml.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { textLimitProblem } from '../../src/tree/text-limits.ts';
import type { TreeSource } from '../../src/tree/tree.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';
import { runTestGit, snapshot } from '../support/temp-repo.ts';

beforeAll(() => loadParsers(['python']));

const stairs = (levels: number, line: string): string =>
  Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}${line}\n`).join('');

describe('YAML', () => {
  test.each<[string, string, number]>([
    ['10,000 open brackets', '['.repeat(10_000), 1],
    ['10,000 closed brackets', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 1],
    ['10,000 braces, a line each', '{\n'.repeat(10_000), 101],
    ['10,000 lists on one line', `${'- '.repeat(10_000)}a\n`, 1],
    ['10,000 explicit keys', `${'? '.repeat(10_000)}a\n`, 1],
    ['a stair of maps', stairs(400, 'a:'), 52],
    ['more text than the limit', 'a: b\n'.repeat(60_000), 1],
    ['a line of 9 MB', `a: ${'b'.repeat(9_000_000)}\n`, 1],
  ])('%s: refused, with the limit and the line', (_what, text, line) => {
    expect(parseYaml(text)).toEqual({
      kind: 'refused',
      problem: 'limit',
      why: expect.stringMatching(
        /^(?:more than 100 brackets are open in it|it nests deeper than 50 levels|it is longer than 256 KiB of text)$/,
      ),
      line,
    });
  });

  test('a billion laughs', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const text = names
      .map(
        (name, index) =>
          `${name}: &${name} [${Array.from({ length: 9 }, () => (index === 0 ? 'lol' : `*${names[index - 1]}`)).join(', ')}]`,
      )
      .join('\n');
    expect(parseYaml(`${text}\n`)).toMatchObject({
      kind: 'refused',
      problem: 'limit',
      why: expect.stringContaining('10000 values'),
    });
  });

  test('as deep and as long as people write is read', () => {
    expect(parseYaml(stairs(40, 'a:')).kind).toBe('parsed');
    expect(parseYaml(`${'['.repeat(90)}${']'.repeat(90)}`).kind).toBe('parsed');
    expect(parseYaml(Array.from({ length: 5000 }, (_, index) => `key${index}: value\n`).join('')).kind).toBe('parsed');
  });
});

describe('the text of a file', () => {
  test.each<[string, string, string, string]>([
    ['10,000 quote marks', 'a.md', `${'> '.repeat(10_000)}x\n`, 'it nests deeper than 50 levels (line 1)'],
    ['10,000 list marks', 'a.md', `# t\n${'- '.repeat(10_000)}x\n`, 'it nests deeper than 50 levels (line 2)'],
    ['10,000 numbered lists', 'a.markdown', '1. '.repeat(10_000), 'it nests deeper than 50 levels (line 1)'],
    [
      '10,000 open brackets',
      'docs/a.md',
      `x\n\n${'['.repeat(10_000)}`,
      'more than 200 brackets are open in it (line 3)',
    ],
    ['10,000 stars', 'a.md', '*a_'.repeat(10_000), 'more than 2000 marks stand together in it (line 1)'],
    ['a block of 10,000 lines', 'a.md', 'a\n'.repeat(10_000), 'a block of it has more than 5000 lines (line 5001)'],
    ['2 MB', 'a.md', 'a\n\n'.repeat(700_000), 'it is longer than 1024 KiB of text (line 1)'],
    [
      '10,000 calls in each other',
      'a.py',
      `${'f('.repeat(10_000)}${')'.repeat(10_000)}\n`,
      'more than 200 brackets are open in it (line 1)',
    ],
    ['10,000 signs', 'a.py', `x = ${'-'.repeat(10_000)}1\n`, 'more than 1000 marks stand together in it (line 1)'],
    ['a stair of blocks', 'a.py', stairs(500, 'if a:'), 'it nests deeper than 100 levels (line 102)'],
    ['10,000 continued lines', 'a.py', '\\\n'.repeat(10_000), 'more than 500 lines in a row are continued (line 501)'],
    [
      '10,000 continued lines',
      'Dockerfile',
      `RUN a ${'\\\n'.repeat(10_000)}`,
      'more than 1000 lines in a row are continued (line 1001)',
    ],
    [
      'a line of comment marks',
      'Dockerfile.prod',
      '#'.repeat(10_000),
      'more than 5000 marks stand together in it (line 1)',
    ],
    ['10,000 arrays', 'package.json', '['.repeat(10_000), 'more than 500 brackets are open in it (line 1)'],
  ])('%s in %s: not read, with the limit and the line', (_what, name, text, why) => {
    const tree = openTree(memorySource({ [name]: text }));
    expect(tree.tryReadText(repoPath(name))).toBe(null);
    expect(() => tree.readText(repoPath(name))).toThrow(`cannot read ${name} as text: ${why}`);
  });

  test.each(['notes.txt', 'a.csv', 'x.sh'])('%s of any shape is read: no parser nests on it', (name) => {
    expect(textLimitProblem(repoPath(name), '['.repeat(100_000))).toBe(null);
  });

  test('just below its limits takes no more than moments', () => {
    readMarkdown('*a_'.repeat(900));
    readMarkdown(`${'> '.repeat(45)}x\n`);
    readMarkdown('a\n'.repeat(4900));
    const target = { modules: ['auth_integration'], names: ['f'] };
    removeModuleUse(`import auth_integration\n${'x = '}${'-'.repeat(900)}1\n`, target);
    removeModuleUse(`import auth_integration\n${stairs(90, 'if a:')}${' '.repeat(90)}pass\n`, target);
    expect(removeModuleUse('import auth_integration\n'.repeat(4000), target)).toEqual({
      kind: 'refused',
      why: 'it has more than 2000 imports',
      line: 1,
    });
  });

  test('NUL, invalid UTF-8 and UTF-16 are binary; mixed newlines stay', () => {
    const tree = openTree(
      memorySource({
        nul: Buffer.from('a\0b'),
        latin: Buffer.from([0xe9, 0x0a]),
        utf16: Buffer.from('\ufeffa\n', 'utf16le'),
        mixed: 'a\r\nb\nc\rd',
      }),
    );
    for (const name of ['nul', 'latin', 'utf16'])
      expect(() => tree.readText(repoPath(name))).toThrow(`cannot read ${name} as text: it is binary (not UTF-8 text)`);
    expect(tree.readText(repoPath('mixed'))).toBe('a\r\nb\nc\rd');
  });
});

describe('a checkout of such files', () => {
  test('is planned, applied and rolled back by a process of 256 MB; what is left alone is named with the limit', {
    timeout: 300_000,
  }, async () => {
    const repo = legacyRepo();
    const put = (name: string, content: string | Uint8Array): void => fs.writeFileSync(join(repo, name), content);
    put('nest.yaml', '['.repeat(10_000));
    put('laughs.yml', 'a: &a [x, x]\nb: &b [*a, *a]\n');
    put('deep.md', `auth_integration.py ${'> '.repeat(10_000)}\n`);
    put('deep.py', `import auth_integration\n${'f('.repeat(10_000)}\n`);
    put('nul.py', Buffer.from('import auth_integration\0\n'));
    put('utf16.md', Buffer.from('\ufeffauth_integration.py\n', 'utf16le'));
    put('latin.md', Buffer.from('auth_integration.py \xe9\n', 'latin1'));
    put('mixed.md', 'auth_integration.py\r\nb\nc\r');
    runTestGit(repo, ['add', '-A', '-f']);
    runTestGit(repo, ['commit', '-qm', 'content']);
    // 200 MB of text, and one line of 50 MB: holes on the disk.
    fs.closeSync(fs.openSync(join(repo, 'huge.txt'), 'w'));
    fs.truncateSync(join(repo, 'huge.txt'), 200 * 1024 * 1024);
    put('line.md', Buffer.alloc(50 * 1024 * 1024, 0x61));
    const before = snapshot(repo);
    const bin = resolve(import.meta.dirname, '../../bin/refit.cjs');
    const run = (...words: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=256', bin, ...words], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      return { code: status, stdout, stderr };
    };
    const plan = run('plan', repo, '--no-diff', '--verbose');
    expect([plan.code, plan.stderr.includes('fault')]).toEqual([0, false]);
    expect(plan.stdout).toMatch(/deep.py:1 +(?:still mentions|speaks of)/);
    expect(plan.stdout).toContain('huge.txt (too-large: over 10 MiB)');
    expect(run('check', repo, '--quiet').code).toBe(2);
    expect(run('apply', repo, '--yes', '--prove', 'none', '--quiet').code).toBe(5);
    expect(run('rollback', repo, '--quiet').code).toBe(0);
    expect(snapshot(repo)).toEqual(before);
  });

  test('a compose file that nests too deep stops the run by name, with the limit', async () => {
    const repo = legacyRepo();
    fs.appendFileSync(join(repo, 'docker-compose.yml'), `x-deep: ${'['.repeat(5000)}\n`);
    const { code, stderr } = await runHere(['plan', repo]);
    expect(code).toBe(4);
    expect(stderr).toContain('docker-compose.yml');
    expect(stderr).toContain('more than 100 brackets are open in it');
  });
});

test('a script of the image that is over a limit leaves the answer incomplete, with the limit', async () => {
  const repo = legacyRepo();
  fs.appendFileSync(join(repo, 'startup.py'), `x = ${'-'.repeat(2000)}1\n`);
  const { code, stdout } = await runHere(['check', repo, '--skip', 'S28']);
  expect([code, stdout.includes('incomplete: 1')]).toEqual([2, true]);
  expect(stdout).toContain('cannot be read: startup.py (more than 1000 marks stand together in it (line 51))');
});

test('a listing of a million files', { timeout: 120_000 }, () => {
  const paths = Array.from(
    { length: 1_000_000 },
    (_, index) => `d${String(index % 1000).padStart(3, '0')}/f${String(index).padStart(7, '0')}.txt`,
  ).sort() as RepoPath[];
  const source: TreeSource = {
    list: () => paths,
    read: () => Buffer.from('x\n'),
    mode: () => '644',
    search: async () => [],
    obstacle: () => null,
    leftAlone: [],
  };
  const tree = openTree(source);
  expect(tree.paths('d001/**').length).toBe(1000);
  expect(tree.paths('**/Dockerfile*')).toEqual([]);
  tree.create(repoPath('d001/new.txt'), 'x');
  tree.delete(paths[500] as RepoPath);
  expect([tree.has(paths[500] as RepoPath), tree.hasFolder(repoPath('d999')), tree.paths().length]).toEqual([
    false,
    true,
    1_000_000,
  ]);
  expect(tree.changes().map(({ kind }) => kind)).toEqual(['delete', 'create']);
});
