/** The Dockerfile that a migration replaces: found by evidence, never guessed. Pure. */
import { comparePaths, type RepoPath, repoPath } from '../../base/repo-path.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { buildsOf, buildsOnBase } from './compose-builds.ts';
import { readComposeProject } from './compose-project.ts';

/** The Dockerfile of the proxy, or why none is taken. */
export type DockerfileChoice =
  | { readonly kind: 'one'; readonly path: RepoPath }
  | { readonly kind: 'none' }
  /** As much speaks for each of these, sorted. */
  | { readonly kind: 'several'; readonly paths: readonly RepoPath[] };

const OTHER_NAMES = ['Containerfile', '{Dockerfile,Containerfile}.*'];
const NO_DOCKERFILE = /\.(?:backup|bak|old|orig|example|sample|template|dockerignore)(?:\.|$)/;
/** What a Dockerfile of the proxy speaks of. */
const OF_THE_PROXY = /\b(?:litellm|custom_handler|startup\.py)\b/;

/**
 * The Dockerfile of the proxy, built from the root of the checkout: the one that most speaks for among those that compose services build and `Dockerfile`;
 * without any of these the only other one at the root that is about the proxy.
 */
export function findDockerfile(tree: ReadonlyTree): DockerfileChoice {
  const scores = new Map<RepoPath, number>();
  const raise = (path: RepoPath, score: number): void => {
    scores.set(path, Math.max(score, scores.get(path) ?? 0));
  };
  const root = repoPath('Dockerfile');
  if (tree.has(root)) raise(root, buildsOnBase(tree, root) ? 8 : 0.25);
  for (const { path, context, score } of buildsOf(tree, readComposeProject(tree))) {
    if (context === null) raise(path, score);
  }
  const highest = Math.max(...scores.values());
  // A service that has nothing of the provider does not take the place of the file at the root.
  if (tree.has(root) && highest < 1) return { kind: 'one', path: root };
  const best = scores.size > 0 ? [...scores].filter(([, score]) => score === highest).map(([path]) => path) : [];
  return oneOf(best.length > 0 ? best : otherwiseNamed(tree), root);
}

function otherwiseNamed(tree: ReadonlyTree): readonly RepoPath[] {
  const named = tree
    .paths(...OTHER_NAMES)
    .filter((path) => !NO_DOCKERFILE.test(path) && OF_THE_PROXY.test(tree.tryReadText(path) ?? ''));
  const onBase = named.filter((path) => buildsOnBase(tree, path));
  return onBase.length > 0 ? onBase : named;
}

function oneOf(paths: readonly RepoPath[], root: RepoPath): DockerfileChoice {
  const [first, ...others] = [...paths].sort(comparePaths);
  if (first === undefined) return { kind: 'none' };
  if (paths.includes(root)) return { kind: 'one', path: root };
  return others.length === 0 ? { kind: 'one', path: first } : { kind: 'several', paths: [first, ...others] };
}
