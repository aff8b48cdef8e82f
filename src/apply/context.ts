import { EXIT, type ExitCode, RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { FileSystem } from '../host/fs.ts';

/** Where a run takes place, and the clock, disk and process it uses. */
export interface RunContext {
  /** Absolute folder that repository paths count from. */
  readonly root: string;
  /** Absolute folder of the runs and their lock; made when needed, private to the user. Outside any tree. */
  readonly runFolder: string;
  /** `root` relative to the top of the work tree, when it is a folder of a larger one. */
  readonly scope?: string;
  readonly fs: FileSystem;
  now(): Date;
  readonly pid: number;
  /** Seconds to wait for another run to end; 0 by default. */
  readonly waitSeconds?: number;
  /** Aborted with `SIGINT`, `SIGTERM` or `SIGHUP` as its reason: the run is undone and fails with 130, 143 or 129. */
  readonly signal?: AbortSignal;
  /** Told now and then while files are prepared (`stage`) and put in place (`write`). */
  onProgress?(phase: 'stage' | 'write', done: number, total: number): void;
}

/** The absolute path of `path`. */
export function absolute(context: RunContext, path: RepoPath): string {
  return `${context.root}/${path}`;
}

const SIGNAL_EXITS: Readonly<Record<string, ExitCode>> = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

/** Throws when the run was asked to stop. `when`: what had been done by then. @throws RefitError with the exit code of the signal. */
export function throwIfStopped(signal: AbortSignal | undefined, when?: string): void {
  if (signal?.aborted !== true) return;
  const name = String(signal.reason);
  const by = name in SIGNAL_EXITS ? ` by ${name}` : '';
  throw new RefitError(`interrupted${by}${when === undefined ? '' : `, ${when}`}`, {
    exitCode: SIGNAL_EXITS[name] ?? EXIT.interrupted,
  });
}

/**
 * What became of a run that failed with `error`: the signal that stopped it, for the programs it had started got the
 * same signal and failed of it, else `error` itself.
 */
export async function signalOr(context: RunContext, error: unknown): Promise<unknown> {
  await nextTurn();
  try {
    throwIfStopped(context.signal);
    return error;
  } catch (stopped) {
    return stopped;
  }
}

/** Lets a signal be heard that came while the disk was busy. */
export async function nextTurn(): Promise<void> {
  // The first may end in the turn it began in, before anything was heard.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

// Disk calls block, and a signal is only delivered between turns of the event loop.
const TURN_EVERY = 32;

/**
 * Runs `act` for each item and looks for a signal before each.
 * @throws RefitError when the run was asked to stop.
 */
export async function forEach<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  act: (item: T, index: number) => void,
  onTurn?: (done: number) => void,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index % TURN_EVERY === TURN_EVERY - 1) {
      onTurn?.(index);
      await nextTurn();
    }
    throwIfStopped(signal);
    act(item, index);
  }
}
