import { join } from 'node:path';
import { isInside, placeIn, type RepoPath, repoPath } from '../base/repo-path.ts';
import type { EntryStat, FileSystem } from '../host/fs.ts';
import type { FileMode, LeftAlone, LeftAloneReason } from '../tree/tree.ts';

/** Files above this size are left alone: 10 MiB. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Where a plain folder keeps its runs; never part of a tree. */
export const PLAIN_RUN_FOLDER = repoPath('.refit/runs');

/** The files of a checkout; a mode is held only where it is not `644`. */
export interface Listing {
  /** Sorted by code unit. */
  readonly paths: readonly RepoPath[];
  readonly modes: ReadonlyMap<RepoPath, FileMode>;
  readonly leftAlone: readonly LeftAlone[];
}

/** What stands in `root` for git and for refit only: no tree holds any of it. Sorted. */
export function listOwnData(fs: FileSystem, root: string): readonly LeftAlone[] {
  const own: readonly LeftAlone[] = [
    { path: '.git', reason: 'git-data' },
    { path: PLAIN_RUN_FOLDER, reason: 'refit-runs' },
  ];
  return own.filter(({ path }) => lstatInside(fs, root, path) !== null);
}

/** Why a file of this kind and size takes no part; null when it does. */
export function reasonToLeave(stat: EntryStat, maxFileBytes: number): LeftAloneReason | null {
  if (stat.kind === 'other') return 'special-file';
  return stat.kind === 'file' && stat.size > maxFileBytes ? 'too-large' : null;
}

/** The mode that git would record for what stands on disk. */
export function modeOf(stat: EntryStat): FileMode {
  if (stat.kind === 'link') return 'link';
  return (stat.mode & 0o100) === 0 ? '644' : '755';
}

/** Whether a listed name is no path that a migration may write, as one that reaches into `.git`. */
export function isUnsafeName(name: string): boolean {
  // Hardly any name has such a part, and a plain look is far cheaper than the pattern.
  const odd = name.startsWith('.') || name.includes('/.') || name.includes('//') || /^\/|^$|\/$/.test(name);
  if (!odd) return false;
  return /(?:^|\/)(?:\.{0,2}|\.git)(?:\/|$)/i.test(name);
}

/** Whether `path` lies where runs of a plain folder are kept. */
export function isRunFile(path: string): boolean {
  return path.startsWith('.refit/') && isInside(path as RepoPath, PLAIN_RUN_FOLDER);
}

/** As `lstat`, and null when a folder on the way is a link: such a path is somewhere else. */
export function lstatInside(fs: FileSystem, root: string, path: string): EntryStat | null {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (fs.lstat(join(root, path.slice(0, slash)))?.kind !== 'folder') return null;
  }
  return fs.lstat(join(root, path));
}

/** Position of `path` in sorted `paths`, or -1. */
export function indexIn(paths: readonly RepoPath[], path: string): number {
  const place = placeIn(paths, path);
  return paths[place] === path ? place : -1;
}
