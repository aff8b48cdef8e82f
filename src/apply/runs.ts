import { RefitError, refusal } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { RunProgress } from '../journal/journal.ts';
import { isInterrupted, type RunState } from '../journal/next.ts';
import type { RunContext } from './context.ts';
import { explained } from './failure.ts';
import { listRunIds, type Run, readProgress, readRun, refuseUnreadable, type UnreadableRun } from './journal-file.ts';
import { findHolder } from './lock.ts';
import { difference, matches, openObserver } from './observe.ts';
import { type Drift, unblock } from './prepare.ts';

/** What one run did to one path. */
export interface RunChange {
  readonly kind: 'create' | 'update' | 'delete' | 'rename';
  readonly path: RepoPath;
  readonly from?: RepoPath;
}

/** One run as `status` tells it. */
export type RunSummary =
  | {
      readonly kind: 'run';
      readonly id: string;
      /** ISO 8601, UTC. */
      readonly createdAt: string;
      readonly migration: string;
      readonly stepHashes: Readonly<Record<string, string>>;
      /** The folder that paths count from, relative to the top of the work tree; empty for the top. */
      readonly scope: string;
      readonly state: RunState;
      /** Left before its end; not one that is at work now. */
      readonly interrupted: boolean;
      /** The process that is at work on it. */
      readonly pid: number | null;
      /** Why it was undone, when it was. */
      readonly why: string | null;
      readonly changes: readonly RunChange[];
      /** Of a run interrupted or at work: paths begun of all paths, as far as known. */
      readonly begun: number;
      readonly total: number;
      /** Of an applied run: paths that differ from what it wrote, and how. */
      readonly drifted: readonly Drift[];
      /** Paths that a rollback left alone. */
      readonly kept: readonly RepoPath[];
    }
  | ({ readonly kind: 'unreadable' } & UnreadableRun);

/** All runs on record: interrupted ones first, then unreadable ones, then the rest, each newest first. Writes nothing. */
export function listRuns(context: RunContext): readonly RunSummary[] {
  const all = explained(() => {
    // Before the records: a run that ends in between is then told as ended, not as interrupted.
    const holder = findHolder(context);
    const pid = holder?.kind === 'held' ? holder.holder.pid : null;
    return [...listRunIds(context)].reverse().map((id) => summarize(context, id, pid));
  });
  const rank = (run: RunSummary): number => (run.kind === 'unreadable' ? 1 : run.interrupted ? 0 : 2);
  return all.sort((a, b) => rank(a) - rank(b));
}

function summarize(context: RunContext, id: string, pid: number | null): RunSummary {
  const read = readRun(context, id);
  if (read.kind === 'unreadable') return { kind: 'unreadable', ...read.run };
  const { run } = read;
  const { journal, progress } = run;
  const unfinished = isInterrupted(progress.state);
  return {
    kind: 'run',
    id,
    createdAt: journal.createdAt,
    migration: journal.migration,
    stepHashes: journal.stepHashes,
    scope: journal.scope,
    state: progress.state,
    interrupted: unfinished && pid === null,
    pid: unfinished ? pid : null,
    why: progress.history.find(({ why }) => why !== undefined)?.why ?? null,
    changes: changesOf(run),
    begun: unfinished ? countBegun(context, run) : 0,
    total: journal.entries.length,
    drifted: progress.state === 'applied' && journal.scope === (context.scope ?? '') ? findDrift(context, run) : [],
    kept: progress.kept,
  };
}

function changesOf(run: Run): readonly RunChange[] {
  const { entries } = run.journal;
  const renamed = new Set(entries.map(({ from }) => from));
  return entries.flatMap((entry): RunChange[] => {
    const { path, from } = entry;
    if (from !== undefined) return [{ kind: 'rename', path, from }];
    if (entry.after === null) return renamed.has(path) ? [] : [{ kind: 'delete', path }];
    return [{ kind: entry.before === null ? 'create' : 'update', path }];
  });
}

/** Paths of an applied run that differ from what it wrote, and how. */
export function findDrift(context: RunContext, run: Run): readonly Drift[] {
  const observer = openObserver(context);
  // A file of the run's own that blocks a deleted path is as it should be, or drifted itself and told of.
  const planned = new Map(run.journal.entries.map(({ path }) => [path as string, { after: null }]));
  return run.journal.entries.flatMap((entry): Drift[] => {
    const seen = unblock(observer.at(entry.path), planned);
    // The folder that the run made in place of a deleted file is what it wrote.
    const look =
      seen.kind === 'folder' && run.journal.madeFolders.includes(entry.path) ? { kind: 'missing' as const } : seen;
    return matches(look, entry.after, run.journal.fileModes)
      ? []
      : [{ path: entry.path, how: difference(look, entry.after) }];
  });
}

const NEWLINE = 10;

/** Paths begun by an interrupted run; the list is not flushed, so a power cut may have shortened it. */
function countBegun(context: RunContext, run: Run): number {
  const path = `${run.folder}/moved`;
  if (context.fs.lstat(path)?.kind !== 'file') return 0;
  return context.fs.readFile(path).filter((byte) => byte === NEWLINE).length;
}

/** A run that was left before its end. */
export interface InterruptedRun {
  readonly id: string;
  readonly progress: RunProgress;
}

/** The interrupted run that the next command must deal with, or null. @throws RefitError when a record is unreadable. */
export function findInterrupted(context: RunContext): InterruptedRun | null {
  return explained(() => lookForInterrupted(context));
}

function lookForInterrupted(context: RunContext): InterruptedRun | null {
  for (const id of [...listRunIds(context)].reverse()) {
    const read = readProgress(context, id);
    if (read.kind === 'unreadable') throw refuseUnreadable(read.run);
    if (isInterrupted(read.progress.state)) return read;
  }
  return null;
}

/** @throws RefitError (exit 4) when a run was left before its end, or cannot be read and so may have been. */
export function refuseWhileInterrupted(context: RunContext): void {
  const found = findInterrupted(context);
  if (found !== null) throw refuseInterrupted(found);
}

/** The refusal that an interrupted run leads to. */
export function refuseInterrupted(found: InterruptedRun): RefitError {
  return refusal(`run ${found.id} was interrupted while ${found.progress.state}`, {
    hint: nextCommands(found.progress.state).join(', or '),
  });
}

/** What a person may type about an interrupted run. */
export function nextCommands(state: RunState): readonly string[] {
  switch (state) {
    case 'prepared':
    case 'applying':
    case 'undoing':
      return ['refit apply --resume to finish it', 'refit rollback to undo it'];
    case 'rolling-back':
      return ['refit rollback to finish it'];
    case 'applied':
      return ['refit rollback to undo it'];
    case 'undone':
    case 'rolled-back':
      return [];
    default: {
      const unknown: never = state;
      throw new RefitError(`no such state: ${String(unknown)}`);
    }
  }
}
