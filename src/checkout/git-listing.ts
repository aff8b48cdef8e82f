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

/**
 * Lists a work tree in three parallel calls of git. Only files that git doubts or does not track are looked at. `onTracked`
 * gets the files that git tracks as soon as they are known, without the few that only a look at the disk could tell of.
 */
export async function listWorkTree(
  tree: WorkTree,
  fs: FileSystem,
  maxFileBytes: number,
  onTracked?: (tracked: Listing) => void,
): Promise<GitListing> {
  const draft = startDraft(tree, fs, maxFileBytes);
  const tracking = listTracked(tree, (entry) => addTracked(draft, entry)).then(() =>
    onTracked?.({ paths: inOrder([...draft.paths]), modes: new Map(draft.modes), leftAlone: [] }),
  );
  const [others, suspects] = await Promise.all([listUntracked(tree), diffFiles(tree), tracking]);
  addDoubtful(draft, suspects);
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

/** A tracked file that the index alone does not tell enough of. */
interface Doubtful extends Pick<TrackedEntry, 'unwatched'> {
  readonly path: RepoPath;
  /** As the index has it. */
  readonly mode: FileMode;
  /** Whether nothing but its size speaks against it, should git find it unchanged. */
  readonly onlyTooLarge: boolean;
}

interface Draft {
  readonly tree: WorkTree;
  readonly fs: FileSystem;
  readonly maxFileBytes: number;
  paths: RepoPath[];
  readonly modes: Map<RepoPath, FileMode>;
  readonly doubtful: Doubtful[];
  readonly leftAlone: LeftAlone[];
  readonly unseen: Set<RepoPath>;
  readonly unwatched: Map<RepoPath, string>;
}

function startDraft(tree: WorkTree, fs: FileSystem, maxFileBytes: number): Draft {
  return {
    tree,
    fs,
    maxFileBytes,
    paths: [],
    modes: new Map(),
    doubtful: [],
    leftAlone: [],
    unseen: new Set(),
    unwatched: new Map(),
  };
}

/** Runs while git compares: which files differ is not known yet. */
function addTracked(draft: Draft, entry: TrackedEntry): void {
  const path = takeName(draft, entry.name);
  // The sides of a conflict stand next to each other under one name.
  if (path === null || path === draft.doubtful.at(-1)?.path || isRunFile(path)) return;
  if (entry.mode === '160000') {
    leave(draft, path, 'submodule');
    return;
  }
  const { unwatched, size, stage } = entry;
  const mode = indexedMode(entry.mode);
  const isPlain = unwatched === null && size !== null && stage === 0;
  if (isPlain && size <= draft.maxFileBytes) add(draft, path, mode);
  else draft.doubtful.push({ path, mode, unwatched, onlyTooLarge: isPlain });
}

/** Looks at the files that git doubts and at those that the index does not tell enough of. */
function addDoubtful(draft: Draft, differences: readonly RawDifference[]): void {
  const statuses = new Map<string, string>();
  for (const { name, status } of differences) if (name.kind === 'text') statuses.set(name.text, status);
  const early = statuses.size === 0 ? [] : draft.paths.filter((path) => statuses.has(path));
  if (early.length > 0) draft.paths = draft.paths.filter((path) => !statuses.has(path));
  for (const path of early) {
    const mode = draft.modes.get(path) ?? '644';
    draft.modes.delete(path);
    lookAt(draft, { path, mode, unwatched: null, onlyTooLarge: false }, statuses.get(path));
  }
  for (const one of draft.doubtful) {
    const status = statuses.get(one.path);
    if (one.onlyTooLarge && status === undefined) leave(draft, one.path, 'too-large');
    else lookAt(draft, one, status);
  }
}

function lookAt(draft: Draft, { path, mode, unwatched }: Doubtful, status: string | undefined): void {
  const stat = status === 'D' ? null : lstatInside(draft.fs, draft.tree.folder, path);
  if (stat === null || stat.kind === 'folder') return;
  const reason = reasonToLeave(stat, draft.maxFileBytes);
  if (reason !== null) {
    leave(draft, path, reason);
    return;
  }
  const otherKind = status === 'T' || (stat.kind === 'link' && mode !== 'link');
  add(draft, path, otherKind ? modeOf(stat) : mode);
  if ((otherKind || unwatched !== null) && stat.kind === 'file') draft.unseen.add(path);
  if (unwatched !== null) draft.unwatched.set(path, unwatched.objectId);
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
