import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { EXIT } from '../../src/base/errors.ts';
import { contextIn, openScene, snapshot, writeManyCheckout, writeMixedCheckout } from '../apply/scene.ts';
import { inputFor, mixedWishes } from '../apply/wishes.ts';
import { tempFolder } from '../support/temp-repo.ts';
import { bundleEngine, startEngine } from '../torture/engine.ts';

const USER = '65534';
const AS_USER = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
const isRoot = process.getuid?.() === 0;
const hasSetpriv = isRoot && spawnSync(AS_USER[0] as string, [...AS_USER.slice(1), 'true']).status === 0;

const folder = tempFolder();
let engine: string;
beforeAll(async () => {
  engine = await bundleEngine(folder);
  for (const open of [folder, join(folder, 'engine')]) fs.chmodSync(open, 0o755);
});

/** A checkout of the other user, where nothing that root may do counts. */
function scene(): RunContext {
  const context = openScene();
  writeManyCheckout(context.root);
  fs.mkdirSync(context.runFolder, { mode: 0o700 });
  const top = join(context.root, '..');
  fs.chmodSync(top, 0o755);
  execFileSync('chown', ['-R', `${USER}:${USER}`, context.root, context.runFolder]);
  return context;
}

const runAsUser = async (context: RunContext, verb: 'apply' | 'rollback') => {
  const child = startEngine(engine, verb, join(context.root, '..'), { through: AS_USER });
  await child.ready;
  child.begin();
  return child.end;
};

describe.runIf(hasSetpriv)('what the user may not write or read, as another user than root', () => {
  const closings: readonly (readonly [string, string, number])[] = [
    ['a folder in which files are replaced', 'src/3', 0o555],
    ['a folder in which files are made', 'gone/1', 0o555],
    ['a file that is to be replaced', 'src/2/12.txt', 0o000],
  ];
  test.each(closings)('%s: refused or undone, and all is as before', async (_what, path, bits) => {
    const context = scene();
    fs.chmodSync(join(context.root, path), bits);
    // Who owns it could open it again: somebody else does.
    execFileSync('chown', ['0:0', join(context.root, path)]);
    const before = snapshot(context.root);
    const { code, said } = await runAsUser(context, 'apply');
    expect([code, said]).toEqual([
      expect.toSatisfy((value: unknown) => value === EXIT.refused || value === EXIT.fault),
      expect.stringContaining(path.split('/')[0] as string),
    ]);
    expect(snapshot(context.root)).toEqual(before);
    expect(listRuns(context).every((run) => run.kind === 'run' && run.state === 'undone')).toBe(true);
  });

  test('a folder closed after the run: rollback says so and finishes once it is open again', async () => {
    const context = scene();
    const before = snapshot(context.root);
    expect((await runAsUser(context, 'apply')).said).toBe('applied');
    const place = join(context.root, 'src/3');
    fs.chmodSync(place, 0o555);
    execFileSync('chown', ['0:0', place]);
    const refused = await runAsUser(context, 'rollback');
    expect(refused.code === EXIT.refused || refused.code === EXIT.fault).toBe(true);
    fs.chmodSync(place, 0o755);
    execFileSync('chown', [`${USER}:${USER}`, place]);
    expect((await runAsUser(context, 'rollback')).code).toBe(0);
    expect(snapshot(context.root)).toEqual(before);
  });
});

/** A file system of `kib`, or null where none can be mounted. */
function mountSmall(kib: number): string | null {
  const place = tempFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'refit-test', place]).status !== 0) return null;
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', place]);
  });
  return place;
}
const canMount =
  isRoot &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'refit-test', '/mnt'], { stdio: 'ignore' }).status === 0;

describe.runIf(canMount)('a disk that is full', () => {
  /** Fills what is left, but for `spare` KiB. */
  function fill(place: string, spare: number): string {
    const file = join(place, 'filler');
    const { bavail, bsize } = fs.statfsSync(place);
    fs.writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - spare * 1024)));
    return file;
  }

  test.each([
    ['the checkout', 'checkout'],
    ['the records', 'records'],
    ['both', 'both'],
  ])('under %s, at every amount of space left: undone or applied, never between', async (_what, where) => {
    const outcomes = new Set<string>();
    for (let spare = 0; spare <= 160; spare += 4) {
      const place = mountSmall(1024);
      if (place === null) throw new Error('a file system could be mounted before, and cannot be now');
      const own = contextIn(tempFolder());
      const context: RunContext = {
        ...own,
        root: where === 'records' ? own.root : join(place, 'work'),
        runFolder: where === 'checkout' ? own.runFolder : join(place, 'runs'),
      };
      fs.mkdirSync(context.root, { recursive: true });
      writeMixedCheckout(context.root);
      const before = snapshot(context.root);
      const filler = fill(place, spare);
      const failure: unknown = await apply(context, inputFor(mixedWishes)).then(
        () => null,
        (error: unknown) => error,
      );
      if (failure !== null) {
        expect(failure).toMatchObject({ exitCode: EXIT.fault, message: expect.stringMatching(/space|ENOSPC/) });
        expect([spare, snapshot(context.root)]).toEqual([spare, before]);
      } else {
        // Also the way back needs no space.
        await rollback(context);
        expect([spare, snapshot(context.root)]).toEqual([spare, before]);
      }
      fs.rmSync(filler);
      outcomes.add(failure === null ? 'applied' : 'undone');
      if (outcomes.size === 2 && failure === null) break;
    }
    expect([...outcomes].sort()).toEqual(['applied', 'undone']);
  });
});

test.skipIf(hasSetpriv && canMount)('tells what this machine cannot show', () => {
  const missing = [
    ...(hasSetpriv ? [] : ['another user (root and setpriv)']),
    ...(canMount ? [] : ['a full disk (root, mount)']),
  ];
  process.stdout.write(`not shown here: ${missing.join(', ')}\n`);
  // In CI, which is root, each of these has to run.
  expect(process.env['CI'] === 'true' && isRoot && !hasSetpriv).toBe(false);
});
