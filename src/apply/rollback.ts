import { RefitError, refusal } from '../base/errors.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { isInterrupted } from '../journal/next.ts';
import { underLock } from './apply.ts';
import { nextTurn, type RunContext, throwIfStopped } from './context.ts';
import {
  dropBackups,
  listRunIds,
  type Run,
  readProgress,
  record,
  refuseUnreadable,
  removeUnbornRuns,
  requireRun,
} from './journal-file.ts';
import type { Drift } from './prepare.ts';
import { bringBack, type Survey, survey } from './restore.ts';
import { findInterrupted } from './runs.ts';

/** Which run to undo, and what to do about files changed since. */
export interface RollbackOptions {
  /** The run to roll back; by default the interrupted one, else the newest applied one. */
  readonly run?: string;
  /** Leaves files that somebody changed since, instead of refusing. */
  readonly keepChanged?: boolean;
}

/** How a rollback ended that did not fail. */
export type RollbackOutcome =
  | { readonly kind: 'nothing-to-undo'; readonly why: string }
  | {
      /** `undone`: an interrupted run; `rolled-back`: an applied one. */
      readonly kind: 'undone' | 'rolled-back';
      readonly run: string;
      /** Paths whose old content is back. */
      readonly restored: readonly RepoPath[];
      /** Paths that the run had created and that are gone. */
      readonly removed: readonly RepoPath[];
      /** Paths left alone; their old content stays in the run's `backups`. */
      readonly kept: readonly Drift[];
      readonly warnings: readonly string[];
    };

/**
 * Brings back the exact bytes, modes and folders from before a run: an applied one, or one that was interrupted. Every
 * path and backup is looked at before the first is changed. A crash leaves the run as `rolling-back` (or `undoing`) with
 * each path as before or as after; running this again finishes it. The record of the run stays, its backups go.
 * A signal before the first change ends it there. One that comes later is heard when all is done, for half a rollback
 * is of use to nobody and half an apply to nobody either.
 * @throws RefitError (exit 4) when a file is neither as before nor as after the run (naming each), when a newer run
 * touched the same files, when the record or a backup is damaged or the run belongs to another folder; with 129, 130 or
 * 143 when stopped by a signal, saying whether the run was rolled back first.
 */
export function rollback(context: RunContext, options: RollbackOptions = {}): Promise<RollbackOutcome> {
  return underLock(context, `rollback${options.run === undefined ? '' : ` ${options.run}`}`, async () => {
    removeUnbornRuns(context);
    const chosen = choose(context, options.run);
    if (typeof chosen === 'string') return { kind: 'nothing-to-undo', why: chosen };
    refuseOtherFolder(context, chosen);
    refuseNewerOnTop(context, chosen);
    return bringRunBack(context, chosen, options.keepChanged ?? false);
  });
}

/** The run to undo, or in words why there is none. */
function choose(context: RunContext, id: string | undefined): Run | string {
  const interrupted = findInterrupted(context);
  if (interrupted !== null) {
    if (id !== undefined && id !== interrupted.id) {
      throw refusal(`run ${interrupted.id} was interrupted and comes first`, { hint: 'refit rollback' });
    }
    return requireRun(context, interrupted.id);
  }
  const ids = listRunIds(context);
  if (id === undefined && ids.length === 0) return 'there is no run on record';
  if (id !== undefined && !ids.includes(id)) {
    throw refusal(`there is no run ${id}`, { hint: 'refit status lists the runs' });
  }
  for (const candidate of id === undefined ? [...ids].reverse() : [id]) {
    const read = readProgress(context, candidate);
    if (read.kind === 'unreadable') throw refuseUnreadable(read.run);
    if (read.progress.state === 'applied') {
      const run = requireRun(context, candidate);
      // Without an id the newest run of this folder is meant, whatever was run elsewhere in the work tree.
      if (id !== undefined || run.journal.scope === (context.scope ?? '')) return run;
    }
    if (id !== undefined) return `run ${id} is ${read.progress.state === 'undone' ? 'undone' : 'rolled back'} already`;
  }
  return 'every run on this folder is undone or rolled back already';
}

