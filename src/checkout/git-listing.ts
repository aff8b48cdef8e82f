import { join } from 'node:path';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import type { FileSystem } from '../host/fs.ts';
import {
  diffFiles,
  type GitName,
  listTracked,
  listUntracked,
  type RawDifference,
  type TrackedEntry,
  type UntrackedListing,
  type WorkTree,
} from '../host/git.ts';
import type { FileMode, LeftAlone, LeftAloneReason } from '../tree/tree.ts';
import { isRunFile, isUnsafeName, type Listing, listOwnData, lstatInside, modeOf, reasonToLeave } from './entries.ts';

/** What git says of a work tree, with what only a look at the disk could tell. */
export interface GitListing extends Listing {
  /** Listed files that `git grep` does not search in the work tree: untracked, unwatched, of another kind than tracked. */
  readonly unseen: ReadonlySet<RepoPath>;
  readonly untracked: readonly RepoPath[];
  /** Paths that may differ from the index, as git's cheap comparison found them. */
  readonly suspects: readonly RawDifference[];
  /** Unwatched files that stand on disk, with the object id that the index has for them. */
  readonly unwatched: ReadonlyMap<RepoPath, string>;
}

/** Lists a work tree in three parallel calls of git. Only files that git doubts or does not track are looked at. */
export async function listWorkTree(tree: WorkTree, fs: FileSystem, maxFileBytes: number): Promise<GitListing> {
  const [tracked, others, suspects] = await Promise.all([listTracked(tree), listUntracked(tree), diffFiles(tree)]);
  const draft = startDraft(tree, fs, maxFileBytes, suspects);
  for (const entry of tracked) addTracked(draft, entry);
  const untracked = addUntracked(draft, others);
  return {
    paths: inOrder(draft.paths),
    modes: draft.modes,
    leftAlone: [...listOwnData(fs, tree.folder), ...draft.leftAlone].sort((a, b) => comparePaths(a.path, b.path)),
    unseen: draft.unseen,
    untracked,
    suspects,
    unwatched: draft.unwatched,
  };
}

interface Draft {
  readonly tree: WorkTree;
  readonly fs: FileSystem;
  readonly maxFileBytes: number;
  readonly suspects: ReadonlyMap<string, string>;
  readonly paths: RepoPath[];
  readonly modes: Map<RepoPath, FileMode>;
  readonly leftAlone: LeftAlone[];
  readonly unseen: Set<RepoPath>;
  readonly unwatched: Map<RepoPath, string>;
}

function startDraft(
  tree: WorkTree,
  fs: FileSystem,
  maxFileBytes: number,
  differences: readonly RawDifference[],
): Draft {
  const suspects = new Map<string, string>();
  for (const { name, status } of differences) if (name.kind === 'text') suspects.set(name.text, status);
  return {
    tree,
    fs,
    maxFileBytes,
    suspects,
    paths: [],
    modes: new Map(),
    leftAlone: [],
    unseen: new Set(),
    unwatched: new Map(),
  };
}

function addTracked(draft: Draft, entry: TrackedEntry): void {
  const path = takeName(draft, entry.name);
  // The sides of a conflict stand next to each other under one name.
  if (path === null || path === draft.paths.at(-1) || isRunFile(path)) return;
  if (entry.mode === '160000') {
    leave(draft, path, 'submodule');
    return;
  }
  const status = draft.suspects.get(path);
  if (status === 'D') return;
  const sure = status === undefined && entry.unwatched === null && entry.size !== null && entry.stage === 0;
  if (!sure) addDoubtful(draft, entry, path, status);
  else if (entry.size > draft.maxFileBytes) leave(draft, path, 'too-large');
  else add(draft, path, indexedMode(entry.mode));
}

function addDoubtful(draft: Draft, entry: TrackedEntry, path: RepoPath, status: string | undefined): void {
  const stat = lstatInside(draft.fs, draft.tree.folder, path);
  if (stat === null || stat.kind === 'folder') return;
  const reason = reasonToLeave(stat, draft.maxFileBytes);
  if (reason !== null) {
    leave(draft, path, reason);
    return;
  }
  const otherKind = status === 'T' || (stat.kind === 'link' && entry.mode !== '120000');
  add(draft, path, otherKind ? modeOf(stat) : indexedMode(entry.mode));
  if ((otherKind || entry.unwatched !== null) && stat.kind === 'file') draft.unseen.add(path);
  if (entry.unwatched !== null) draft.unwatched.set(path, entry.unwatched.objectId);
}

function addUntracked(draft: Draft, others: UntrackedListing): readonly RepoPath[] {
  const untracked: RepoPath[] = [];
  for (const path of others.closed) leave(draft, path, 'unreadable');
  for (const name of others.names) {
    if (name.kind === 'text' && name.text.endsWith('/')) {
      leave(draft, name.text.slice(0, -1), 'submodule');
      continue;
    }
    const path = takeName(draft, name);
    const stat = path === null ? null : draft.fs.lstat(join(draft.tree.folder, path));
    if (path === null || stat === null || isRunFile(path)) continue;
    untracked.push(path);
    const closed = stat.kind === 'file' && !draft.fs.canRead(join(draft.tree.folder, path));
    const reason = reasonToLeave(stat, draft.maxFileBytes) ?? (closed ? 'unreadable' : null);
    if (reason !== null) {
      leave(draft, path, reason);
      continue;
    }
    add(draft, path, modeOf(stat));
    if (stat.kind === 'file') draft.unseen.add(path);
  }
  return untracked;
}

function takeName(draft: Draft, name: GitName): RepoPath | null {
  if (name.kind === 'bytes') {
    if (draft.leftAlone.at(-1)?.path !== name.shown) leave(draft, name.shown, 'not-utf8-name');
    return null;
  }
  if (isUnsafeName(name.text)) {
    leave(draft, name.text, 'unsafe-name');
    return null;
  }
  return name.text as RepoPath;
}

function leave(draft: Draft, path: string, reason: LeftAloneReason): void {
  draft.leftAlone.push({ path, reason });
}

function add(draft: Draft, path: RepoPath, mode: FileMode): void {
  draft.paths.push(path);
  if (mode !== '644') draft.modes.set(path, mode);
}

function indexedMode(mode: string): FileMode {
  if (mode === '120000') return 'link';
  return mode === '100755' ? '755' : '644';
}

/** Git's order is that of bytes, and untracked files come last: sorting is rarely needed for a clean checkout. */
function inOrder(paths: RepoPath[]): readonly RepoPath[] {
  for (let at = 1; at < paths.length; at += 1) {
    if ((paths[at - 1] as RepoPath) > (paths[at] as RepoPath)) return paths.sort(comparePaths);
  }
  return paths;
}
