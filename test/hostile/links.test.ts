import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { RefitError } from '../../src/base/errors.ts';
import { type AnchorMeans, anchoredFileSystem } from '../../src/host/anchored-fs.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { contextIn, snapshot, writeMixedCheckout } from '../apply/scene.ts';
import { inputFor, mixedWishes } from '../apply/wishes.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';
import { snapshot as snapshotOf, tempFolder } from '../support/temp-repo.ts';

// Nothing here pulls the plug, and every operation of a run is one checkout: memory where the machine offers it.
const disk: FileSystem = { ...nodeFileSystem, fsync: () => undefined, syncFileSystem: () => Promise.resolve() };
const fastFolder = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
const linux = process.platform === 'linux';
const bytes = Buffer.from('written\n');

/** Every operation that changes something, on `sub/f` of a checkout. */
const OPERATIONS: Readonly<Record<string, (anchored: FileSystem, root: string) => unknown>> = {
  writeFile: (anchored, root) => anchored.writeFile(`${root}/sub/new`, bytes, 0o644),
  open: (anchored, root) =>
    anchored.close(anchored.open(`${root}/sub/new`, fs.constants.O_CREAT | fs.constants.O_WRONLY, 0o644)),
  rename: (anchored, root) => anchored.rename(`${root}/other`, `${root}/sub/f`),
  'rename away': (anchored, root) => anchored.rename(`${root}/sub/f`, `${root}/taken`),
  unlink: (anchored, root) => anchored.unlink(`${root}/sub/f`),
  mkdir: (anchored, root) => anchored.mkdir(`${root}/sub/made`),
  'mkdir with parents': (anchored, root) => anchored.mkdir(`${root}/sub/made/deep`, true),
  rmdir: (anchored, root) => anchored.rmdir(`${root}/sub/empty`),
  chmod: (anchored, root) => anchored.chmod(`${root}/sub/f`, 0o600),
  symlink: (anchored, root) => anchored.symlink(Buffer.from('x'), `${root}/sub/link`),
  link: (anchored, root) => anchored.link(`${root}/other`, `${root}/sub/second`),
};

/** `root/sub`, and `outside` with the same names in it. */
function twoFolders(): { readonly root: string; readonly outside: string; swap(): void } {
  const top = tempFolder();
  const [root, outside] = [join(top, 'root'), join(top, 'outside')];
  for (const folder of [join(root, 'sub'), outside]) {
    fs.mkdirSync(join(folder, 'empty'), { recursive: true });
    fs.writeFileSync(join(folder, 'f'), 'precious\n', { mode: 0o644 });
  }
  fs.writeFileSync(join(root, 'other'), 'other\n');
  let swapped = false;
  const swap = (): void => {
    if (swapped) return;
    swapped = true;
    fs.renameSync(join(root, 'sub'), join(root, 'moved'));
    fs.symlinkSync(outside, join(root, 'sub'));
  };
  return { root, outside, swap };
}

/** `inner`, with `act` just before each operation that changes something reaches the disk. */
function beforeEachWrite(act: () => void): FileSystem {
  const wrapped: Record<string, unknown> = { ...nodeFileSystem };
  for (const name of ['writeFile', 'open', 'rename', 'unlink', 'mkdir', 'rmdir', 'chmod', 'symlink', 'link']) {
    const operation = Reflect.get(nodeFileSystem, name) as (...args: unknown[]) => unknown;
    wrapped[name] = (...args: unknown[]) => {
      act();
      return operation(...args);
    };
  }
  return wrapped as unknown as FileSystem;
}

describe.each<AnchorMeans>(linux ? ['descriptor', 'look'] : ['look'])('a folder that is a link, by %s', (means) => {
  test.each(Object.keys(OPERATIONS))('%s does not go through it', (name) => {
    const { root, outside, swap } = twoFolders();
    const untouched = snapshotOf(outside);
    swap();
    expect(() => OPERATIONS[name]?.(anchoredFileSystem(root, { means }), root)).toThrow(/^ENOTDIR/);
    expect(snapshotOf(outside)).toEqual(untouched);
  });

  test('what lies behind it is not there, and its folder cannot be listed', () => {
    const { root, swap } = twoFolders();
    const anchored = anchoredFileSystem(root, { means });
    expect(anchored.lstat(`${root}/sub/f`)?.kind).toBe('file');
    swap();
    expect([anchored.lstat(`${root}/sub/f`), anchored.canRead(`${root}/sub/f`)]).toEqual([null, false]);
    expect(anchored.lstat(`${root}/sub`)?.kind).toBe('link');
    expect(() => anchored.readdir(`${root}/sub`)).toThrow(/^ENOTDIR/);
    expect(() => anchored.readFile(`${root}/sub/f`)).toThrow(/^ENOTDIR/);
  });

  test('an error tells the path that was asked for', () => {
    const { root } = twoFolders();
    const anchored = anchoredFileSystem(root, { means });
    expect(() => anchored.unlink(`${root}/sub/none`)).toThrow(
      `ENOENT: no such file or directory, unlink '${root}/sub/none'`,
    );
    expect(() => anchored.rename(`${root}/sub/none`, `${root}/sub/f`)).toThrow(
      `ENOENT: no such file or directory, rename '${root}/sub/none' -> '${root}/sub/f'`,
    );
  });

  test('git own folder may be one', () => {
    const { root, outside, swap } = twoFolders();
    swap();
    anchoredFileSystem(root, { means, except: `${root}/sub` }).writeFile(`${root}/sub/new`, bytes, 0o600);
    expect(fs.readFileSync(join(outside, 'new'), 'utf8')).toBe('written\n');
  });
});

