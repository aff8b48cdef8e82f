import { sha256 } from '../base/hash.ts';
import { nameOf, parentOf, type RepoPath } from '../base/repo-path.ts';
import { type EntryStat, fsErrorCode } from '../host/fs.ts';
import type { EmptiedFolder, JournalEntry } from '../journal/journal.ts';
import { absolute, type RunContext } from './context.ts';
import { flush, makeDurable, removeTree } from './durable.ts';
import type { Run } from './journal-file.ts';
import { foldersOf, placeNew, removeIfEmpty, requireUnchanged } from './move.ts';
import { difference, matches, type Observer, openObserver, type Present } from './observe.ts';
import { type Drift, stagedName, unblock } from './prepare.ts';
import { backupPath, keepOwner } from './stage.ts';

type WithBefore = JournalEntry & { readonly before: NonNullable<JournalEntry['before']> };

/** What it takes to bring the paths of a run back to how they were. */
export interface Survey {
  /** Replaced or deleted by the run: their backups go back. `now` is what stands there, null when nothing does. */
  readonly restore: readonly { readonly entry: WithBefore; readonly now: EntryStat | null }[];
  /** Created by the run. */
  readonly remove: readonly { readonly entry: JournalEntry; readonly now: EntryStat }[];
  /** Neither as before nor as after the run: somebody changed them since. */
  readonly changed: readonly Drift[];
  /** Paths whose backup is missing or altered. */
  readonly damaged: readonly Drift[];
}

/**
 * Looks at the paths of `run`, or at those in `only`. Writes nothing; each backup needed is read and checked. A run
 * that never recorded the start of its writing touched nothing, so nothing is looked at.
 */
export function survey(context: RunContext, run: Run, only?: ReadonlySet<RepoPath>): Survey {
  const { entries, fileModes } = run.journal;
  const observer = openObserver(context);
  // Whatever of the run blocks a path below it, a file deleted or one created, gives way in its turn.
  const giveWay = new Map(entries.map(({ path }) => [path as string, { after: null }]));
  const restore: { entry: WithBefore; now: EntryStat | null }[] = [];
  const remove: { entry: JournalEntry; now: EntryStat }[] = [];
  const changed: Drift[] = [];
  const damaged: Drift[] = [];
  for (const entry of hasWritten(run) ? entries : []) {
    if (only?.has(entry.path) === false) continue;
    const look = asFree(context, run, entry, unblock(observer.at(entry.path), giveWay));
    if (matches(look, entry.before, fileModes)) continue;
    if (!matches(look, entry.after, fileModes)) {
      changed.push({ path: entry.path, how: difference(look, entry.after ?? entry.before) });
    } else if (hasBefore(entry)) {
      const problem = backupProblem(context, run, entry);
      if (problem === null) restore.push({ entry, now: look.kind === 'file' ? look.stat : null });
      else damaged.push({ path: entry.path, how: problem });
    } else if (look.kind === 'file') remove.push({ entry, now: look.stat });
  }
  return { restore, remove, changed, damaged };
}

function hasWritten(run: Run): boolean {
  return run.progress.history.some(({ type }) => type === 'write-started');
}

function hasBefore(entry: JournalEntry): entry is WithBefore {
  return entry.before !== null;
}

/** A folder that the run made in place of a deleted file counts as free when nothing but the run's own files is in it. */
function asFree(context: RunContext, run: Run, entry: JournalEntry, look: Present): Present {
  const { entries, madeFolders, emptiedFolders } = run.journal;
  if (look.kind !== 'folder') return look;
  // The folder that was to make room for a new file stands still.
  if (entry.before === null && emptiedFolders.some(({ path }) => path === entry.path)) return { kind: 'missing' };
  if (entry.after !== null || !madeFolders.includes(entry.path)) return look;
  const own = new Set<string>([
    ...madeFolders,
    ...entries.filter(({ before }) => before === null).map(({ path }) => path),
  ]);
  const isOwn = (path: string): boolean =>
    context.fs.readdir(`${context.root}/${path}`).every(({ name, kind }) => {
      const child = `${path}/${name}`;
      return own.has(child) && (kind !== 'folder' || isOwn(child));
    });
  return isOwn(entry.path) ? { kind: 'missing' } : look;
}

function backupProblem(context: RunContext, run: Run, { before }: WithBefore): string | null {
  const path = backupPath(run, before);
  const kind = context.fs.lstat(path)?.kind;
  if (kind !== (before.mode === 'link' ? 'link' : 'file')) return `has no backup: ${path} is missing`;
  const bytes = kind === 'link' ? context.fs.readlink(path) : context.fs.readFile(path);
  return sha256(bytes) === before.sha256 ? null : `has a damaged backup: ${path}`;
}

/**
 * Brings the surveyed paths back: what was created goes, emptied folders return with their bits, backups take their paths
 * again. A backup is moved or linked rather than copied, so that it works on a full disk, and its bits and owner are
 * durable before it takes a path: a power cut leaves each path as before or as after, and no backup without a name. A
 * crash is finished by running this again. All durable on return.
 * @throws RefitError (exit 4) naming a path that changed since the survey; Node's error when the disk fails.
 */
export async function bringBack(context: RunContext, run: Run, found: Survey): Promise<readonly string[]> {
  const warnings: string[] = [];
  if (hasWritten(run)) await restoreAll(context, run, found, warnings);
  // Last, for a waiting file may be a second name of one that was just looked at.
  sweepStaged(context, run, run.journal.entries);
  await makeDurable(context.fs, [], foldersOf(context, run));
  return warnings;
}

