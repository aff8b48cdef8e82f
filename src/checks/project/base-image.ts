/** The base image by its contract, and the Dockerfile that is built on it. Pure. */
import { type RepoPath, repoPath, resolveIn } from '../../base/repo-path.ts';
import { readCompose } from '../../editors/compose.ts';
import type { ImageReference } from '../../editors/dockerfile.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';

/** Working directory of the base image. */
export const BASE_WORKDIR = '/app';
/** What the base image runs first: it writes the login of the user claude, then becomes its arguments. */
export const BASE_ENTRYPOINT = '/usr/local/bin/docker-entrypoint.sh';

/**
 * Whether an image is the base under one of its two names: a digest and any registry or prefix in front are allowed, the tag is `python` or
 * `X.Y.Z-python`.
 */
export function isBaseImage(reference: ImageReference | null): boolean {
  if (reference === null) return false;
  const { repository, tag, digest } = reference;
  if (!/(?:^|\/)cabinlab\/claude-code-sdk(?:-docker)?$/.test(repository)) return false;
  return tag === null ? digest !== null : /^(?:\d+(?:\.\d+){0,2}-)?python$/.test(tag);
}

/**
 * The Dockerfile of the proxy: the one that a compose file names for it, else `Dockerfile` at the root. Null when there is none, or when compose builds in
 * another folder.
 */
export function findDockerfile(tree: ReadonlyTree): RepoPath | null {
  const named = composeBuilds(tree).filter((path) => tree.has(path));
  const root = repoPath('Dockerfile');
  const others = named.filter((path) => path !== root);
  if (named.length > 0 && !named.includes(root) && others.length === 1) return others[0] ?? null;
  return tree.has(root) ? root : null;
}

/** The Dockerfiles that compose services build from the root of the checkout, sorted, each once. */
function composeBuilds(tree: ReadonlyTree): readonly RepoPath[] {
  const found = new Set<RepoPath>();
  for (const path of tree.paths('{docker-,}compose.{yml,yaml}')) {
    const text = tree.tryReadText(path);
    const compose = text === null ? null : readCompose(text);
    if (compose?.kind !== 'read') continue;
    for (const { build } of compose.file.services) {
      if (build === null || build.inline) continue;
      const context = build.context?.resolved ?? '.';
      if (!/^\.?\/*$/.test(context)) continue;
      const target = resolveIn(null, build.dockerfile?.resolved ?? 'Dockerfile');
      if (target !== null) found.add(target);
    }
  }
  return [...found].sort();
}
