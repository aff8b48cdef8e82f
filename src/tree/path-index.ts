/** Finds the paths of a listing that globs take without asking every path about every glob. Pure. */
import { compileGlobs, endingOf, reachOf } from '../base/glob.ts';
import { comparePaths, placeIn, type RepoPath } from '../base/repo-path.ts';

interface PathIndex {
  readonly root: readonly RepoPath[];
  readonly byEnding: ReadonlyMap<string, readonly RepoPath[]>;
  readonly found: Map<string, readonly RepoPath[]>;
}

// A listing never changes, and all trees over a source share its one.
const indexes = new WeakMap<readonly RepoPath[], PathIndex>();

/** Those of sorted `paths` that any of `globs` takes, sorted; looked for once for each set of globs. */
export function matchingIn(paths: readonly RepoPath[], globs: readonly string[]): readonly RepoPath[] {
  const index = indexes.get(paths) ?? buildIndex(paths);
  indexes.set(paths, index);
  const key = globs.join('\0');
  const found = index.found.get(key) ?? inOrder(candidates(paths, index, globs), compileGlobs(globs));
  index.found.set(key, found);
  return found;
}

function buildIndex(paths: readonly RepoPath[]): PathIndex {
  const byEnding = new Map<string, RepoPath[]>();
  for (const path of paths) {
    const ending = endingOf(path);
    const known = byEnding.get(ending);
    if (known === undefined) byEnding.set(ending, [path]);
    else known.push(path);
  }
  return { root: paths.filter((path) => !path.includes('/')), byEnding, found: new Map() };
}

/** What `test` takes of the lists, each sorted. Few are left by then: putting the lists in order first would take longer. */
function inOrder(lists: readonly (readonly RepoPath[])[], test: (path: RepoPath) => boolean): readonly RepoPath[] {
  // A second argument, as `filter` gives one, would slow the test down.
  const taken = lists.map((list) => list.filter((path) => test(path))).filter((list) => list.length > 0);
  const [only = []] = taken;
  return taken.length < 2 ? only : [...new Set(taken.flat())].sort(comparePaths);
}

/** Lists that together hold every path that any of `globs` could take, and others. */
function candidates(
  paths: readonly RepoPath[],
  index: PathIndex,
  globs: readonly string[],
): readonly (readonly RepoPath[])[] {
  const parts = new Set<readonly RepoPath[]>();
  const withEnding = (ending: string): readonly RepoPath[] => index.byEnding.get(ending) ?? [];
  for (const glob of globs) {
    const reach = reachOf(glob);
    if (reach.kind === 'anywhere') return [paths];
    if (reach.kind === 'below') parts.add(below(paths, reach.folder));
    if (reach.kind === 'endings') for (const ending of reach.endings) parts.add(withEnding(ending));
  }
  const atRoot = globs.map(reachOf).filter((reach) => reach.kind === 'root');
  // A `*.py` beside a `src/**/*.py` is among the paths already, and one sorted list needs no other.
  if (!atRoot.every(({ endings }) => endings?.every((ending) => parts.has(withEnding(ending))))) parts.add(index.root);
  return [...parts];
}

function below(paths: readonly RepoPath[], folder: string): readonly RepoPath[] {
  const start = placeIn(paths, folder);
  // The folder's own name can be that of a file; between it and what stands below come names like `folder-x`.
  const inside = paths.slice(placeIn(paths, `${folder}/`), placeIn(paths, `${folder}0`));
  return paths[start] === folder ? [paths[start], ...inside] : inside;
}
