import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { findInterrupted } from '../../src/apply/runs.ts';
import type { RefitError } from '../../src/base/errors.ts';
import { type Fault, faultyFs } from '../support/faulty-fs.ts';
import type { MemoryDisk } from '../support/memory-disk.ts';
import { contextOn, failureOf, finish, run, runAndUndo, type Scenes, stateOf, treeOf } from './memory-scene.ts';

/** A command on a checkout in some state, of which every operation fails once in every way. */
export interface FaultCase {
  readonly name: string;
  readonly from: keyof Scenes['disks'];
  act(context: RunContext): Promise<unknown>;
  /** What the checkout is when the command succeeds. */
  readonly to: 'before' | 'after';
  /** A command that fails leaves the checkout so at once; `either` way the next command may have to bring it there. */
  readonly onFailure: 'before' | 'either';
}

export const FAULT_CASES: readonly FaultCase[] = [
  { name: 'apply', from: 'fresh', act: run, to: 'after', onFailure: 'before' },
  { name: 'apply, lock take-over', from: 'locked', act: run, to: 'after', onFailure: 'before' },
  { name: 'apply that undoes itself', from: 'fresh', act: runAndUndo, to: 'before', onFailure: 'either' },
  { name: 'rollback', from: 'applied', act: rollback, to: 'before', onFailure: 'either' },
  { name: 'rollback of a prepared run', from: 'prepared', act: rollback, to: 'before', onFailure: 'either' },
  { name: 'rollback of a half-written run', from: 'applying', act: rollback, to: 'before', onFailure: 'either' },
  { name: 'rollback of a half-undone run', from: 'undoing', act: rollback, to: 'before', onFailure: 'either' },
  { name: 'rollback, cut off before', from: 'rolling-back', act: rollback, to: 'before', onFailure: 'either' },
  { name: 'resume of a prepared run', from: 'prepared', act: finish, to: 'after', onFailure: 'either' },
  { name: 'resume of a half-written run', from: 'applying', act: resume, to: 'after', onFailure: 'either' },
  { name: 'resume of a half-undone run', from: 'undoing', act: finish, to: 'after', onFailure: 'either' },
];

export const FAULTS: readonly Omit<Fault, 'at'>[] = [
  ...['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'].map((code) => ({ how: 'refuse', code }) as const),
  { how: 'short', code: 'ENOSPC' },
  { how: 'late', code: 'EIO' },
  { how: 'crash', code: 'EIO' },
];

export interface FaultTally {
  readonly operations: number;
  /** Each operation in each way that it can fail. */
  readonly points: number;
  /** Points that were tried: all of them, unless the time was over. */
  faults: number;
  /** The command succeeded all the same. */
  succeeded: number;
  /** It failed, with the checkout as it was promised at once. */
  undone: number;
  /** It failed and left a run that the next command brought to its end. */
  recovered: number;
}

/** @throws Error naming operation and fault when the checkout, or the answer, is not as promised. */
export async function failEveryOperation(
  scenes: Scenes,
  what: FaultCase,
  isOver: () => boolean = () => false,
): Promise<FaultTally> {
  const base = scenes.disks[what.from];
  const counted = faultyFs(base.clone().fs);
  await failureOf(what.act(contextOn(counted.fs)));
  const points = FAULTS.flatMap((fault) =>
    [...counted.log.entries()]
      .filter(([, operation]) => fault.how !== 'short' || operation.startsWith('write'))
      .map(([index, operation]) => ({ fault: { ...fault, at: index + 1 }, operation })),
  );
  const tally = {
    operations: counted.log.length,
    points: points.length,
    faults: 0,
    succeeded: 0,
    undone: 0,
    recovered: 0,
  };
  for (const { fault, operation } of points) {
    if (isOver()) break;
    await failOne(scenes, what, fault, operation, tally);
  }
  return tally;
}

async function failOne(
  scenes: Scenes,
  what: FaultCase,
  fault: Fault,
  operation: string,
  tally: FaultTally,
): Promise<void> {
  const disk = scenes.disks[what.from].clone();
  const failure = await failureOf(what.act(contextOn(faultyFs(disk.fs, { fault }).fs)));
  const insist = (holds: boolean, wish: string): void => {
    if (holds) return;
    const place = `${what.name}, operation ${fault.at} (${operation}) fails with ${fault.code} (${fault.how})`;
    const answer = failure === null ? 'success' : [failure.message, ...failure.details].join('; ');
    throw new Error(`${place}: ${wish}\nanswer: ${answer}\nthe checkout:\n${treeOf(disk)}`);
  };
  tally.faults += 1;
  const context = contextOn(disk.fs);
  const left = findInterrupted(context);
  const goal = scenes[what.to];
  if (failure === null) {
    tally.succeeded += 1;
    insist(treeOf(disk) === goal && left === null, 'the command said that it succeeded, and it did not');
  } else if (fault.how !== 'crash') {
    insist(!claimsUndone(failure) || (treeOf(disk) === scenes.before && left === null), 'it is not undone');
    if (what.onFailure === 'before') insist(treeOf(disk) === scenes.before, 'it is not as before');
  }
  if (failure !== null && left === null) tally.undone += 1;
  if (failure !== null && left !== null) tally.recovered += 1;
  await goBothWays(scenes, disk, insist);
}

const claimsUndone = (failure: RefitError): boolean =>
  failure.details.includes('every file, mode and folder is as it was before');

/** From wherever a command was left, the next ones bring the checkout to before, or to after and then to before. */
export async function goBothWays(
  scenes: Scenes,
  disk: MemoryDisk,
  insist: (holds: boolean, wish: string) => void,
): Promise<void> {
  const state = stateOf(disk);
  if (scenes.seen.has(state)) return;
  const [back, forth] = [disk.clone(), disk.clone()];
  await rollback(contextOn(back.fs));
  insist(treeOf(back) === scenes.before, `rollback does not give before:\n${treeOf(back)}`);
  insist(findInterrupted(contextOn(back.fs)) === null, 'rollback leaves the run interrupted');
  if (findInterrupted(contextOn(forth.fs))?.progress.state === 'rolling-back') {
    await rollback(contextOn(forth.fs));
  }
  await finish(contextOn(forth.fs));
  insist(treeOf(forth) === scenes.after, `apply --resume does not give after:\n${treeOf(forth)}`);
  await rollback(contextOn(forth.fs));
  insist(treeOf(forth) === scenes.before, 'rollback after apply --resume does not give before');
  scenes.seen.add(state);
}
