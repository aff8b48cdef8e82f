/** The image from before the migration, to be put beside the new one. */
import type { RepoPath } from '../base/repo-path.ts';
import { judgedDockerfile, type Project, readProject } from '../checks/project.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { findBase, findOrPull } from './base-image.ts';
import { type Bench, openBench } from './bench.ts';
import { buildTree } from './build-tree.ts';

/** Where the image from before comes from. */
export type OldSource =
  | { readonly kind: 'image'; readonly name: string }
  /** Files of an earlier state; `label` is how it is named: `HEAD (1a2b3c4d)`. */
  | { readonly kind: 'tree'; readonly tree: ReadonlyTree; readonly label: string }
  /** It was asked for and cannot be had. */
  | { readonly kind: 'none'; readonly why: string };

/** A bench on the old image, or why there is none; that is no failure. `told` names it, or the reason. */
export type OldImage =
  | { readonly kind: 'ready'; readonly bench: Bench; readonly told: string }
  | { readonly kind: 'none'; readonly told: string };

/**
 * Finds or builds the old image. What it stands for is only looked at: it starts with the rights that the engine gives by
 * default, as a deployment of it did, and is asked from the image under test.
 * @throws RefitError for a fault of the engine, or when the run was interrupted (exit 130).
 */
export async function openOldImage(
  now: Bench,
  source: OldSource,
  build: { readonly owner: string; readonly useCache: boolean; readonly onLine: (line: string) => void },
): Promise<OldImage> {
  if (source.kind === 'none') return { kind: 'none', told: source.why };
  const { session } = now;
  // No database: it would write its tables into the one of the caller.
  const beside: Pick<Bench, 'session' | 'base' | 'database' | 'asksFrom'> = {
    session,
    base: now.base,
    database: { kind: 'none' },
    asksFrom: now.image.facts.id,
  };
  if (source.kind === 'image') {
    const facts = await findOrPull(session, source.name, build.onLine);
    if (facts === null) return { kind: 'none', told: `${source.name} is not in the engine, and no registry gives it` };
    const image = { facts, name: source.name, reused: true, milliseconds: 0, log: [] };
    const bench = openBench({ ...now, ...beside, project: withoutSettings(now.project), image });
    return { kind: 'ready', bench, told: source.name };
  }
  const { tree, label } = source;
  const none = (why: string): OldImage => ({ kind: 'none', told: `${label} gives none: ${why}` });
  if (sameFiles(tree, now.tree)) return none('it has the same files');
  const project = readProject(tree, {});
  const judged = judgedDockerfile(project);
  if (judged.kind === 'skip') return none(judged.why);
  if (judged.base === 'base') {
    return none(
      `its ${judged.path} is on the base image already; name the commit before the migration: --compare=COMMIT`,
    );
  }
  const base = await findBase(session, judged, undefined, build.onLine);
  if (base.kind === 'missing') return none(base.reason);
  const built = await buildTree(session, {
    ...build,
    tree,
    judged,
    owner: `${build.owner}-old`,
    base: { name: base.name, id: base.facts.id, replaces: false },
    buildArgs: {},
  });
  if (built.kind !== 'built') {
    const { line, tail } = built.failure;
    return none(
      `${judged.path}${line === null ? '' : `:${line}`} does not build: ${now.safe(tail.at(-1) ?? 'no output')}`,
    );
  }
  const { image } = built;
  const bench = openBench({ ...beside, tree, project, judged, image, base: { name: base.name, facts: base.facts } });
  const time = image.reused ? 'reused' : `built in ${Math.round(image.milliseconds / 1000)} s`;
  return { kind: 'ready', bench, told: `${label}, ${time}: ${image.name}` };
}

/** The compose files and the configuration of the checkout say nothing of an image that it did not make. */
function withoutSettings(project: Project): Project {
  const why = 'the image brings its own';
  return { ...project, composeFiles: [], config: { kind: 'none', imagePath: null, why } };
}

function sameFiles(a: ReadonlyTree, b: ReadonlyTree): boolean {
  const [left, right] = [a.paths(), b.paths()];
  const same = (path: RepoPath): boolean =>
    b.has(path) && a.mode(path) === b.mode(path) && Buffer.from(a.readBytes(path)).equals(b.readBytes(path));
  return left.length === right.length && left.every(same);
}
