import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { type Change, carryOut, cloneTable, type DiskTable } from '../support/disk-changes.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { type MemoryDisk, memoryDisk } from '../support/memory-disk.ts';
import { goBothWays } from './every-fault.ts';
import { contextOn, failureOf, finish, run, runAndUndo, type Scenes, stateOf } from './memory-scene.ts';
import { type Random, randomFrom } from './random.ts';

export interface PowerCase {
  readonly name: string;
  readonly from: keyof Scenes['disks'];
  act(context: RunContext): Promise<unknown>;
}

export const POWER_CASES: readonly PowerCase[] = [
  { name: 'apply', from: 'fresh', act: run },
  { name: 'apply that undoes itself', from: 'fresh', act: runAndUndo },
  { name: 'rollback', from: 'applied', act: rollback },
  { name: 'rollback of a half-written run', from: 'applying', act: rollback },
  { name: 'resume of a half-written run', from: 'applying', act: resume },
  { name: 'resume of a half-undone run', from: 'undoing', act: finish },
];

export interface PowerTally {
  /** Calls of the disk, before each of which the power goes. */
  calls: number;
  /** Those that change something, and the end; and how many of them were gone through: all, unless the time was over. */
  cuts: number;
  done: number;
  /** Disks that the power cuts left. */
  states: number;
  /** Those of them that led a command in a way not seen before, each recovered in both ways. */
  different: number;
}

/** @throws Error naming the call and what was lost when recovery does not bring the checkout to before, or to after. */
export async function cutPowerEverywhere(
  scenes: Scenes,
  what: PowerCase,
  more: { readonly seed: number; readonly picks: number; readonly isOver?: () => boolean },
): Promise<PowerTally> {
  const random = randomFrom(more.seed);
  const tally: PowerTally = { calls: 0, cuts: 0, done: 0, states: 0, different: 0 };
  const cuts: { readonly call: string; readonly durable: DiskTable; readonly pending: readonly Change[] }[] = [];
  const disk = durableCopy(scenes.disks[what.from]);
  const watched = faultyFs(disk.fs, {
    before: (_, call) => {
      tally.calls += 1;
      if (!changesDisk(call)) return;
      cuts.push({ call, durable: cloneTable(disk.durable()), pending: [...disk.pending()] });
    },
  });
  await failureOf(what.act(contextOn(watched.fs)));
  cuts.push({ call: 'the end', durable: cloneTable(disk.durable()), pending: [...disk.pending()] });
  tally.cuts = cuts.length;
  for (const { call, durable, pending } of cuts) {
    if (more.isOver?.() === true) break;
    tally.done += 1;
    for (const kept of choices(pending, random, more.picks)) {
      tally.states += 1;
      const left = afterCut(durable, pending, kept);
      const state = stateOf(left);
      if (scenes.seen.has(state)) continue;
      tally.different += 1;
      const lost = pending.filter((_, index) => kept[index] !== 'whole').map(describe);
      await goBothWays(scenes, left, (holds, wish) => {
        if (holds) return;
        throw new Error(`${what.name}, power lost before ${call}: ${wish}\nlost: ${lost.join(', ')}`);
      });
    }
  }
  return tally;
}

/** Everything that the scene did so far is on the disk for good. */
function durableCopy(disk: MemoryDisk): MemoryDisk {
  return memoryDisk(cloneTable(disk.live()));
}

// Between two calls that change nothing the power may as well go once.
const changesDisk = (call: string): boolean =>
  !/^(lstat|readFile|readdir|readlink|read|realpath|canRead|close) /.test(call);

type Kept = 'whole' | 'half' | 'lost';

/** Which of the changes survive: all, none, all up to one, all but one, only one, and some at random. */
function* choices(pending: readonly Change[], random: Random, picks: number): Generator<readonly Kept[]> {
  const from = (keep: (index: number) => Kept): readonly Kept[] => pending.map((_, index) => keep(index));
  yield from(() => 'whole');
  if (pending.length === 0) return;
  yield from(() => 'lost');
  for (const at of pending.keys()) {
    yield from((index) => (index < at ? 'whole' : index === at ? 'half' : 'lost'));
    yield from((index) => (index === at ? 'lost' : 'whole'));
    yield from((index) => (index === at ? 'whole' : 'lost'));
  }
  for (let pick = 0; pick < picks; pick += 1) {
    const share = random();
    yield from(() => (random() < share ? 'whole' : random() < 0.1 ? 'half' : 'lost'));
  }
}

function afterCut(durable: DiskTable, pending: readonly Change[], kept: readonly Kept[]): MemoryDisk {
  const table = cloneTable(durable);
  for (const [index, change] of pending.entries()) {
    if (kept[index] === 'whole') carryOut(table, change);
    else if (kept[index] === 'half' && change.kind === 'bytes') carryOut(table, change, true);
  }
  for (const node of table.values()) node.links = node.kind === 'folder' ? 1 : 0;
  for (const { names } of table.values()) {
    for (const ino of names.values()) {
      const node = table.get(ino);
      if (node?.kind !== 'folder' && node !== undefined) node.links += 1;
    }
  }
  return memoryDisk(table);
}

function describe(change: Change): string {
  switch (change.kind) {
    case 'add':
    case 'remove':
      return `${change.kind} ${change.name}`;
    case 'move':
      return `rename ${change.from.name} to ${change.to.name}`;
    default:
      return `${change.kind} of ${change.ino}`;
  }
}
