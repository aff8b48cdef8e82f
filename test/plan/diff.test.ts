import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { comparePaths, repoPath } from '../../src/base/repo-path.ts';
import { diffLines, formatPatch } from '../../src/plan/diff.ts';
import { diffStat } from '../../src/plan/line-stats.ts';
import type { ChangeContent, FileChange } from '../../src/tree/changes.ts';
import type { FileMode, FileState } from '../../src/tree/tree.ts';

type Entry = { readonly bytes: Buffer; readonly mode: FileMode };
type Files = Readonly<Record<string, Entry>>;

const file = (content: string | Buffer, mode: FileMode = '644'): Entry => ({ bytes: Buffer.from(content), mode });

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function git(cwd: string, args: readonly string[], input?: string | Buffer): Buffer {
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CEILING_DIRECTORIES: tmpdir(),
  };
  return execFileSync('git', ['-c', 'core.quotepath=false', '-c', 'core.autocrlf=false', ...args], {
    cwd,
    env,
    input,
    stdio: 'pipe',
  });
}

function writeAll(root: string, files: Files): void {
  for (const [path, { bytes, mode }] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if (mode === 'link') symlinkSync(bytes, target);
    else {
      writeFileSync(target, bytes);
      chmodSync(target, mode === '755' ? 0o755 : 0o644);
    }
  }
}

