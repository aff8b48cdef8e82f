import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { type FileSystem, fsErrorCode } from '../host/fs.ts';
import { diffIndex, hashConverted, listRemembered, pathsWithFilter, type WorkTree } from '../host/git.ts';
import { lstatInside, MAX_FILE_BYTES } from './entries.ts';
import type { GitListing } from './git-listing.ts';

export type DirtyState =
  /** Gone from the work tree, still in the index. */
  | 'deleted'
  /** The work tree differs from the index. */
  | 'modified'
  /** The index differs from HEAD. */
  | 'staged'
  | 'untracked';

/** A path whose present state is in no commit; with several states the first of {@link DirtyState} is named. */
export interface DirtyPath {
  readonly path: RepoPath;
  readonly state: DirtyState;
}

interface Suspect {
  readonly path: RepoPath;
  readonly indexId: string;
}

/**
 * Tells what is dirty, sorted, without a filter, hook or monitor running and without writing the index. A touched file
 * with the same content is clean; a file that a filter program converts counts as dirty once its times differ, since
 * only that program could tell.
 */
export async function listDirty(tree: WorkTree, fs: FileSystem, listing: GitListing): Promise<readonly DirtyPath[]> {
  const states = new Map<RepoPath, DirtyState>(listing.untracked.map((path) => [path, 'untracked']));
  for (const path of await listStaged(tree, listing)) states.set(path, 'staged');
  const suspects: Suspect[] = [...listing.unwatched].map(([path, indexId]) => ({ path, indexId }));
  for (const { name, oldMode, newMode, oldId, status } of listing.suspects) {
    if (name.kind !== 'text') continue;
    const path = name.text as RepoPath;
    if (status === 'D') states.set(path, 'deleted');
    else if (status === 'M' && oldMode === newMode) suspects.push({ path, indexId: oldId });
    else if (states.get(path) !== 'deleted') states.set(path, 'modified');
  }
  for (const path of await listModified(tree, fs, suspects)) states.set(path, 'modified');
  return [...states].map(([path, state]) => ({ path, state })).sort((a, b) => comparePaths(a.path, b.path));
}

async function listStaged(tree: WorkTree, listing: GitListing): Promise<readonly RepoPath[]> {
  if (tree.headCommit === null) {
    const untracked = new Set(listing.untracked);
    return listing.paths.filter((path) => !untracked.has(path));
  }
  const names = (await diffIndex(tree)).map((difference) => difference.name);
  return names.flatMap((name) => (name.kind === 'text' ? [name.text as RepoPath] : []));
}

/** Those suspects whose content is not what the index has, from the cheapest proof to the dearest. */
async function listModified(
  tree: WorkTree,
  fs: FileSystem,
  suspects: readonly Suspect[],
): Promise<readonly RepoPath[]> {
  const modified: RepoPath[] = [];
  const converted: Suspect[] = [];
  for (const suspect of suspects) {
    const verdict = compareBytes(tree, fs, suspect);
    if (verdict === 'different') modified.push(suspect.path);
    else if (verdict === 'ask-git') converted.push(suspect);
  }
  // Line ends and encodings that git itself converts make an unchanged file hash differently.
  const ids = await hashConverted(
    tree,
    converted.map((suspect) => suspect.path),
  );
  const different = converted.filter((suspect, index) => ids[index] !== suspect.indexId).map((suspect) => suspect.path);
  const untouched = await listUntouched(tree, fs, different);
  return [...modified, ...different.filter((path) => !untouched.has(path))];
}

/** Those of `paths` that a filter converts and whose size and times are still what the index remembers. */
async function listUntouched(
  tree: WorkTree,
  fs: FileSystem,
  paths: readonly RepoPath[],
): Promise<ReadonlySet<RepoPath>> {
  const filtered = await pathsWithFilter(tree, paths);
  if (filtered.size === 0) return new Set();
  const remembered = await listRemembered(tree);
  const untouched = paths.filter((path) => {
    const stat = filtered.has(path) ? fs.lstat(join(tree.folder, path)) : null;
    const known = remembered.get(path);
    if (stat === null || known === undefined) return false;
    return (
      known.size === stat.size % 2 ** 32 &&
      sameTime(known.mtimeMs, stat.mtimeMs) &&
      sameTime(known.ctimeMs, stat.ctimeMs)
    );
  });
  return new Set(untouched);
}

/** Both stand for the same nanoseconds, kept as milliseconds with a fraction: a microsecond is the finest that holds. */
function sameTime(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.001;
}

/** Whether the bytes as they stand are those of the index. What cannot be read counts as different. */
function compareBytes(tree: WorkTree, fs: FileSystem, suspect: Suspect): 'same' | 'different' | 'ask-git' {
  const place = join(tree.folder, suspect.path);
  try {
    const stat = lstatInside(fs, tree.folder, suspect.path);
    if (stat?.kind === 'link') return blobId(tree, fs.readlink(place)) === suspect.indexId ? 'same' : 'different';
    if (stat?.kind !== 'file' || !fs.canRead(place)) return 'different';
    if (stat.size > MAX_FILE_BYTES) return 'ask-git';
    return blobId(tree, fs.readFile(place)) === suspect.indexId ? 'same' : 'ask-git';
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    return 'different';
  }
}

function blobId(tree: WorkTree, content: Buffer): string {
  return createHash(tree.objectFormat).update(`blob ${content.length}\0`).update(content).digest('hex');
}
