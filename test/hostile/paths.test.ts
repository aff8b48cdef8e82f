import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { EXIT } from '../../src/base/errors.ts';
import type { RepoPath } from '../../src/base/repo-path.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { openScene, snapshot } from '../apply/scene.ts';
import { inputFor, type Wish } from '../apply/wishes.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';
import { runTestGit, snapshot as snapshotOf, tempFolder } from '../support/temp-repo.ts';

const platform = process.platform;
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform });
});

/** A disk that takes names for the same when they differ in case or in the normal form of their characters only. */
function foldingFileSystem(root: string): FileSystem {
  const fold = (name: string): string => name.normalize('NFC').toLowerCase();
  /** The path as it is spelled on the disk; what is not there keeps its spelling. */
  const spelled = (path: string): string => {
    if (!path.startsWith(`${root}/`)) return path;
    const above = spelled(dirname(path));
    const name = path.slice(dirname(path).length + 1);
    if (!fs.existsSync(above) || !fs.lstatSync(above).isDirectory()) return `${above}/${name}`;
    return `${above}/${fs.readdirSync(above).find((other) => fold(other) === fold(name)) ?? name}`;
  };
  const wrapped = Object.entries(nodeFileSystem).map(([key, operation]) => [
    key,
    (...args: unknown[]) => {
      const paths = args.map((arg) => (typeof arg === 'string' ? spelled(arg) : arg));
      return (operation as (...all: unknown[]) => unknown)(...paths);
    },
  ]);
  return Object.fromEntries(wrapped) as unknown as FileSystem;
}

function foldingScene(): RunContext {
  const context = openScene();
  fs.writeFileSync(join(context.root, 'README.md'), 'precious\n');
  return { ...context, fs: foldingFileSystem(context.root) };
}

describe('names that a disk does not tell apart', () => {
  test.each<[string, Wish, string]>([
    ['case', { create: 'readme.md', to: { content: 'new\n' } }, 'readme.md'],
    ['the folder of another name', { create: 'readme.MD/x', to: { content: 'new\n' } }, 'readme.MD/x'],
  ])('%s: the file that stands there is neither replaced nor removed', async (_what, wish, path) => {
    const context = foldingScene();
    const before = snapshot(context.root);
    await expect(apply(context, inputFor([wish]))).rejects.toMatchObject({
      exitCode: EXIT.refused,
      details: [expect.stringContaining(path)],
    });
    expect(snapshot(context.root)).toEqual(before);
  });

  test.each([
    ['case', 'made.txt', 'MADE.txt'],
    ['normal form', 'na\u00efve.txt', 'nai\u0308ve.txt'],
  ])('two files that one run creates, apart in %s only: undone, and nothing is lost', async (_what, one, other) => {
    const context = foldingScene();
    const before = snapshot(context.root);
    const wishes: readonly Wish[] = [one, other].map((path) => ({ create: path, to: { content: `${path}\n` } }));
    await expect(apply(context, inputFor(wishes))).rejects.toThrow(/changed by another program|stands there|exists/);
    expect(snapshot(context.root)).toEqual(before);
  });

  test('on a disk that does, both are files of their own, and come back as they were', async () => {
    const repo = legacyRepo();
    const names = ['Notes.md', 'notes.md', 'caf\u00e9.md', 'cafe\u0301.md'];
    for (const name of names) fs.writeFileSync(join(repo, name), `See auth_integration.py: ${name}\n`);
    runTestGit(repo, ['add', '--all']);
    runTestGit(repo, ['commit', '-qm', 'twins']);
    const before = snapshotOf(repo);
    const planned = await runHere(['plan', repo]);
    for (const name of names) expect(planned.stdout).toContain(`${name}:1`);
    expect((await runHere(['apply', repo, '--yes', '--prove', 'none'])).code).toBe(5);
    expect((await runHere(['rollback', repo])).code).toBe(0);
    expect(snapshotOf(repo)).toEqual(before);
  });
});

describe('names that are something else on another system', () => {
  test.each(['.git /hooks/x', 'GIT~1/hooks/x', '.g\u200cit/config', 'sub/.git::$INDEX_ALLOCATION/config'])(
    '%j is git own folder there, and never written',
    async (path) => {
      const context = openScene();
      const failure = apply(context, inputFor([{ create: path, to: { content: 'x' } }]));
      await expect(failure).rejects.toMatchObject({ exitCode: EXIT.refused, details: [`${path} belongs to git`] });
      expect(fs.readdirSync(context.root)).toEqual([]);
    },
  );

  test.each([
    ['aux.md', 'is a device on Windows'],
    ['docs/NUL', 'is a device on Windows'],
    ['a\\..\\..\\outside', 'holds "\\\\", which no name may on Windows'],
    ['README.md:stream', 'holds ":", which no name may on Windows'],
    ['run.sh.', 'ends with a dot or space, which Windows cuts off'],
  ])('%j is refused on Windows', async (path, why) => {
    const context = openScene();
    Object.defineProperty(process, 'platform', { value: 'win32' });
    const failure = apply(context, inputFor([{ create: path, to: { content: 'x' } }]));
    await expect(failure).rejects.toMatchObject({ exitCode: EXIT.refused, details: [`${path} ${why}`] });
    Object.defineProperty(process, 'platform', { value: platform });
    expect(fs.readdirSync(context.root)).toEqual([]);
  });

  test.skipIf(platform === 'win32')('and plain files everywhere else', async () => {
    const context = openScene();
    const names = ['aux.md', 'con', 'LPT1.txt', 'a\\b', 'x:y', 'end.'];
    await apply(context, inputFor(names.map((name) => ({ create: name, to: { content: `${name}\n` } }))));
    expect(fs.readdirSync(context.root).sort()).toEqual([...names].sort());
    await rollback(context);
    expect(fs.readdirSync(context.root)).toEqual([]);
  });
});