function readAll(root: string, folder = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder))) {
    if (name === '.git') continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) Object.assign(found, readAll(root, path));
    else if (stat.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path), 'buffer').toString('hex')}`;
    else found[path] = `${stat.mode & 0o100 ? '755' : '644'} ${readFileSync(join(root, path)).toString('hex')}`;
  }
  return found;
}

const asRead = (files: Files): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, { bytes, mode }]) => [path, `${mode} ${bytes.toString('hex')}`]),
  );

interface Planned {
  changes(): readonly FileChange[];
  content(change: FileChange): ChangeContent;
}

/** The changes from `before` to `after`; `renames` maps new paths to old ones. */
function plan(before: Files, after: Files, renames: Readonly<Record<string, string>> = {}): Planned {
  const moved = new Set(Object.values(renames));
  const state = ({ bytes, mode }: Entry): FileState => ({ sha256: sha256(bytes), mode });
  const changes: FileChange[] = [];
  for (const [name, next] of Object.entries(after)) {
    const by = { path: repoPath(name), steps: [] };
    const from = repoPath(renames[name] ?? name);
    const old = before[from];
    if (old === undefined) changes.push({ ...by, kind: 'create', after: state(next) });
    else if (from !== name) changes.push({ ...by, kind: 'rename', from, before: state(old), after: state(next) });
    else if (old.mode !== next.mode || !old.bytes.equals(next.bytes))
      changes.push({ ...by, kind: 'update', before: state(old), after: state(next) });
  }
  for (const [name, old] of Object.entries(before)) {
    if (name in after || moved.has(name)) continue;
    changes.push({ path: repoPath(name), steps: [], kind: 'delete', before: state(old) });
  }
  changes.sort((a, b) => comparePaths(a.path, b.path));
  return {
    changes: () => changes,
    content: (change) => ({
      before: before[change.kind === 'rename' ? change.from : change.path]?.bytes,
      after: after[change.path]?.bytes,
    }),
  };
}

function expectApplies(before: Files, after: Files, renames: Readonly<Record<string, string>> = {}): string {
  const planned = plan(before, after, renames);
  const patch = formatPatch(planned.changes(), planned.content);
  const root = mkdtempSync(join(tmpdir(), 'refit-diff-'));
  folders.push(root);
  writeAll(root, before);
  if (patch === '') {
    expect(asRead(after)).toEqual(asRead(before));
    return patch;
  }
  git(root, ['apply'], patch);
  expect(readAll(root)).toEqual(asRead(after));
  git(root, ['apply', '-R'], patch);
  expect(readAll(root)).toEqual(asRead(before));
  rmSync(root, { recursive: true, force: true });
  return patch;
}

const lines = (count: number, prefix = 'line'): string =>
  Array.from({ length: count }, (_, i) => `${prefix} ${i}\n`).join('');
const binary = Buffer.from([0, 1, 2, 255, 254, 10, 13, 0, 7]);
const bigBinary = Buffer.from(Array.from({ length: 150_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255));
const ODD_NAMES = [
  'with space',
  'two  spaces ',
  'quote"d',
  "apo'strophe",
  'new\nline',
  'tab\there',
  'ünïcødé',
  '日本',
  '-dash',
  'back\\slash',
  'bell\x07',
  'del\x7f',
  'esc\x1b[31m',
  'a b/a b',
  'x b/x',
  'cr\rname',
  ' lead',
  '.dot',
  'emoji 🚀',
  'dir with "q"/é x',
];

const odd = (content: string | Buffer, mode: FileMode = '644', prefix = ''): Files =>
  Object.fromEntries(ODD_NAMES.map((name) => [prefix + name, file(content, mode)]));

type Case = readonly [name: string, before: Files, after: Files, renames?: Readonly<Record<string, string>>];

const TABLE: readonly Case[] = [
  ['create', {}, { 'a/b.txt': file('one\ntwo\n') }],
  ['create an executable', {}, { 'run.sh': file('#!/bin/sh\n', '755') }],
  ['create an empty file', {}, { 'a b': file('') }],
  ['delete', { 'a/b.txt': file('one\ntwo\n'), keep: file('k') }, { keep: file('k') }],
  ['delete an empty file', { empty: file('') }, {}],
  ['delete an executable', { run: file('x\n', '755') }, {}],
  ['fill an empty file', { a: file('') }, { a: file('x\n') }],
  ['empty a file', { a: file('x\ny\n') }, { a: file('') }],
  [
    'edit two places',
    { a: file(lines(60)) },
    { a: file(lines(60).replace('line 9\n', 'nine\n').replace('line 50\n', '')) },
  ],
  [
    'edit near each other',
    { a: file(lines(30)) },
    { a: file(lines(30).replace('line 9\n', 'nine\n').replace('line 16\n', '')) },
  ],
  [
    'edit first and last line',
    { a: file(lines(20)) },
    { a: file(lines(20).replace('line 0\n', 'zero\n').replace('line 19\n', '19\n')) },
  ],
  ['no final newline stays away', { a: file('x\ny') }, { a: file('z\ny') }],
  ['final newline comes', { a: file('x\ny') }, { a: file('x\ny\n') }],
  ['final newline goes', { a: file('x\ny\n') }, { a: file('x\ny') }],
  ['append after a missing newline', { a: file('x') }, { a: file('x\ny') }],
  ['CRLF', { a: file('one\r\ntwo\r\nthree\r\n') }, { a: file('one\r\n2\r\nthree\r\n') }],
  ['CRLF to LF', { a: file('one\r\ntwo\r\n') }, { a: file('one\ntwo\n') }],
  ['mixed line ends and lone CR', { a: file('one\r\ntwo\nth\rree\r') }, { a: file('one\ntwo\r\nth\rree') }],
  ['byte-order mark', { a: file('\ufeffone\ntwo\n') }, { a: file('\ufeffone\n2\n') }],
  [
    'line that looks like a header',
    { a: file('-- x\n++ y\n') },
    { a: file('++ y\n-- z\n\\ No newline at end of file') },
  ],
  ['mode to 755', { a: file('x\n') }, { a: file('x\n', '755') }],
  ['mode and content', { a: file('x\n', '755') }, { a: file('y\n') }],
  ['mode of an empty file', { 'e f': file('') }, { 'e f': file('', '755') }],
  ['rename', { 'a b': file('x\n') }, { 'c/d': file('x\n') }, { 'c/d': 'a b' }],
  ['rename with edits', { a: file(lines(30)) }, { 'z "q"': file(lines(30).replace('line 3\n', '')) }, { 'z "q"': 'a' }],
  ['rename with mode', { a: file('x\n') }, { b: file('x\n', '755') }, { b: 'a' }],
  ['rename a whole rewrite', { a: file('x\n') }, { b: file('completely\nother\n') }, { b: 'a' }],
  ['rename a binary', { a: file(binary) }, { b: file(binary) }, { b: 'a' }],
  ['rename and edit a binary', { a: file(binary) }, { b: file(Buffer.concat([binary, binary])) }, { b: 'a' }],
  ['swap by rename and create', { a: file('old\n') }, { b: file('old\n'), 'a/x': file('new\n') }, { b: 'a' }],
  ['create a binary', {}, { 'b in': file(binary) }],
  ['delete a binary', { b: file(binary) }, {}],
  ['edit a binary', { b: file(binary) }, { b: file(Buffer.from([0, 9])) }],
  ['binary to text', { b: file(binary) }, { b: file('text\n') }],
  ['text to empty binary mode', { b: file(binary, '755') }, { b: file('', '755') }],
  ['binary over one stored block', { b: file(bigBinary) }, { b: file(bigBinary.subarray(1)) }],
  ['binary of exactly one block', {}, { b: file(bigBinary.subarray(0, 65_535)) }],
  ['latin-1 text counts as binary', { a: file(Buffer.from([0xe9, 10])) }, { a: file('é\n') }],
  ['create a link', {}, { 'a link': file('target/of it', 'link') }],
  ['retarget a link', { l: file('one', 'link') }, { l: file('two', 'link') }],
  ['delete a link', { l: file('one', 'link') }, {}],
  ['rename a link', { l: file('one', 'link') }, { m: file('one', 'link') }, { m: 'l' }],
  ['link with a target that is not UTF-8', {}, { l: file(Buffer.from([0x66, 0xe9]), 'link') }],
  ['link to file', { l: file('one', 'link') }, { l: file('one\n') }],
  ['file to link', { l: file('one', '755') }, { l: file('one', 'link') }],
  ['file to folder', { a: file('x\n') }, { 'a/b': file('y\n') }],
  ['folder to file', { 'a/b': file('x\n') }, { a: file('y\n') }],
  ['huge rewrite', { a: file(`top\n${lines(3000, 'old')}end\n`) }, { a: file(`top\n${lines(3000, 'new')}end\n`) }],
  ['create odd names', {}, odd('x\n')],
  ['create empty odd names', {}, odd('')],
  ['edit odd names', odd('x\n'), odd('y\n')],
  ['change the mode of odd names', odd('x\n'), odd('x\n', '755')],
  [
    'rename from odd names',
    odd('x\n'),
    odd('x\n', '644', 'to/'),
    Object.fromEntries(ODD_NAMES.map((name) => [`to/${name}`, name])),
  ],
  ['delete odd names', odd('x\n'), {}],
  ['delete binaries of odd names', odd(binary), {}],
];

describe('formatPatch', () => {
  for (const [name, before, after, renames] of TABLE) {
    test(`${name}: git applies it and takes it back`, () => {
      expect(expectApplies(before, after, renames)).not.toBe('');
    });
  }

  test('nothing changed gives an empty patch', () => {
    expect(expectApplies({ a: file('x\n') }, { a: file('x\n') })).toBe('');
  });

  test('random trees', { timeout: 120_000 }, () => {
    const name = fc.constantFrom('a', 'b c', 'd/e', 'd/f "g"', 'é/h', '-i', 'j\tk');
    const line = fc.constantFrom('a', 'b', '', ' ', 'é', '-', '+x', '\\', 'c\r', '@@ -1 +1 @@');
    const text = fc
      .tuple(fc.array(line, { maxLength: 25 }), fc.boolean())
      .map(([all, final]) => Buffer.from(all.join('\n') + (final && all.length > 0 ? '\n' : '')));
    const entry = fc.oneof(
      { weight: 6, arbitrary: fc.record({ bytes: text, mode: fc.constantFrom<FileMode>('644', '755') }) },
      {
        weight: 1,
        arbitrary: fc.record({
          bytes: fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
          mode: fc.constant<FileMode>('644'),
        }),
      },
      { weight: 1, arbitrary: fc.constantFrom('x', 'é y').map((to) => file(to, 'link')) },
    );
    const tree = fc.dictionary(name, entry, { maxKeys: 6 });
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expectApplies({ ...before }, { ...after });
      }),
      { numRuns: 100, seed: 20260101 },
    );
  });

  test('names and headers are the very bytes of git', () => {
    const root = mkdtempSync(join(tmpdir(), 'refit-diff-'));
    folders.push(root);
    git(root, ['init', '-q']);
    const after: Files = Object.fromEntries([
      ...ODD_NAMES.map((name) => [`n/${name}`, file('x\n')] as const),
      ['empty', file('')],
      ['link', file('no newline', 'link')],
      ['run', file('a\nb\n', '755')],
    ]);
    writeAll(root, after);
    git(root, ['add', '-A', '-f']);
    const theirs = git(root, ['diff', '--cached', '--full-index', '--no-renames']).toString();
    const planned = plan({}, after);
    const split = (patch: string): string[] => patch.split(/^(?=diff --git )/m).sort();
    expect(split(formatPatch(planned.changes(), planned.content))).toEqual(split(theirs));
  });

  test('updates, deletions and mode changes are the very bytes of git', () => {
    const before: Files = {
      'a b': file(lines(40)),
      gone: file('x\ny'),
      mode: file('x\n'),
      both: file('x\n', '755'),
      tail: file('x\ny'),
    };
    const after: Files = {
      'a b': file(lines(40).replace('line 5\n', '').replace('line 30\n', '30\n')),
      mode: file('x\n', '755'),
      both: file('y\n'),
      tail: file('x\nz\n'),
    };
    const root = mkdtempSync(join(tmpdir(), 'refit-diff-'));
    folders.push(root);
    git(root, ['init', '-q']);
    writeAll(root, before);
    git(root, ['add', '-A']);
    for (const path of Object.keys(before)) rmSync(join(root, path));
    writeAll(root, after);
    const theirs = git(root, ['diff', '--full-index', '--no-renames']).toString();
    const planned = plan(before, after);
    const withoutFunctionNames = theirs.replace(/^(@@ .* @@).*$/gm, '$1');
    expect(formatPatch(planned.changes(), planned.content)).toBe(withoutFunctionNames);
  });

  test('--3way merges with a file that moved on since', () => {
    const before: Files = { a: file(lines(30)) };
    const planned = plan(before, { a: file(lines(30).replace('line 20\n', 'twenty\n')) });
    const root = mkdtempSync(join(tmpdir(), 'refit-diff-'));
    folders.push(root);
    git(root, ['init', '-q']);
    writeAll(root, before);
    git(root, ['add', '-A']);
    git(root, ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-qm', 'x']);
    const moveOn = (text: string): string => lines(5, 'new') + text.replace('line 18\n', 'eighteen\n');
    writeFileSync(join(root, 'a'), moveOn(lines(30)));
    git(root, ['add', '-A']);
    const patch = formatPatch(planned.changes(), planned.content);
    expect(() => git(root, ['apply', '--check'], patch)).toThrow();
    git(root, ['apply', '--3way'], patch);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe(moveOn(lines(30).replace('line 20\n', 'twenty\n')));
  });

  test('a binary change applies in a repository of SHA-256 objects', () => {
    const root = mkdtempSync(join(tmpdir(), 'refit-diff-'));
    folders.push(root);
    git(root, ['init', '-q', '--object-format=sha256']);
    writeAll(root, { b: file(binary) });
    const planned = plan({ b: file(binary) }, { b: file(Buffer.from([0])) });
    expect(() => git(root, ['apply'], formatPatch(planned.changes(), planned.content))).toThrow();
    git(root, ['apply'], formatPatch(planned.changes(), planned.content, { objectFormat: 'sha256' }));
    expect(readFileSync(join(root, 'b'))).toEqual(Buffer.from([0]));
  });

  test('skip leaves a change out', () => {
    const planned = plan({}, { a: file('x\n'), b: file('y\n') });
    const patch = formatPatch(planned.changes(), planned.content, { skip: (change) => change.path === 'a' });
    expect(patch).toBe(
      `diff --git a/b b/b\nnew file mode 100644\nindex ${'0'.repeat(40)}..975fbec8256d3e8a3797e7a3611380f27c49f4ac\n` +
        '--- /dev/null\n+++ b/b\n@@ -0,0 +1 @@\n+y\n',
    );
  });

  test('a rewrite too large to compare is one block out and one block in', () => {
    const runs = diffLines(`same\n${lines(3000, 'old')}end\n`, `same\n${lines(3000, 'new')}end\n`);
    expect(runs.map((run) => [run.sign, run.lines.length])).toEqual([
      [' ', 1],
      ['-', 3000],
      ['+', 3000],
      [' ', 1],
    ]);
  });
});

describe('diffStat', () => {
  test('counts lines as the patch shows them', () => {
    const planned = plan(
      { a: file('1\n2\n3'), b: file(binary), gone: file('x\ny\n'), m: file('x\n') },
      { a: file('1\ntwo\n3\n'), b: file('text\n'), m: file('x\n', '755'), new: file('p') },
    );
    expect(diffStat(planned.changes(), planned.content)).toEqual({
      changes: [
        { path: 'a', added: 2, removed: 2, binary: false },
        { path: 'b', added: 0, removed: 0, binary: true },
        { path: 'gone', added: 0, removed: 2, binary: false },
        { path: 'm', added: 0, removed: 0, binary: false },
        { path: 'new', added: 1, removed: 0, binary: false },
      ],
      added: 3,
      removed: 4,
    });
  });
});
