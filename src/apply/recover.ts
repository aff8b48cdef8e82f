import { refusal } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { EntryStat } from '../host/fs.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type ApplyInput, underLock, undoAfterFailure, writeAndClose } from './apply.ts';
import type { RunContext } from './context.ts';
import { dropBackups, type Run, readPlanOf, record, removeUnbornRuns, requireRun } from './journal-file.ts';
import { difference, matches, type Observer, openObserver, type Present } from './observe.ts';
import { type Drift, unblock } from './prepare.ts';
import { bringBack, survey, sweepStaged } from './restore.ts';
import { findInterrupted } from './runs.ts';

export type ResumeOutcome =
  | { readonly kind: 'nothing-to-resume'; readonly why: string }
  | { readonly kind: 'applied'; readonly run: string }
  /**
   * The run had not begun to write, or had begun to undo itself: its new files are gone or were never whole. The
   * checkout is as it was before the run, and the plan kept with it can be applied again.
   */
  | { readonly kind: 'start-over'; readonly run: string; readonly planJson: string };

/**
 * Finishes the interrupted run. When all its new files are still waiting, the remaining ones are put in place, and
 * `beforeClose` is asked as in `apply`; when one is gone, as a power cut or a person may leave it, the checkout is brought back to before and `start-over` returns the
 * plan. A crash in here leaves the run interrupted as it was; this, or `rollback`, can be run again. A failure after the
 * first write is undone.
 * @throws RefitError (exit 4) when a file is neither as before nor as after (naming each), when a waiting file was
 * altered, or when the run is in the middle of a rollback.
 */
export function resume(context: RunContext, input: Pick<ApplyInput, 'beforeClose'> = {}): Promise<ResumeOutcome> {
  return underLock(context, 'resume', async () => {
    removeUnbornRuns(context);
    const found = findInterrupted(context);
    if (found === null) return { kind: 'nothing-to-resume', why: 'no run was interrupted' };
    const run = requireRun(context, found.id);
    refuseOther(context, run);
    return run.progress.state === 'applying' ? goOn(context, run, input) : startOver(context, run);
  });
}

function refuseOther(context: RunContext, run: Run): void {
  if (run.progress.state === 'rolling-back') {
    throw refusal(`run ${run.id} was being rolled back`, { hint: 'refit rollback finishes that; then apply again' });
  }
  const { scope } = run.journal;
  if (scope === (context.scope ?? '')) return;
  throw refusal(`run ${run.id} belongs to ${scope === '' ? 'the top of the work tree' : `the folder ${scope}`}`);
}

async function startOver(context: RunContext, run: Run): Promise<ResumeOutcome> {
  const planJson = readPlanOf(context, run);
  const found = survey(context, run);
  const problems = [...found.changed, ...found.damaged];
  if (problems.length > 0) throw refuseProblems(run, problems);
  const undoing = run.progress.state === 'undoing' ? run : record(context, run, 'undo-started');
  await bringBack(context, undoing, found);
  dropBackups(context, record(context, undoing, 'undo-finished'));
  return { kind: 'start-over', run: run.id, planJson };
}

async function goOn(context: RunContext, run: Run, input: Pick<ApplyInput, 'beforeClose'>): Promise<ResumeOutcome> {
  const { todo, seen, problems, lost } = surveyForward(context, run);
  if (problems.length > 0) throw refuseProblems(run, problems);
  if (lost) return startOver(context, run);
  // Paths of the first attempt that are in place already belong to what an undo takes back.
  const waiting = new Set(todo.map(({ path }) => path));
  const done = run.journal.entries.filter(({ path }) => !waiting.has(path));
  const touched = new Set(done.map(({ path }) => path));
  try {
    // A crash between the two halves of a move leaves the file under both names.
    sweepStaged(context, run, done);
    await writeAndClose(context, run, todo, seen, (path) => touched.add(path), input);
  } catch (error) {
    throw await undoAfterFailure(context, run, error, touched);
  }
  return { kind: 'applied', run: run.id };
}

/** Entries still to be moved, how they look now, what stands in the way of moving them, and whether a new file is lost. */
function surveyForward(context: RunContext, run: Run) {
  const { entries, fileModes } = run.journal;
  const observer = openObserver(context);
  const deleted = new Map(entries.map((entry) => [entry.path as string, { after: entry.after }]));
  const emptied = new Set(run.journal.emptiedFolders.map(({ path }) => path));
  const made = new Set(run.journal.madeFolders);
  const todo: JournalEntry[] = [];
  const seen = new Map<RepoPath, EntryStat>();
  const problems: Drift[] = [];
  let lost = false;
  for (const entry of entries) {
    const look = lookFor(entry, observer, deleted, emptied, made);
    if (matches(look, entry.after, fileModes)) continue;
    const waiting = entry.after === null ? null : observer.at(entry.after.staged);
    const altered = waiting?.kind === 'file' && waiting.state.sha256 !== entry.after?.sha256;
    if (!matches(look, entry.before, fileModes)) {
      problems.push({ path: entry.path, how: difference(look, entry.before) });
    } else if (altered) {
      problems.push({ path: entry.path, how: `cannot be written: ${entry.after?.staged} was altered` });
    }
    lost ||= waiting !== null && waiting.kind !== 'file';
    if (look.kind === 'file') seen.set(entry.path, look.stat);
    todo.push(entry);
  }
  return { todo, seen, problems, lost };
}

function lookFor(
  entry: JournalEntry,
  observer: Observer,
  deleted: ReadonlyMap<string, { readonly after: unknown }>,
  emptied: ReadonlySet<RepoPath>,
  made: ReadonlySet<RepoPath>,
): Present {
  const look = observer.at(entry.path);
  // A folder in the place of a file that goes, or that is to come, is one that the run makes or removes.
  if (look.kind === 'folder' && (emptied.has(entry.path) || made.has(entry.path))) return { kind: 'missing' };
  if (look.kind === 'blocked' && entry.after === null) return { kind: 'missing' };
  return unblock(look, deleted);
}

function refuseProblems(run: Run, problems: readonly Drift[]): Error {
  return refusal(`run ${run.id} cannot be resumed; nothing was changed`, {
    details: problems.map(({ path, how }) => `${path} ${how}`),
    hint: 'refit rollback brings back what was there before (--keep-changed leaves files changed since)',
  });
}
