import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { refusal } from '../base/errors.ts';
import { parentOf, type RepoPath } from '../base/repo-path.ts';
import { type EntryStat, type FileSystem, fsErrorCode } from '../host/fs.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { absolute, forEach, type RunContext } from './context.ts';
import { makeDurable, NO_LINKS } from './durable.ts';
import type { Run } from './journal-file.ts';
import { isSameEntry, openObserver } from './observe.ts';
import { backupPath, type Seen } from './stage.ts';

/**
 * Puts the staged files in place and removes what goes, one path at a time, in an order in which no path needs a later
 * one: files replaced, files deleted, emptied folders removed, folders made, files created. Each path is atomic: a crash
 * leaves it as before or as after. All durable on return. `touch` is told each path just before it changes.
 * @throws RefitError (exit 4) when a path changed since `seen`; Node's error when the disk fails.
 */
export async function moveForward(
  context: RunContext,
  run: Run,
  todo: readonly JournalEntry[],
  seen: Seen,
  touch: (path: RepoPath) => void,
): Promise<void> {
  const { fs } = context;
  const replaced = todo.filter(({ before, after }) => before !== null && after !== null);
  const deleted = todo.filter(({ after }) => after === null);
  const created = todo.filter(({ before, after }) => before === null && after !== null);
  await withMovedList(fs, run, async (note) => {
    const observer = openObserver(context);
    const begin = (entry: JournalEntry): void => {
      if (entry.before !== null) requireUnchanged(context, entry.path, seen.get(entry.path));
      note(entry.path);
      touch(entry.path);
    };
    const report = (base: number) => (done: number) => context.onProgress?.('write', base + done, todo.length);
    const inRealFolder = (path: RepoPath): void => {
      if (observer.folder(parentOf(path)).kind !== 'folder') throw changedMeanwhile(path);
    };
    await forEach(
      replaced,
      context.signal,
      (entry) => {
        inRealFolder(entry.path);
        begin(entry);
        fs.rename(stagedOf(context, entry), absolute(context, entry.path));
      },
      report(0),
    );
    await forEach(
      deleted,
      context.signal,
      (entry) => {
        inRealFolder(entry.path);
        begin(entry);
        fs.unlink(absolute(context, entry.path));
      },
      report(replaced.length),
    );
    for (const { path } of [...run.journal.emptiedFolders].reverse()) removeIfEmpty(fs, absolute(context, path));
    for (const path of run.journal.madeFolders) makeFolder(fs, absolute(context, path));
    const fresh = openObserver(context);
    await forEach(
      created,
      context.signal,
      (entry) => {
        if (fresh.folder(parentOf(entry.path)).kind !== 'folder') throw changedMeanwhile(entry.path);
        begin(entry);
        const staged = stagedOf(context, entry);
        // A power cut may take the new name and leave the old one removed; then resume makes the file anew from the plan.
        if (placeNew(fs, staged, absolute(context, entry.path), entry.path) === 'linked') fs.unlink(staged);
      },
      report(replaced.length + deleted.length),
    );
  });
  // The bytes were made durable before the first move; what is left to make durable are the names.
  await makeDurable(fs, [], foldersOf(context, run));
  closeBackups(context, run);
}

/** Only now that the old files have lost their names in the checkout for good may their bits change. */
function closeBackups({ fs }: RunContext, run: Run): void {
  for (const { before } of run.journal.entries) {
    if (before !== null && before.mode !== 'link') fs.chmod(backupPath(run, before), 0o600);
  }
}

/** Folders of the checkout whose names a run changes, as far as they exist. */
export function foldersOf(context: RunContext, run: Run): ReadonlySet<string> {
  const { entries, madeFolders, emptiedFolders } = run.journal;
  const paths = [...entries.map(({ path }) => path), ...madeFolders, ...emptiedFolders.map(({ path }) => path)];
  const folders = new Set(paths.map((path) => dirname(absolute(context, path))));
  return new Set([...folders].filter((folder) => context.fs.lstat(folder)?.kind === 'folder'));
}

/**
 * Puts a file at a path where nothing may stand. A link made there fails when something does; where the file system has
 * no links, or for a symbolic link, a look just before has to do, and the file is moved. `linked`: it has both names now.
 */
export function placeNew(fs: FileSystem, from: string, to: string, path: RepoPath): 'linked' | 'moved' {
  try {
    if (fs.lstat(from)?.kind === 'file') {
      fs.link(from, to);
      return 'linked';
    }
  } catch (error) {
    const code = fsErrorCode(error) ?? '';
    if (code === 'EEXIST') throw changedMeanwhile(path);
    if (!NO_LINKS.has(code)) throw error;
  }
  if (fs.lstat(to) !== null) throw changedMeanwhile(path);
  fs.rename(from, to);
  return 'moved';
}

/** @throws RefitError (exit 4) when the entry at `path` is not the very one that was seen. */
export function requireUnchanged(context: RunContext, path: RepoPath, seen: EntryStat | undefined): void {
  const now = context.fs.lstat(absolute(context, path));
  if (seen === undefined || !isSameEntry(seen, now)) throw changedMeanwhile(path);
}

function changedMeanwhile(path: RepoPath): Error {
  return refusal(`${path} was changed by another program in the middle of the run`, {
    hint: 'close what writes to this checkout, then plan again: refit plan',
  });
}

/** Removes a folder that holds nothing; one that holds something, or is gone, is left. */
export function removeIfEmpty(fs: FileSystem, folder: string): void {
  try {
    fs.rmdir(folder);
  } catch (error) {
    const code = fsErrorCode(error) ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(code)) throw error;
  }
}

function makeFolder(fs: FileSystem, folder: string): void {
  if (fs.lstat(folder)?.kind !== 'folder') fs.mkdir(folder);
}

function stagedOf(context: RunContext, entry: JournalEntry): string {
  if (entry.after === null) throw new TypeError(`${entry.path} has no new file`);
  return absolute(context, entry.after.staged);
}

/**
 * Keeps the list of paths a run has begun to change, for a person who asks how far a crashed run came. It is not
 * flushed and never decides anything: recovery compares the files themselves.
 */
async function withMovedList(
  fs: FileSystem,
  run: Run,
  act: (note: (path: RepoPath) => void) => Promise<void>,
): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const descriptor = fs.open(`${run.folder}/moved`, flags, 0o600);
  try {
    await act((path) => fs.write(descriptor, Buffer.from(`${JSON.stringify(path)}\n`)));
  } finally {
    fs.close(descriptor);
  }
}