describe('a path of more than 4,096 bytes', () => {
  test('is left alone by name, and the rest is planned, applied and rolled back', async () => {
    const repo = legacyRepo();
    // Longer than any system call takes: made and removed one folder at a time.
    const part = 'd'.repeat(200);
    onTestFinished(() => {
      execFileSync('rm', ['-rf', join(repo, part)]);
    });
    const make = `const fs = require('fs');
      for (let i = 0; i < 22; i += 1) { fs.mkdirSync('${part}'); process.chdir('${part}'); }
      fs.writeFileSync('deep.md', 'See auth_integration.py');`;
    execFileSync(process.execPath, ['-e', make], { cwd: repo });
    const before = runTestGit(repo, ['status', '--porcelain']);
    const planned = await runHere(['plan', repo, '--verbose']);
    expect([planned.code, planned.stderr]).toEqual([0, '']);
    const applied = await runHere(['apply', repo, '--yes', '--prove', 'none', '--allow-dirty']);
    expect([applied.code, applied.stderr]).toEqual([5, '']);
    expect((await runHere(['rollback', repo])).code).toBe(0);
    expect(runTestGit(repo, ['status', '--porcelain'])).toBe(before);
  });
});

describe('a plan or a change that leads out', () => {
  test.each<[string, (path: RepoPath) => object]>([
    ['a path', (path) => ({ kind: 'delete', path, steps: ['x'], before: { sha256: '0'.repeat(64), mode: '644' } })],
    [
      'the source of a rename',
      (from) => ({
        kind: 'rename',
        from,
        path: 'stolen',
        steps: ['x'],
        before: { sha256: '0'.repeat(64), mode: '644' },
        after: { sha256: '0'.repeat(64), mode: '644' },
      }),
    ],
  ])('%s in a plan file with `..`, absolute or odd: refused, nothing read or written', async (_what, change) => {
    const repo = legacyRepo();
    const outside = join(tempFolder(), 'secret');
    fs.writeFileSync(outside, 'secret\n');
    const file = join(tempFolder(), 'plan.json');
    expect((await runHere(['plan', repo, '--out', file])).code).toBe(0);
    const before = snapshotOf(repo);
    const plan = JSON.parse(fs.readFileSync(file, 'utf8')) as { changes: object[] };
    for (const path of [outside, '../secret', 'a/../../secret', './README.md', 'a//b', '', 'a\0b']) {
      fs.writeFileSync(file, JSON.stringify({ ...plan, changes: [...plan.changes, change(path as RepoPath)] }));
      const refused = await runHere(['apply', repo, '--plan', file]);
      expect([path, refused.code, refused.stderr]).toEqual([
        path,
        4,
        expect.stringContaining('expected a path inside the repository, relative and in its plain form'),
      ]);
    }
    expect(snapshotOf(repo)).toEqual(before);
    expect(fs.readFileSync(outside, 'utf8')).toBe('secret\n');
  });

  test('a plan of someone else is data: what it adds, hides or alters is refused by name', async () => {
    const repo = legacyRepo();
    const file = join(tempFolder(), 'plan.json');
    expect((await runHere(['plan', repo, '--out', file])).code).toBe(0);
    const text = fs.readFileSync(file, 'utf8');
    type Change = { kind: string; path: string; after?: { sha256: string } };
    const alter = async (how: (changes: Change[]) => Change[]): Promise<string> => {
      const plan = JSON.parse(text) as { changes: Change[] };
      fs.writeFileSync(file, JSON.stringify({ ...plan, changes: how(plan.changes) }));
      const { code, stderr } = await runHere(['apply', repo, '--plan', file]);
      expect(code).toBe(4);
      return stderr;
    };
    const before = snapshotOf(repo);
    const extra = { kind: 'delete', path: 'README.md.old', steps: [], before: { sha256: '0'.repeat(64), mode: '644' } };
    expect(await alter((changes) => [...changes, extra])).toContain('README.md.old is gone');
    expect(await alter((changes) => changes.filter(({ path }) => path !== 'Dockerfile'))).toContain(
      'Dockerfile would now be changed too',
    );
    const swapped = (change: Change): Change =>
      change.path === 'Dockerfile' && change.after !== undefined
        ? { ...change, after: { ...change.after, sha256: 'f'.repeat(64) } }
        : change;
    expect(await alter((changes) => changes.map(swapped))).toContain('Dockerfile would become another content');
    expect(snapshotOf(repo)).toEqual(before);
  });
});