describe('a folder exchanged for a link in the moment of an operation', () => {
  test.runIf(linux).each(Object.keys(OPERATIONS))('%s stays in the folder that was meant', (name) => {
    const { root, outside, swap } = twoFolders();
    const untouched = snapshotOf(outside);
    const anchored = anchoredFileSystem(root, { means: 'descriptor', inner: beforeEachWrite(swap) });
    try {
      OPERATIONS[name]?.(anchored, root);
    } catch (error) {
      expect(String(error)).toMatch(/ENOTDIR|ENOENT/);
    }
    expect(fs.lstatSync(join(root, 'sub')).isSymbolicLink()).toBe(true);
    expect(snapshotOf(outside)).toEqual(untouched);
  });

  test('is told where the machine has no open folders to name', () => {
    const { root, swap } = twoFolders();
    const anchored = anchoredFileSystem(root, { means: 'look', inner: beforeEachWrite(swap) });
    expect(() => OPERATIONS['writeFile']?.(anchored, root)).toThrow(/ENOTDIR: not a folder, '.*\/sub'|was exchanged/);
  });
});

test.runIf(linux)('more folders than are kept open, and a path of 4,096 bytes', () => {
  const root = tempFolder();
  const anchored = anchoredFileSystem(root);
  const open = (): number => fs.readdirSync('/proc/self/fd').length;
  const atStart = open();
  for (let index = 0; index < 200; index += 1) anchored.mkdir(`${root}/d${index}/e`, true);
  for (let index = 0; index < 200; index += 1) anchored.writeFile(`${root}/d${index}/e/f`, bytes, 0o644);
  const deep = 'd/'.repeat(100);
  anchored.mkdir(`${root}/${deep}x`, true);
  anchored.mkdir(`${root}/${deep}y`, true);
  anchored.writeFile(`${root}/${deep}x/f`, bytes, 0o644);
  anchored.rename(`${root}/${deep}x/f`, `${root}/${deep}y/f`);
  expect(fs.readFileSync(`${root}/${deep}y/f`, 'utf8')).toBe('written\n');
  expect(open() - atStart).toBeLessThanOrEqual(66);
  expect(() => anchored.writeFile(`${root}/${'n'.repeat(4096)}`, bytes, 0o644)).toThrow(/^ENAMETOOLONG/);
});

