import { randomBytes } from 'node:crypto';
import { RefitError, refusal } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { maskSecrets } from '../base/secrets.ts';
import { decodeText } from '../base/text.ts';
import { type FileSystem, type FolderEntry, fsErrorCode } from '../host/fs.ts';
import {
  advance,
  type Decoded,
  decodeJournal,
  decodeProgress,
  encodeJournal,
  encodeProgress,
  type Journal,
  type RunProgress,
} from '../journal/journal.ts';
import type { RunEventType } from '../journal/next.ts';
import type { RunContext } from './context.ts';
import { flush, makePrivateFolder, removeTree, replaceFile } from './durable.ts';

/** A run on record whose journal and progress are whole and agree. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  readonly journal: Journal;
  readonly progress: RunProgress;
}

/** A run whose record cannot be acted on, and what a person does about it. */
export interface UnreadableRun {
  readonly id: string;
  readonly folder: string;
  readonly why: string;
  /** What is known, and how to recover by hand: one line each. */
  readonly advice: readonly string[];
}

export type ReadRun =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'unreadable'; readonly run: UnreadableRun };

const RUN_FOLDER_NAME = /^\d{8}-\d{9}-[0-9a-f]{6}$/;
const UNBORN = '.new-';

/**
 * A run id: UTC time to the millisecond and six random digits, greater than every id in `existing` even when the
 * clock went backwards, so that the order of ids is the order of runs.
 */
export function nextRunId(now: Date, existing: readonly string[]): string {
  const newest = existing.at(-1)?.slice(0, 18) ?? '';
  const stamp = stampOf(now);
  const random = randomBytes(3).toString('hex');
  if (stamp > newest) return `${stamp}-${random}`;
  const [date = '', time = ''] = newest.split('-');
  const at = (text: string, from: number, to: number) => Number(text.slice(from, to));
  const after = Date.UTC(
    at(date, 0, 4),
    at(date, 4, 6) - 1,
    at(date, 6, 8),
    at(time, 0, 2),
    at(time, 2, 4),
    at(time, 4, 6),
    at(time, 6, 9) + 1,
  );
  return `${stampOf(new Date(after))}-${random}`;
}

function stampOf(time: Date): string {
  return time
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');
}

/** Ids of all runs on record, oldest first. */
export function listRunIds(context: RunContext): readonly string[] {
  const stat = context.fs.lstat(context.runFolder);
  if (stat === null) return [];
  if (stat.kind !== 'folder') {
    throw refusal(`the record of runs cannot be kept: ${context.runFolder} is not a folder`, {
      hint: 'move away what stands there',
    });
  }
  const names = readRunFolder(context, stat.uid).map(({ name }) => name);
  return names.filter((name) => RUN_FOLDER_NAME.test(name)).sort(comparePaths);
}

function readRunFolder({ fs, runFolder }: RunContext, owner: number): readonly FolderEntry[] {
  try {
    return fs.readdir(runFolder);
  } catch (error) {
    if (fsErrorCode(error) !== 'EACCES' || owner === process.getuid?.()) throw error;
    throw refusal(`the records of this checkout belong to another user (${owner}): ${runFolder}`, {
      hint: 'run as that user, or let that user roll back first',
    });
  }
}

/**
 * Puts a run on record as `prepared`: durable on return, before anything else of the run exists. A crash in here
 * leaves a folder named `.new-…` that no command takes for a run, and nothing in the checkout.
 */
export function createRun(context: RunContext, journal: Journal, planJson: string): Run {
  const { fs, runFolder } = context;
  const unborn = `${runFolder}/${UNBORN}${journal.run}`;
  const text = encodeJournal(journal);
  const checked = decodeJournal(text);
  if (checked.kind !== 'ok') throw new RefitError(`this run cannot be put on record: ${JSON.stringify(checked)}`);
  const progress: RunProgress = {
    run: journal.run,
    journalSha256: checked.sha256,
    state: 'prepared',
    history: [],
    kept: [],
  };
  const folder = `${runFolder}/${journal.run}`;
  try {
    makePrivateFolder(fs, unborn);
    makePrivateFolder(fs, `${unborn}/backups`);
    replaceFile(fs, `${unborn}/plan.json`, Buffer.from(planJson));
    replaceFile(fs, `${unborn}/journal`, Buffer.from(text));
    replaceFile(fs, `${unborn}/progress`, Buffer.from(encodeProgress(progress)));
    fs.rename(unborn, folder);
    flush(fs, runFolder);
  } catch (error) {
    forget(fs, folder, unborn);
    throw error;
  }
  return { id: journal.run, folder, journal, progress };
}

/** Takes a run off the record that has done nothing yet; under its unborn name first, so that it is never half a run. */
function forget(fs: FileSystem, folder: string, unborn: string): void {
  try {
    if (fs.lstat(folder) !== null) fs.rename(folder, unborn);
    removeTree(fs, unborn);
  } catch (error) {
    // What is left is swept by the next run, or is an interrupted run with nothing to undo.
    if (fsErrorCode(error) === undefined) throw error;
  }
}

/** Records an event of `run`; durable on return. A crash in here leaves the run in the state before or after it. */
export function record(
  context: RunContext,
  run: Run,
  type: RunEventType,
  more: { readonly why?: string; readonly kept?: readonly RepoPath[] } = {},
): Run {
  const event = {
    type,
    at: context.now().toISOString(),
    ...(more.why === undefined ? {} : { why: maskSecrets(more.why) }),
  };
  const progress = advance(run.progress, event, more.kept);
  replaceFile(context.fs, `${run.folder}/progress`, Buffer.from(encodeProgress(progress)));
  return { ...run, progress };
}

