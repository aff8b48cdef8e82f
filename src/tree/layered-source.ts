import type { RepoPath } from '../base/repo-path.ts';
import type { WorkingTree } from './memory-tree.ts';
import type { TreeSource } from './tree.ts';

/** What a layered source is made of: the files on disk, and the tree over them. */
export interface Layer {
  readonly below: TreeSource;
  readonly tree: WorkingTree;
}

const layers = new WeakMap<TreeSource, Layer>();

/** Reads `tree`, which lies over `below`, as the next plan finds it; the tree may not change afterwards. */
export function layeredSource(below: TreeSource, tree: WorkingTree): TreeSource {
  tree.lock();
  const source: TreeSource = {
    list: () => tree.paths(),
    read: (path) => tree.readBytes(path),
    mode: (path) => tree.mode(path),
    search: (literals) => tree.search(literals),
    // What the tree itself holds is asked of it first, and what it deleted stands in nobody's way.
    obstacle: (path: RepoPath) => below.obstacle(path),
    leftAlone: below.leftAlone,
  };
  layers.set(source, { below, tree });
  return source;
}

/** What `source` is made of; undefined for files on disk and in memory. */
export function layerOf(source: TreeSource): Layer | undefined {
  return layers.get(source);
}
