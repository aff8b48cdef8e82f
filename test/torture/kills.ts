import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { findInterrupted, listRuns } from '../../src/apply/runs.ts';
import { RefitError } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import type { RunState } from '../../src/journal/next.ts';
import { contextIn, snapshot, writeManyCheckout } from '../apply/scene.ts';
import { inputFor, twoHundredWishes } from '../apply/wishes.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { bundleEngine, startEngine } from './engine.ts';
import { pick, type Random, randomFrom } from './random.ts';

export interface KillTally {
  /** Applies killed. */
  kills: number;
  /** Recoveries killed, by how deep: the first, the second, the third in a row. */
  readonly deeper: [number, number, number];
  /** What the kills of an apply left on record. */
  readonly left: Partial<Record<RunState | 'no record', number>>;
  /** Children that were done before the kill reached them; these count as no kill. */
  missed: number;
}

interface Killing {
  readonly engine: string;
  readonly context: RunContext;
  readonly random: Random;
  readonly before: string;
  readonly after: string;
  /** Disk operations of each verb, on the whole checkout. */
  readonly operations: Readonly<Record<'apply' | 'rollback' | 'resume', number>>;
  readonly tally: KillTally;
}

// About as long as an apply takes on a machine with nothing else to do.
const MILLISECONDS = 150;

/** Memory where the machine offers it: what a kill leaves does not depend on the disk. */
export const fastFolder = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

/**
 * Kills an apply of 200 changes at a random moment, again and again, and each time looks at what the next command says and
 * does. Ends when `isDone`. @throws Error with the seed when the checkout is not as promised.
 */
export async function killAtRandom(seed: number, isDone: (tally: KillTally) => boolean): Promise<KillTally> {
  const top = fs.realpathSync(fs.mkdtempSync(join(fastFolder, 'refit-kills-')));
  try {
    const context = contextIn(top, { pid: process.pid });
    writeManyCheckout(context.root);
    const before = shown(context);
    const counted = faultyFs(nodeFileSystem);
    await apply({ ...context, fs: counted.fs }, inputFor(twoHundredWishes));
    const applied = counted.log.length;
    const after = shown(context);
    await rollback({ ...context, fs: counted.fs });
    const rolledBack = counted.log.length - applied;
    const killing: Killing = {
      engine: await bundleEngine(top),
      context,
      random: randomFrom(seed),
      before,
      after,
      operations: { apply: applied, rollback: rolledBack, resume: applied >> 1 },
      tally: { kills: 0, deeper: [0, 0, 0], left: {}, missed: 0 },
    };
    while (!isDone(killing.tally)) await killOnce(killing);
    return killing.tally;
  } catch (error) {
    throw new Error(`with REFIT_SEED=${seed}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    fs.rmSync(top, { recursive: true, force: true });
  }
}

/** The checkout, and that nothing lies beside it that was not there. */
function shown({ root }: RunContext): string {
  const beside = fs.readdirSync(join(root, '..')).filter((name) => name !== 'engine');
  return [...beside.sort(), ...snapshot(root)].filter((name) => name !== 'runs').join('\n');
}

async function killOnce(killing: Killing): Promise<void> {
  const { context, random, tally } = killing;
  fs.rmSync(context.runFolder, { recursive: true, force: true });
  if (!(await runAndKill(killing, 'apply'))) tally.missed += 1;
  else {
    tally.kills += 1;
    const state = newestState(context) ?? 'no record';
    tally.left[state] = (tally.left[state] ?? 0) + 1;
    await requireReported(context);
    for (let depth = 0; depth < 3 && random() < 0.4; depth += 1) {
      if (findInterrupted(context) === null) break;
      if (await runAndKill(killing, pick(random, ['rollback', 'resume']))) (tally.deeper[depth] as number) += 1;
      await requireReported(context);
    }
  }
  await recover(killing);
}

function newestState(context: RunContext): RunState | null {
  const [newest] = listRuns(context);
  return newest?.kind === 'run' ? newest.state : null;
}

/** False when the child was done before the signal reached it. */
async function runAndKill(killing: Killing, verb: keyof Killing['operations']): Promise<boolean> {
  const { engine, context, random, operations } = killing;
  // Most end right before an operation, all of which are as likely; the others by the clock, in the middle of one.
  const byClock = random() < 0.25;
  const killAt = byClock ? 0 : 1 + Math.floor(random() * operations[verb]);
  const child = startEngine(engine, verb, join(context.root, '..'), { killAt });
  await child.ready;
  child.begin();
  const timer = byClock ? setTimeout(() => child.kill('SIGKILL'), random() * MILLISECONDS) : undefined;
  const { signal, code } = await child.end;
  clearTimeout(timer);
  if (signal === 'SIGKILL') return true;
  if (code !== 0 && code !== 4) throw new Error(`${verb} ended with ${code}`);
  return false;
}

/** The next command says first that a run was left, whatever it is asked to do, and changes nothing. */
async function requireReported(context: RunContext): Promise<void> {
  const found = findInterrupted(context);
  if (found === null) return;
  const tree = shown(context);
  const failure = await apply(context, inputFor([{ create: 'other', to: { content: 'x' } }])).catch((e: unknown) => e);
  const words = `run ${found.id} was interrupted while ${found.progress.state}`;
  if (!(failure instanceof RefitError) || failure.message !== words || failure.exitCode !== 4) {
    throw new Error(`the next command does not say "${words}" but ${String(failure)}`);
  }
  const [first] = listRuns(context);
  if (first?.id !== found.id || first.kind !== 'run' || !first.interrupted)
    throw new Error('status does not begin with it');
  if (shown(context) !== tree) throw new Error('the refused command changed the checkout');
}

async function recover({ context, random, before, after }: Killing): Promise<void> {
  const state = findInterrupted(context)?.progress.state;
  if (random() < 0.5 && state !== 'rolling-back') {
    const outcome = await resume(context);
    const isApplied = outcome.kind === 'applied' || newestState(context) === 'applied';
    if (!isApplied) await apply(context, inputFor(twoHundredWishes));
    if (shown(context) !== after) throw new Error(`apply --resume after ${state} does not give after`);
  }
  await rollback(context);
  if (shown(context) !== before) throw new Error(`rollback after ${state} does not give before`);
  if (findInterrupted(context) !== null) throw new Error('rollback leaves the run interrupted');
}
