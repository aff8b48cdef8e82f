import { dirname } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { parentOf, type RepoPath } from '../base/repo-path.ts';
import { type EntryStat, fsErrorCode } from '../host/fs.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { absolute, forEach, type RunContext } from './context.ts';
import { makeDurable, NO_LINKS } from './durable.ts';
import type { Run } from './journal-file.ts';
import { difference, isSameEntry, matches, type Observer, openObserver } from './observe.ts';
import { type Drift, refuseDrift } from './prepare.ts';

/** How each path looked when its backup was made: it must look the same when the new file takes its place. */
export type Seen = ReadonlyMap<RepoPath, EntryStat>;

export interface Staged {
  readonly seen: Seen;
  /** What could not be kept as it was, such as an owner. */
  readonly warnings: readonly string[];
}

/**
 * Puts backups into the run folder and writes each new file beside its target; all durable on return. No target is
 * touched. A crash in here leaves staged files that the journal names.
 *
 * Where it can be, a backup is the old file itself under a second name: the new file takes over the first name by a
 * rename, and the old one stays as it was, with its times. Until then the two are one file, so a program that writes into
 * it changes the backup too: that is found out right before the rename, and nothing relies on a backup sooner. Only a
 * file of this user with no other name, on the file system of the run folder, is kept so; any other is copied.
 */
export async function stage(
  context: RunContext,
  run: Run,
  contentAfter: (entry: JournalEntry) => Uint8Array,
): Promise<Staged> {
  const { entries } = run.journal;
  const observer = openObserver(context);
  const home = context.fs.lstat(`${run.folder}/backups`);
  const owners = new Map(entries.map((entry) => [entry.path, entry.before]));
  const seen = new Map<RepoPath, EntryStat>();
  const warnings: string[] = [];
  const files: string[] = [];
  const folders = new Set<string>([`${run.folder}/backups`]);
  const total = entries.length;
  await forEach(
    entries,
    context.signal,
    (entry) => {
      if (entry.before !== null) seen.set(entry.path, backUp(context, run, entry, observer, home));
      if (entry.before !== null && entry.before.mode !== 'link') files.push(backupPath(run, entry.before));
      if (entry.after === null) return;
      const origin = entry.before ?? (entry.from === undefined ? null : (owners.get(entry.from) ?? null));
      const target = absolute(context, entry.after.staged);
      requireFolder(observer, entry.after.staged);
      const bytes = contentAfter(entry);
      if (sha256(bytes) !== entry.after.sha256)
        throw new RefitError(`the new content of ${entry.path} is not the planned one`);
      warnings.push(...putStaged(context, entry, bytes, origin));
      if (entry.after.mode !== 'link') files.push(target);
      folders.add(dirname(target));
    },
    (done) => context.onProgress?.('stage', done, total),
  );
  await makeDurable(context.fs, files, folders);
  return { seen, warnings };
}

/** Where the old content of an entry is kept. */
export function backupPath(run: Run, before: NonNullable<JournalEntry['before']>): string {
  return `${run.folder}/backups/${before.backup}`;
}

function backUp(
  context: RunContext,
  run: Run,
  entry: JournalEntry,
  observer: Observer,
  home: EntryStat | null,
): EntryStat {
  const { path, before } = entry;
  const look = observer.at(path);
  if (before === null || look.kind !== 'file' || !matches(look, before, run.journal.fileModes)) {
    throw refuseDrift([{ path, how: difference(look, before) } satisfies Drift]);
  }
  const backup = backupPath(run, before);
  if (before.mode === 'link') {
    context.fs.symlink(look.bytes, backup);
    return look.stat;
  }
  const shared = canShare(look.stat, home) ? shareAsBackup(context, path, look.stat, backup) : null;
  if (shared !== null) return shared;
  context.fs.writeFile(backup, look.bytes, 0o600);
  return look.stat;
}

/** With another name the file could be written to at any later time, and of another user's it could not be given its bits. */
function canShare(stat: EntryStat, home: EntryStat | null): boolean {
  return stat.links === 1 && stat.dev === home?.dev && stat.uid === home.uid;
}

/** Gives the very file that was read a second name as its backup. Returns how it looks now; null when that cannot be. */
function shareAsBackup(context: RunContext, path: RepoPath, read: EntryStat, backup: string): EntryStat | null {
  const { fs } = context;
  try {
    fs.link(absolute(context, path), backup);
  } catch (error) {
    const code = fsErrorCode(error) ?? '';
    if (NO_LINKS.has(code) || code === 'ENOENT') return null;
    throw error;
  }
  const now = fs.lstat(backup);
  // A second name changes the time of change, and nothing else.
  if (now !== null && now.links === 2 && isSameEntry({ ...read, ctimeMs: now.ctimeMs }, now)) return now;
  fs.unlink(backup);
  return null;
}

function requireFolder(observer: Observer, staged: RepoPath): void {
  const folder = parentOf(staged);
  if (observer.folder(folder).kind === 'folder') return;
  throw refuseDrift([{ path: folder ?? staged, how: 'is not a folder any more' }]);
}

/** Writes one staged file with the bits and the owner it will have. Returns what could not be kept. */
function putStaged(
  context: RunContext,
  entry: JournalEntry,
  bytes: Uint8Array,
  origin: JournalEntry['before'],
): readonly string[] {
  const { after } = entry;
  if (after === null) return [];
  const path = absolute(context, after.staged);
  if (after.mode === 'link') {
    context.fs.symlink(bytes, path);
    return [];
  }
  if (origin === null || origin.mode === 'link') {
    context.fs.writeFile(path, bytes, after.mode === '755' ? 0o777 : 0o666);
    return [];
  }
  // Private until it has its owner: the old file may have been readable by fewer people than a new one would be.
  context.fs.writeFile(path, bytes, 0o600);
  const warnings = keepOwner(context, path, entry.path, origin);
  context.fs.chmod(path, permissionsAfter(origin, after.mode));
  return warnings;
}

/** The bits of the old file, with the execute bits following a change between 644 and 755. */
function permissionsAfter(
  before: { readonly mode: string; readonly permissions: number },
  mode: '644' | '755',
): number {
  const bits = before.permissions & 0o1777;
  if (before.mode === mode) return bits;
  return mode === '755' ? bits | ((bits & 0o444) >> 2) : bits & ~0o111;
}

/** Gives `file` the owner it is to have, when it has another. Returns a warning when this user may not do that. */
export function keepOwner(
  context: RunContext,
  file: string,
  path: RepoPath,
  owner: { readonly uid: number; readonly gid: number },
): readonly string[] {
  const stat = context.fs.lstat(file);
  if (stat === null || (stat.uid === owner.uid && stat.gid === owner.gid)) return [];
  try {
    context.fs.chown(file, owner.uid, owner.gid);
    return [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') {
      return [`${path} could not be given back to its owner (user ${owner.uid}, group ${owner.gid})`];
    }
    throw error;
  }
}