function refuseOtherFolder(context: RunContext, run: Run): void {
  const { scope } = run.journal;
  if (scope === (context.scope ?? '')) return;
  throw refusal(`run ${run.id} belongs to ${scope === '' ? 'the top of the work tree' : `the folder ${scope}`}`, {
    hint: `run the command on that folder${scope === '' ? '' : `: refit rollback ${scope}`}`,
  });
}

function refuseNewerOnTop(context: RunContext, run: Run): void {
  const paths = new Set(run.journal.entries.map(({ path }) => full(run, path)));
  for (const id of listRunIds(context)
    .filter((other) => comparePaths(other, run.id) > 0)
    .reverse()) {
    const read = readProgress(context, id);
    if (read.kind === 'unreadable') throw refuseUnreadable(read.run);
    if (read.progress.state !== 'applied') continue;
    const newer = requireRun(context, id);
    const shared = newer.journal.entries.map(({ path }) => full(newer, path)).filter((path) => paths.has(path));
    if (shared.length === 0) continue;
    throw refusal(`run ${id} is newer than ${run.id} and touched the same files`, {
      details: shared,
      hint: `roll that one back first: refit rollback --run ${id}`,
    });
  }
}

function full(run: Run, path: RepoPath): string {
  return run.journal.scope === '' ? path : `${run.journal.scope}/${path}`;
}

async function bringRunBack(context: RunContext, run: Run, keepChanged: boolean): Promise<RollbackOutcome> {
  const found = survey(context, run);
  refuseDamaged(run, found);
  if (found.changed.length > 0 && !keepChanged) throw refuseChanged(run, found);
  await nextTurn();
  throwIfStopped(context.signal);
  const started = start(context, run);
  const warnings = await finishOrTell(context, started, found);
  const kept = found.changed.map(({ path }) => path);
  const undone = started.progress.state === 'undoing';
  const ended = record(context, started, undone ? 'undo-finished' : 'rollback-finished', { kept });
  dropBackups(context, ended);
  await nextTurn();
  throwIfStopped(context.signal, `after run ${run.id} was ${undone ? 'undone' : 'rolled back'} completely`);
  return {
    kind: undone ? 'undone' : 'rolled-back',
    run: run.id,
    restored: found.restore.map(({ entry }) => entry.path),
    removed: found.remove.map(({ entry }) => entry.path),
    kept: found.changed,
    warnings,
  };
}

function start(context: RunContext, run: Run): Run {
  const { state } = run.progress;
  if (state === 'undoing' || state === 'rolling-back') return run;
  return record(context, run, isInterrupted(state) ? 'undo-started' : 'rollback-started');
}

async function finishOrTell(context: RunContext, run: Run, found: Survey): Promise<readonly string[]> {
  try {
    return await bringBack(context, run, found);
  } catch (error) {
    const left = survey(context, run);
    const details = [...left.restore, ...left.remove].map(({ entry }) => `${entry.path} is not back yet`);
    throw new RefitError(
      `rolling back run ${run.id} stopped part-way: ${error instanceof Error ? error.message : String(error)}`,
      {
        details,
        hint: 'when the cause is gone, refit rollback finishes it',
        cause: error,
      },
    );
  }
}

function refuseDamaged(run: Run, found: Survey): void {
  if (found.damaged.length === 0) return;
  throw refusal(`run ${run.id} cannot be rolled back: backups are missing or damaged; nothing was changed`, {
    details: found.damaged.map(({ path, how }) => `${path} ${how}`),
  });
}

function refuseChanged(run: Run, found: Survey): RefitError {
  return refusal(`files were changed since run ${run.id}; nothing was rolled back`, {
    details: found.changed.map(({ path, how }) => `${path} ${how}`),
    hint: 'refit rollback --keep-changed restores the others and leaves these',
  });
}
