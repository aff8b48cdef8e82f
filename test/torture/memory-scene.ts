// A checkout on a disk in memory, and the states that a run may be left in, for the tests that go through every point.
import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { findInterrupted, listRuns } from '../../src/apply/runs.ts';
import { RefitError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import type { RunState } from '../../src/journal/next.ts';
import { DEAD_PID, writeMixedCheckout } from '../apply/scene.ts';
import { inputFor, mixedWishes } from '../apply/wishes.ts';
import type { DiskNode, DiskTable } from '../support/disk-changes.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { type MemoryDisk, memoryDisk } from '../support/memory-disk.ts';

export const ROOT = '/top/work';
export const RUNS = '/top/runs';

export function contextOn(disk: FileSystem): RunContext {
  return { root: ROOT, runFolder: RUNS, fs: disk, now: () => new Date(), pid: DEAD_PID };
}

/** Every name, kind, bit and byte of the checkout. */
export function treeOf(disk: MemoryDisk): string {
  const table = disk.live();
  const [top, work] = ROOT.slice(1).split('/');
  const ino = table.get(table.get(1)?.names.get(top ?? '') ?? 0)?.names.get(work ?? '') ?? 0;
  return [...linesBelow(table, table.get(ino) as DiskNode, '')].sort().join('\n');
}

const RUN_NAME = /\d{8}-\d{9}-[0-9a-f]{6}/g;
const digests = new WeakMap<Buffer, string>();

function digestOf(bytes: Buffer): string {
  const known = digests.get(bytes) ?? sha256(bytes);
  digests.set(bytes, known);
  return known;
}

/** One line for each entry below `path`: what a command may go by, and none of what differs from run to run. */
function linesBelow(table: DiskTable, folder: DiskNode, path: string): readonly string[] {
  return [...folder.names].flatMap(([raw, ino]) => {
    const node = table.get(ino) as DiskNode;
    const name = `${path}/${raw.replace(RUN_NAME, 'RUN').replace(/^lock\.(after-)?[0-9a-f]{32}/, 'lock.$1N')}`;
    const line = `${name} ${node.kind} ${node.mode.toString(8)}`;
    if (node.kind === 'folder') return [line, ...linesBelow(table, node, name)];
    if (name.startsWith(`${RUNS}/lock`)) return [line];
    if (!/\/RUN\/(progress|journal|moved)(\.new)?$/.test(name)) return [`${line} ${digestOf(node.bytes)}`];
    // The times and names in a record are of no consequence.
    const text = node.bytes
      .toString()
      .replace(RUN_NAME, 'RUN')
      .replace(/[0-9a-f]{64}|"\d{4}-[^"]*Z"/g, '');
    return [`${line} ${text}`];
  });
}

/** Everything on a disk that a command may go by; two disks with the same key lead every command the same way. */
export function stateOf(disk: MemoryDisk): string {
  const table = disk.live();
  return sha256([...linesBelow(table, table.get(1) as DiskNode, '')].sort().join('\n'));
}

/** Writes the checkout with every kind of entry, all of it durable. */
function freshDisk(): MemoryDisk {
  const folder = fs.mkdtempSync(join(os.tmpdir(), 'refit-scene-'));
  try {
    writeMixedCheckout(folder);
    const disk = memoryDisk();
    disk.fs.mkdir('/top');
    copyIn(disk.fs, folder, ROOT);
    return memoryDisk(disk.clone().live());
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function copyIn(into: FileSystem, from: string, to: string): void {
  const stat = nodeFileSystem.lstat(from);
  if (stat?.kind === 'link') into.symlink(nodeFileSystem.readlink(from), to);
  else if (stat?.kind === 'file') into.writeFile(to, nodeFileSystem.readFile(from), 0o600);
  else {
    into.mkdir(to);
    for (const { name } of nodeFileSystem.readdir(from)) copyIn(into, join(from, name), `${to}/${name}`);
  }
  if (stat?.kind !== 'link') into.chmod(to, stat?.mode ?? 0);
}

export const run = (context: RunContext) => apply(context, inputFor(mixedWishes));

/** An apply whose last look fails, so that it undoes itself. */
export const runAndUndo = (context: RunContext) =>
  apply(
    context,
    inputFor(mixedWishes, {
      beforeClose: () => {
        throw new RefitError('the second run is not empty');
      },
    }),
  );

export async function failureOf(promise: Promise<unknown>): Promise<RefitError | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof RefitError) return error;
    throw error;
  }
}

/** Brings an interrupted or untouched checkout to after, as the command does. */
export async function finish(context: RunContext): Promise<void> {
  const outcome = await resume(context);
  const [newest] = listRuns(context);
  if (outcome.kind !== 'applied' && !(newest?.kind === 'run' && newest.state === 'applied')) await run(context);
}

export interface Scenes {
  /** States from which recovery was seen to work; see {@link stateOf}. */
  readonly seen: Set<string>;
  readonly before: string;
  readonly after: string;
  /** Disks that a run was left on in that state, about in the middle of it; `locked` has the lock of a dead process only. */
  readonly disks: Readonly<Record<'fresh' | 'locked' | Exclude<RunState, 'undone' | 'rolled-back'>, MemoryDisk>>;
}

export async function makeScenes(): Promise<Scenes> {
  const fresh = freshDisk();
  const applied = fresh.clone();
  await run(contextOn(applied.fs));
  return {
    seen: new Set(),
    before: treeOf(fresh),
    after: treeOf(applied),
    disks: {
      fresh,
      applied,
      locked: await leaveLocked(fresh),
      prepared: await leaveIn('prepared', fresh, run),
      applying: await leaveIn('applying', fresh, run),
      undoing: await leaveIn('undoing', fresh, runAndUndo),
      'rolling-back': await leaveIn('rolling-back', applied, rollback),
    },
  };
}

/** Cuts `act` off in the middle of the operations after which the run is found in `state`. */
async function leaveIn(
  state: RunState,
  base: MemoryDisk,
  act: (context: RunContext) => Promise<unknown>,
): Promise<MemoryDisk> {
  const left: MemoryDisk[] = [];
  for (let at = 1; ; at += 1) {
    const disk = base.clone();
    const cut = faultyFs(disk.fs, { fault: { at, how: 'crash', code: 'EIO' } });
    await failureOf(act(contextOn(cut.fs)));
    if (findInterrupted(contextOn(disk.fs))?.progress.state === state) left.push(disk);
    else if (left.length > 0) return left[left.length >> 1] as MemoryDisk;
  }
}

async function leaveLocked(base: MemoryDisk): Promise<MemoryDisk> {
  for (let at = 1; ; at += 1) {
    const disk = base.clone();
    const cut = faultyFs(disk.fs, { fault: { at, how: 'crash', code: 'EIO' } });
    await failureOf(run(contextOn(cut.fs)));
    if (disk.fs.lstat(`${RUNS}/lock`) !== null) return disk;
  }
}