async function restoreAll(context: RunContext, run: Run, found: Survey, warnings: string[]): Promise<void> {
  const { fs } = context;
  const files = found.restore.filter(({ entry }) => entry.before.mode !== 'link');
  for (const { entry } of found.restore) warnings.push(...giveBits(context, run, entry));
  await makeDurable(
    fs,
    files.map(({ entry }) => backupPath(run, entry.before)),
    new Set(files.length === 0 ? [] : [`${run.folder}/backups`]),
  );
  for (const { entry, now } of found.remove) {
    requireUnchanged(context, entry.path, now);
    fs.unlink(absolute(context, entry.path));
  }
  const observer = openObserver(context);
  for (const path of [...run.journal.madeFolders].reverse()) {
    if (isReachable(observer, path)) removeIfEmpty(fs, absolute(context, path));
  }
  const wanted = neededFolders(found);
  for (const [index, folder] of run.journal.emptiedFolders.entries()) {
    if (wanted(folder)) warnings.push(...remakeFolder(context, run, folder, index));
  }
  for (const { entry, now } of found.restore) warnings.push(...putBack(context, run, entry, now));
}

function isReachable(observer: Observer, path: RepoPath): boolean {
  return observer.folder(parentOf(path)).kind === 'folder';
}

/** An emptied folder returns unless what stands in its place, or above it, was left alone. */
function neededFolders(found: Survey): (folder: EmptiedFolder) => boolean {
  const blocked = found.changed.map(({ path }) => path);
  return ({ path }) => !blocked.some((other) => path === other || path.startsWith(`${other}/`));
}

/** Makes the folder under another name, gives it its bits and owner and only then its name: a crash never leaves it half made. */
function remakeFolder(context: RunContext, run: Run, folder: EmptiedFolder, index: number): readonly string[] {
  const { fs } = context;
  const path = absolute(context, folder.path);
  if (fs.lstat(path) !== null) return [];
  ensureFolder(context, parentOf(folder.path));
  const staged = absolute(context, stagedFolderName(run, folder, index));
  removeTree(fs, staged);
  fs.mkdir(staged);
  const warnings = keepOwner(context, staged, folder.path, folder);
  fs.chmod(staged, folder.permissions);
  flush(fs, staged);
  fs.rename(staged, path);
  return warnings;
}

/** A folder above that somebody removed since is made again, without which its files could not return. */
function ensureFolder(context: RunContext, folder: RepoPath | null): void {
  if (folder === null || context.fs.lstat(absolute(context, folder)) !== null) return;
  ensureFolder(context, parentOf(folder));
  context.fs.mkdir(absolute(context, folder));
}

/** Gives a backup the owner and the bits that its path had. */
function giveBits(context: RunContext, run: Run, { path, before }: WithBefore): readonly string[] {
  const backup = backupPath(run, before);
  const warnings = keepOwner(context, backup, path, before);
  if (before.mode !== 'link') context.fs.chmod(backup, before.permissions);
  return warnings;
}

function putBack(context: RunContext, run: Run, entry: WithBefore, now: EntryStat | null): readonly string[] {
  const { fs } = context;
  const target = absolute(context, entry.path);
  const backup = backupPath(run, entry.before);
  const warnings: string[] = [];
  ensureFolder(context, parentOf(entry.path));
  const place = (from: string): void => {
    // A backup that was linked keeps its own name until all is durable: a power cut may take the new one.
    if (now === null) placeNew(fs, from, target, entry.path);
    else {
      requireUnchanged(context, entry.path, now);
      fs.rename(from, target);
    }
  };
  try {
    place(backup);
  } catch (error) {
    if (fsErrorCode(error) !== 'EXDEV') throw error;
    // The run folder lies on another file system: a copy beside the target can be renamed.
    const copy = absolute(context, stagedCopyName(run, entry));
    warnings.push(...copyBackup(context, entry, backup, copy));
    place(copy);
  }
  return warnings;
}

function copyBackup(context: RunContext, entry: WithBefore, backup: string, copy: string): readonly string[] {
  const { fs } = context;
  removeTree(fs, copy);
  if (entry.before.mode === 'link') {
    fs.symlink(fs.readlink(backup), copy);
    return [];
  }
  fs.writeFile(copy, fs.readFile(backup), 0o600);
  const warnings = keepOwner(context, copy, entry.path, entry.before);
  fs.chmod(copy, entry.before.permissions);
  flush(fs, copy);
  return warnings;
}

function stagedCopyName(run: Run, entry: WithBefore): RepoPath {
  return stagedName(parentOf(entry.path), nameOf(entry.path), run.id, `${entry.before.backup}b`);
}

function stagedFolderName(run: Run, folder: EmptiedFolder, index: number): RepoPath {
  return stagedName(parentOf(folder.path), nameOf(folder.path), run.id, `${index}d`);
}

/** Removes what the run, or an earlier attempt to undo it, left beside the targets of `entries`. */
export function sweepStaged(context: RunContext, run: Run, entries: readonly JournalEntry[]): void {
  const observer = openObserver(context);
  const sweep = (path: RepoPath): void => {
    if (isReachable(observer, path)) removeTree(context.fs, absolute(context, path));
  };
  for (const entry of entries) {
    if (entry.after !== null) sweep(entry.after.staged);
    if (hasBefore(entry)) sweep(stagedCopyName(run, entry));
  }
  for (const [index, folder] of run.journal.emptiedFolders.entries()) sweep(stagedFolderName(run, folder, index));
}
