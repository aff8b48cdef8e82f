import { EXIT, RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { ChangeContent, FileChange } from '../tree/changes.ts';
import { type RunContext, signalOr, throwIfStopped } from './context.ts';
import { attempt, describeFailure, succeeds } from './failure.ts';
import { createRun, dropBackups, listRunIds, nextRunId, type Run, record, removeUnbornRuns } from './journal-file.ts';
import { takeLock } from './lock.ts';
import { moveForward } from './move.ts';
import { prepare } from './prepare.ts';
import { bringBack, survey } from './restore.ts';
import { refuseWhileInterrupted } from './runs.ts';
import { type Seen, stage } from './stage.ts';

/** What a run writes, and what is kept with it. */
export interface ApplyInput {
  /** Id of the migration, and its steps' hashes, for the record. */
  readonly migration: string;
  readonly stepHashes: Readonly<Record<string, string>>;
  readonly changes: readonly FileChange[];
  content(change: FileChange): ChangeContent;
  /** The plan as JSON text, kept with the run. */
  readonly planJson: string;
  /** False where permission bits on this disk say nothing (git's core.fileMode); true by default. */
  readonly fileModes?: boolean;
  /** The last look at the written checkout, such as the second-run proof. When it throws, the run is undone. */
  beforeClose?(): void | Promise<void>;
}

/** How an apply ended that did not fail. */
export type ApplyOutcome =
  | { readonly kind: 'nothing-to-do' }
  | {
      readonly kind: 'applied';
      readonly run: string;
      /** What could not be kept as it was, such as an owner; one line each. */
      readonly warnings: readonly string[];
    };

/**
 * Writes the changes to the checkout: all of them, or none. In order, with what a crash leaves behind at each stage:
 *
 * 1. Take the lock; look at every touched path. *A crash leaves a lock whose holder is dead: the next run takes it over.*
 * 2. Put the run on record as `prepared`, with the name of every file it will write. *An unnamed folder among the runs.*
 * 3. Keep backups and write the new files beside their targets; make all of it durable at once. *The checkout as it
 *    was, plus staged files named in the journal: `rollback` removes them.*
 * 4. Record `applying`; move the new files in place one by one, delete, remove emptied folders; make the names durable.
 *    *Each path as before or as after: `rollback` brings all back, `resume` brings all forward.*
 * 5. Ask `beforeClose`, then record `applied`. *As stage 4, all paths as after; or applied.*
 *
 * A failure at any stage is undone before this throws, and the error says so; it names what could not be put back. The
 * permission bits of a changed file stay (execute bits follow the plan), its owner too where this user may set it; a
 * file with several hard links is replaced, so its other names keep the old content. Access lists and extended
 * attributes are not kept.
 * @throws RefitError with exit 4 when a path is not as planned, another run holds the lock or an interrupted run waits;
 * with 129, 130 or 143 when stopped by a signal; with 1 for any other failure.
 */
export async function apply(context: RunContext, input: ApplyInput): Promise<ApplyOutcome> {
  if (input.changes.length === 0) return { kind: 'nothing-to-do' };
  return underLock(context, `apply ${input.migration}`, async () => {
    refuseWhileInterrupted(context);
    removeUnbornRuns(context);
    const run = await begin(context, input);
    const touched = new Set<RepoPath>();
    let current = run;
    let warnings: readonly string[] = [];
    try {
      const staged = await stage(context, run, contentOf(input));
      warnings = staged.warnings;
      throwIfStopped(context.signal);
      current = record(context, run, 'write-started');
      current = await writeAndClose(
        context,
        current,
        run.journal.entries,
        staged.seen,
        (path) => touched.add(path),
        input,
      );
    } catch (error) {
      throw await undoAfterFailure(context, current, error, touched);
    }
    return { kind: 'applied', run: current.id, warnings };
  });
}

/** The last part of a run, shared by `apply` and `resume`: move, prove, record `applied`. */
export async function writeAndClose(
  context: RunContext,
  run: Run,
  todo: readonly JournalEntry[],
  seen: Seen,
  touch: (path: RepoPath) => void,
  input: Pick<ApplyInput, 'beforeClose'>,
): Promise<Run> {
  await moveForward(context, run, todo, seen, touch);
  await input.beforeClose?.();
  throwIfStopped(context.signal);
  return record(context, run, 'write-finished');
}

async function begin(context: RunContext, input: ApplyInput): Promise<Run> {
  const id = nextRunId(context.now(), listRunIds(context));
  const fileModes = input.fileModes ?? true;
  const prepared = await prepare(context, id, input.changes, fileModes);
  const journal = {
    run: id,
    createdAt: context.now().toISOString(),
    scope: context.scope ?? '',
    migration: input.migration,
    stepHashes: { ...input.stepHashes },
    planSha256: sha256(input.planJson),
    fileModes,
    entries: [...prepared.entries],
    madeFolders: [...prepared.madeFolders],
    emptiedFolders: [...prepared.emptiedFolders],
  };
  return createRun(context, journal, input.planJson);
}

function contentOf(input: ApplyInput): (entry: JournalEntry) => Uint8Array {
  const changes = new Map(input.changes.map((change) => [change.path, change]));
  return ({ path }) => {
    const change = changes.get(path);
    const after = change === undefined ? undefined : input.content(change).after;
    if (after === undefined) throw new RefitError(`there is no new content for ${path}`);
    return after;
  };
}

/**
 * Undoes a run that failed, and returns the error to throw: the first failure, with what became of the checkout. Only
 * paths in `touched` were begun; the others are as they were, whatever other programs did to them.
 */
export async function undoAfterFailure(
  context: RunContext,
  failed: Run,
  error: unknown,
  touched: ReadonlySet<RepoPath>,
): Promise<RefitError> {
  const cause = await signalOr(context, error);
  const why = describeFailure(cause);
  // A disk too full to record the undo can still be undone: the state on record leads the next command the same way.
  const started = attempt(() => record(context, failed, 'undo-started', { why: why.message }));
  try {
    const found = survey(context, failed, touched);
    const problems = [...found.changed, ...found.damaged];
    const warnings = await bringBack(context, failed, found);
    if (problems.length > 0) {
      return notUndone(
        failed,
        why,
        problems.map(({ path, how }) => `${path} ${how}; its old content: ${backupOf(failed, path)}`),
      );
    }
    const undoing = started ?? record(context, failed, 'undo-started', { why: why.message });
    const undone = record(context, undoing, 'undo-finished');
    succeeds(() => dropBackups(context, undone));
    return new RefitError(why.message, {
      exitCode: why.exitCode,
      details: [...why.details, ...warnings, 'every file, mode and folder is as it was before'],
      ...(why.hint === undefined ? {} : { hint: why.hint }),
      cause,
    });
  } catch (error) {
    return notUndone(failed, why, [`undoing it failed too: ${describeFailure(error).message}`]);
  }
}

function backupOf(run: Run, path: RepoPath): string {
  const backup = run.journal.entries.find((entry) => entry.path === path)?.before?.backup;
  return backup === undefined ? 'none' : `${run.folder}/backups/${backup}`;
}

function notUndone(run: Run, why: RefitError, problems: readonly string[]): RefitError {
  return new RefitError(`${why.message}; run ${run.id} could not be undone completely`, {
    exitCode: why.exitCode === EXIT.refused ? EXIT.fault : why.exitCode,
    details: [...why.details, ...problems],
    hint: 'when the cause is gone: refit rollback',
    cause: why,
  });
}

/** Runs `act` under the lock, and turns failures of the disk into errors with words. */
export async function underLock<T>(context: RunContext, doing: string, act: () => Promise<T>): Promise<T> {
  try {
    const lock = await takeLock(context, doing);
    try {
      return await act();
    } finally {
      // The lock of a process that ends is taken over, so a failure to give it back must not hide the result.
      if (!succeeds(() => lock.release())) succeeds(() => lock.release());
    }
  } catch (error) {
    throw describeFailure(error);
  }
}
