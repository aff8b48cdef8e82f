/** What a virtual tree holds over its source, and how the two read as one. Pure. */
import { sha256 } from '../base/hash.ts';
import { comparePaths, placeIn, type RepoPath } from '../base/repo-path.ts';
import type { FileChange } from './changes.ts';
import type { FileMode, FileState } from './tree.ts';

/** A file as the overlay has it. */
export interface Entry {
  readonly bytes: Uint8Array;
  readonly mode: FileMode;
  /** Where the file stood in the source, when it was renamed. */
  readonly origin: RepoPath | undefined;
}

/** The paths of a sorted listing. */
export interface PathSet {
  has(path: RepoPath): boolean;
}

/** `paths` of the source as the overlay leaves them, with what it adds, as far as `test` takes it. */
export function withOverlay(
  paths: readonly RepoPath[],
  overlay: ReadonlyMap<RepoPath, Entry | null>,
  original: PathSet,
  test: (path: RepoPath) => boolean = () => true,
): readonly RepoPath[] {
  const added: RepoPath[] = [];
  const removed: RepoPath[] = [];
  for (const [path, entry] of overlay) {
    if (entry === null && paths[placeIn(paths, path)] === path) removed.push(path);
    if (entry !== null && !original.has(path) && test(path)) added.push(path);
  }
  const left = removed.length === 0 ? paths : withoutRemoved(paths, removed);
  return added.length === 0 ? left : withAdded(left, added);
}

/** `removed` are among `paths`. */
function withoutRemoved(paths: readonly RepoPath[], removed: readonly RepoPath[]): readonly RepoPath[] {
  if (removed.length > 64) {
    const gone = new Set(removed);
    return paths.filter((path) => !gone.has(path));
  }
  const left = [...paths];
  for (const path of removed) left.splice(placeIn(left, path), 1);
  return left;
}

/** The first of sorted `paths` that lies below `folder`. */
export function firstBelow(paths: readonly RepoPath[], folder: RepoPath): RepoPath | undefined {
  const prefix = `${folder}/`;
  const first = paths[placeIn(paths, prefix)];
  return first?.startsWith(prefix) === true ? first : undefined;
}

function withAdded(paths: readonly RepoPath[], added: readonly RepoPath[]): readonly RepoPath[] {
  // A sort of everything is the better way only when much is added.
  if (added.length > 64) return [...paths, ...added].sort(comparePaths);
  const all = [...paths];
  for (const path of added) all.splice(placeIn(all, path), 0, path);
  return all;
}

/** What differs from the source, sorted by path. */
export function listChanges(
  overlay: ReadonlyMap<RepoPath, Entry | null>,
  original: PathSet,
  originalState: (path: RepoPath) => FileState,
  steps: ReadonlyMap<RepoPath, ReadonlySet<string>>,
): readonly FileChange[] {
  // A rename is told as one only when its origin is gone and nobody else claims it; else it is a create.
  const renamedFrom = new Set<RepoPath>();
  const changes: FileChange[] = [];
  const paths = [...overlay.keys()].sort(comparePaths);
  for (const path of paths) {
    const entry = overlay.get(path);
    if (!entry) continue;
    const after: FileState = { sha256: sha256(entry.bytes), mode: entry.mode };
    const by = { path, steps: [...(steps.get(path) ?? [])] };
    const { origin } = entry;
    if (original.has(path)) {
      changes.push({ ...by, kind: 'update', before: originalState(path), after });
    } else if (origin !== undefined && overlay.get(origin) === null && !renamedFrom.has(origin)) {
      renamedFrom.add(origin);
      changes.push({ ...by, kind: 'rename', from: origin, before: originalState(origin), after });
    } else {
      changes.push({ ...by, kind: 'create', after });
    }
  }
  for (const path of paths) {
    if (overlay.get(path) !== null || renamedFrom.has(path)) continue;
    changes.push({ path, steps: [...(steps.get(path) ?? [])], kind: 'delete', before: originalState(path) });
  }
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}