/** Reads one run. Whatever is cut short, altered, missing or of a newer format comes back as unreadable. */
export function readRun(context: RunContext, id: string): ReadRun {
  const folder = `${context.runFolder}/${id}`;
  const journal = readRecord(context, `${folder}/journal`, decodeJournal);
  const progress = readRecord(context, `${folder}/progress`, decodeProgress);
  const problem = problemOf(journal, 'journal') ?? problemOf(progress, 'progress');
  if (problem !== null || journal.kind !== 'ok' || progress.kind !== 'ok') {
    return { kind: 'unreadable', run: unreadable(id, folder, problem ?? 'unknown', journal, progress) };
  }
  const { value } = journal;
  if (value.run !== id || progress.value.run !== id || progress.value.journalSha256 !== journal.sha256) {
    const why = 'its journal and its progress belong to different runs';
    return { kind: 'unreadable', run: unreadable(id, folder, why, journal, progress) };
  }
  return { kind: 'run', run: { id, folder, journal: value, progress: progress.value } };
}

/** How far a run is, read without its journal. */
export type ReadProgress =
  | { readonly kind: 'run'; readonly id: string; readonly progress: RunProgress }
  | { readonly kind: 'unreadable'; readonly run: UnreadableRun };

/** Reads how far one run is: cheap, for the many runs that ended long ago. */
export function readProgress(context: RunContext, id: string): ReadProgress {
  const decoded = readRecord(context, `${context.runFolder}/${id}/progress`, decodeProgress);
  if (decoded.kind === 'ok' && decoded.value.run === id) return { kind: 'run', id, progress: decoded.value };
  const read = readRun(context, id);
  if (read.kind === 'unreadable') return read;
  throw new RefitError(`run ${id} changed while it was read`);
}

/** The plan that a run was made from, as it was given to it. @throws RefitError when it was altered since. */
export function readPlanOf(context: RunContext, run: Run): string {
  const bytes = context.fs.readFile(`${run.folder}/plan.json`);
  if (sha256(bytes) !== run.journal.planSha256) {
    throw refusal(`the plan kept with run ${run.id} was altered`, { details: [`${run.folder}/plan.json`] });
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Removes runs that a crash kept from being put on record. The caller holds the lock. */
export function removeUnbornRuns(context: RunContext): void {
  for (const { name } of context.fs.readdir(context.runFolder)) {
    if (name.startsWith(UNBORN)) removeTree(context.fs, `${context.runFolder}/${name}`);
  }
}

/** Removes the backups that a run undone or rolled back no longer needs; those of files it left alone stay. */
export function dropBackups(context: RunContext, run: Run): void {
  const { fs } = context;
  const folder = `${run.folder}/backups`;
  if (fs.lstat(folder) === null) return;
  const kept = new Set<string>(run.progress.kept);
  const needed = new Set(run.journal.entries.filter(({ path }) => kept.has(path)).map(({ before }) => before?.backup));
  for (const { name } of fs.readdir(folder)) if (!needed.has(name)) fs.unlink(`${folder}/${name}`);
  if (fs.readdir(folder).length === 0) fs.rmdir(folder);
}

function readRecord<T>(context: RunContext, path: string, decode: (text: string) => Decoded<T>): Decoded<T> {
  const stat = context.fs.lstat(path);
  if (stat?.kind !== 'file') return { kind: 'damaged', why: 'it is missing' };
  const text = decodeText(context.fs.readFile(path));
  return text === null ? { kind: 'damaged', why: 'it is not text' } : decode(text);
}

function problemOf(decoded: Decoded<unknown>, name: string): string | null {
  if (decoded.kind === 'ok') return null;
  if (decoded.kind === 'newer') return `its ${name} has format ${decoded.version}, written by a newer version of refit`;
  return `its ${name} is damaged: ${decoded.why}`;
}

function unreadable(
  id: string,
  folder: string,
  why: string,
  journal: Decoded<Journal>,
  progress: Decoded<RunProgress>,
): UnreadableRun {
  const known: string[] = [];
  if (progress.kind === 'ok') known.push(`last recorded state: ${progress.value.state}`);
  if (journal.kind === 'ok') known.push(`it touched ${journal.value.entries.map((entry) => entry.path).join(', ')}`);
  if (journal.kind === 'newer' || progress.kind === 'newer') {
    return { id, folder, why, advice: [...known, 'install the version of refit that wrote it, or a later one'] };
  }
  const byHand = [
    `the old content of files it changed is in ${folder}/backups, numbered by sorted path`,
    `what it was to change is in ${folder}/plan.json`,
    `files named .*.refit-${id}-* in the checkout are leftovers of it`,
    `when the checkout is as it should be, move ${folder} away`,
  ];
  return { id, folder, why, advice: [...known, ...byHand] };
}

/** The refusal that an unreadable run leads to. */
export function refuseUnreadable(run: UnreadableRun): RefitError {
  return refusal(`cannot act on run ${run.id}: ${run.why}`, {
    details: run.advice,
    hint: 'nothing was changed; the record is kept as it is',
  });
}

/** Reads a run or refuses. @throws RefitError (exit 4) when its record cannot be acted on. */
export function requireRun(context: RunContext, id: string): Run {
  const read = readRun(context, id);
  if (read.kind === 'unreadable') throw refuseUnreadable(read.run);
  return read.run;
}