describe('a run while another program exchanges folders for links', () => {
  /** A copy of the checkout outside, so that every hash that is looked at would agree. */
  function sceneWithTwin(): { readonly context: RunContext; readonly twin: string; remove(): void } {
    const top = fs.mkdtempSync(join(fastFolder, 'refit-links-'));
    const context = contextIn(join(top, 'one'));
    const twin = contextIn(join(top, 'two')).root;
    writeMixedCheckout(context.root);
    writeMixedCheckout(twin);
    return { context, twin, remove: () => fs.rmSync(top, { recursive: true, force: true }) };
  }

  function swapFolder(root: string, twin: string, folder: string): void {
    if (!fs.existsSync(join(root, folder)) || fs.lstatSync(join(root, folder)).isSymbolicLink()) return;
    fs.renameSync(join(root, folder), join(root, `${folder}.moved`));
    fs.symlinkSync(join(twin, folder), join(root, folder));
  }

  async function failure(act: Promise<unknown>): Promise<void> {
    try {
      await act;
    } catch (error) {
      if (!(error instanceof RefitError)) throw error;
    }
  }

  /** Runs `act` once for each of its operations, with `folder` exchanged just before that one. */
  async function exchangeAtEach(
    folder: string,
    prepare: (context: RunContext) => Promise<unknown>,
    act: (context: RunContext) => Promise<unknown>,
  ): Promise<number> {
    let total = 0;
    for (let at = 0; at <= total; at += 1) {
      const { context, twin, remove } = sceneWithTwin();
      await prepare({ ...context, fs: disk });
      await prepare({ ...context, fs: disk, root: twin, runFolder: join(twin, '../runs') });
      const untouched = snapshot(twin);
      const counted = faultyFs(disk, {
        before: (operation) => {
          if (operation === at) swapFolder(context.root, twin, folder);
        },
      });
      await failure(act({ ...context, fs: anchoredFileSystem(context.root, { inner: counted.fs }) }));
      if (at === 0) total = counted.log.length;
      expect([at, snapshot(twin)]).toEqual([at, untouched]);
      remove();
    }
    return total;
  }

  const wishes = mixedWishes.filter((wish) => /old\/|keep\/|new\//.test(Object.values(wish).join(' ')));
  const run = (context: RunContext) => apply(context, inputFor(wishes));

  test.runIf(linux).each(['old', 'keep'])(
    '%s, before any operation of an apply: nothing outside changes',
    async (folder) => {
      expect(await exchangeAtEach(folder, async () => undefined, run)).toBeGreaterThan(100);
    },
  );

  test.runIf(linux)('before any operation of a rollback: nothing outside changes', async () => {
    expect(await exchangeAtEach('new', run, (context) => rollback(context))).toBeGreaterThan(50);
  });
});

describe('links in a repository', () => {
  test.each([
    ['a file', 'README.md', (folder: string) => join(folder, 'secret.txt')],
    ['a folder', 'docs', (folder: string) => folder],
    ['a chain', 'scripts', (folder: string) => join(folder, 'hop')],
  ])('%s that leads out of the root is neither followed nor shown', async (_what, name, target) => {
    const outside = tempFolder();
    fs.writeFileSync(join(outside, 'secret.txt'), 'simple_oauth outside\n');
    fs.symlinkSync('.', join(outside, 'hop2'));
    fs.symlinkSync('hop2', join(outside, 'hop'));
    const untouched = snapshotOf(outside);
    const repo = legacyRepo('full', { git: false });
    fs.rmSync(join(repo, name), { recursive: true, force: true });
    fs.symlinkSync(target(outside), join(repo, name));
    const before = snapshotOf(repo);
    const planned = await runHere(['plan', repo, '--format', 'json']);
    expect(planned.stdout + planned.stderr).not.toContain('outside\\n');
    const applied = await runHere(['apply', repo, '--yes', '--prove', 'none']);
    expect(snapshotOf(outside)).toEqual(untouched);
    expect(fs.readlinkSync(join(repo, name))).toBe(target(outside));
    if (applied.code !== 0 && applied.code !== 5) expect(applied.code).toBeLessThan(5);
    await runHere(['rollback', repo]);
    expect(snapshotOf(outside)).toEqual(untouched);
    const { '.refit': _kept, ...now } = Object.fromEntries(
      Object.entries(snapshotOf(repo)).filter(([path]) => !path.startsWith('.refit/')),
    );
    expect(now).toEqual(before);
  });

  test.each([
    ['.refit', (folder: string) => folder],
    ['.refit/runs', (folder: string) => join(folder, 'runs')],
  ])('%s that is a link is refused as the place of the record', async (name, target) => {
    const outside = tempFolder();
    fs.mkdirSync(join(outside, 'runs'));
    const repo = legacyRepo('full', { git: false });
    if (name.includes('/')) fs.mkdirSync(join(repo, '.refit'));
    fs.symlinkSync(target(outside), join(repo, name));
    const before = snapshotOf(repo);
    const applied = await runHere(['apply', repo, '--yes', '--prove', 'none']);
    expect([applied.code === 0 || applied.code === 5, applied.stderr]).toEqual([
      false,
      expect.stringContaining('.refit'),
    ]);
    expect(fs.readdirSync(join(outside, 'runs'))).toEqual([]);
    expect(snapshotOf(repo)).toEqual(before);
  });

  test('a file with a second name outside is replaced, and the outside name keeps its content', async () => {
    const repo = legacyRepo('full', { git: false });
    const outside = join(tempFolder(), 'shared');
    fs.linkSync(join(repo, 'Dockerfile'), outside);
    const old = fs.readFileSync(outside);
    const applied = await runHere(['apply', repo, '--yes', '--prove', 'none']);
    expect(applied.code).toBe(5);
    expect(fs.readFileSync(join(repo, 'Dockerfile')).equals(old)).toBe(false);
    expect(fs.readFileSync(outside).equals(old)).toBe(true);
    await runHere(['rollback', repo]);
    expect(fs.readFileSync(join(repo, 'Dockerfile')).equals(old)).toBe(true);
    fs.writeFileSync(outside, 'written later\n');
    expect(fs.readFileSync(join(repo, 'Dockerfile')).equals(old)).toBe(true);
  });
});
