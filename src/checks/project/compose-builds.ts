/** Which Dockerfiles compose builds, and how much speaks for each being the provider's. Pure. */
import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { finalStage, readDockerfile } from '../../editors/dockerfile.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { baseKind } from './base-kind.ts';
import { contextOf, findProviderServices } from './compose-evidence.ts';
import type { ComposeProject } from './compose-project.ts';

/** A Dockerfile that a compose service builds. */
export interface ComposeBuild {
  readonly path: RepoPath;
  /** Folder that the build sends, null for the root of the checkout. */
  readonly context: RepoPath | null;
  /** The stage that it builds; null for the last one. */
  readonly target: string | null;
  /** 1 and more: the service has something of the provider besides what it builds. 8 and more: it is on the base image. */
  readonly score: number;
}

/** Every Dockerfile of the checkout that a service builds, once for each such service. */
export function buildsOf(tree: ReadonlyTree, { files }: ComposeProject): readonly ComposeBuild[] {
  const found: ComposeBuild[] = [];
  for (const { path: compose, compose: reading, text, role } of files) {
    for (const service of reading.services) {
      const { build } = service;
      if (build === null || build.inline) continue;
      const folder = build.context === null ? '.' : build.context.resolved;
      const name = build.dockerfile === null ? 'Dockerfile' : build.dockerfile.resolved;
      if (folder === null || name === null) continue;
      const path = resolveIn(parentOf(compose), `${folder}/${name}`);
      if (path === null || !tree.has(path)) continue;
      const own = findProviderServices(text, { ...contextOf(compose), dockerfile: path });
      const traits = own.find((one) => one.service.name === service.name)?.traits ?? [];
      const most = Math.max(0, traits.length - 1);
      const score = most + (buildsOnBase(tree, path) ? 8 : 0) + (role === 'other' ? 0 : 0.5);
      found.push({
        path,
        context: resolveIn(parentOf(compose), folder),
        target: build.target?.resolved ?? null,
        score,
      });
    }
  }
  return found;
}

/** Whether a Dockerfile is built on the base image or one that looks like it. */
export function buildsOnBase(tree: ReadonlyTree, path: RepoPath): boolean {
  const text = tree.tryReadText(path);
  const stage = text === null ? null : finalStage(readDockerfile(text));
  return stage?.kind === 'stage' && ['base', 'look-alike'].includes(baseKind(stage.base));
}
