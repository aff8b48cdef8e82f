import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { exportTree } from '../checkout/export.ts';
import type { JudgedDockerfile } from '../checks/project.ts';
import { readDockerfile, setInstructionArguments } from '../editors/dockerfile.ts';
import { applyEdits } from '../tree/edits.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { BuiltImage } from './bench.ts';
import { askEngine, type BuildFailure, buildImage, callEngine, inspectImage, type Session } from './engine.ts';

export interface TreeBuild {
  readonly tree: ReadonlyTree;
  readonly judged: JudgedDockerfile;
  /** Tells the checkouts of one machine apart in the names of their images: `legacy-1a2b3c4d`. */
  readonly owner: string;
  readonly base: { readonly name: string; readonly id: string; readonly replaces: boolean };
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly useCache: boolean;
  readonly onLine: (line: string) => void;
}

/** An image, or the build that did not give one. */
export type TreeBuildResult =
  | { readonly kind: 'built'; readonly image: BuiltImage }
  | {
      readonly kind: 'failed' | 'timed-out';
      readonly failure: BuildFailure;
      readonly milliseconds: number;
      readonly log: readonly string[];
    };

const REPOSITORY = 'refit-verify';

/**
 * Builds the image of a tree from an export of it, so that nothing of the work tree is in the image that is not in the
 * tree. One image of each checkout outlives the run under `refit-verify/<owner>`: the same files on the same base are
 * not built again, and a person can repeat by hand what a check did. Older ones of the checkout go.
 * @throws RefitError for a fault of the engine, or when the run was interrupted (exit 130).
 */
export async function buildTree(session: Session, spec: TreeBuild): Promise<TreeBuildResult> {
  const { engine } = session;
  const name = `${REPOSITORY}/${spec.owner}:${contentKey(spec)}`;
  const known = spec.useCache ? await inspectImage(engine, name) : null;
  if (known !== null) {
    return { kind: 'built', image: { facts: known, name, reused: true, milliseconds: 0, log: [] } };
  }
  const folder = mkdtempSync(join(tmpdir(), 'refit-verify-'));
  try {
    exportTree(spec.tree, folder);
    const dockerfile = join(folder, spec.judged.path);
    if (spec.base.replaces) writeFileSync(dockerfile, onOtherBase(spec));
    const built = await buildImage(session, {
      context: spec.judged.context === null ? folder : join(folder, spec.judged.context),
      dockerfile,
      buildArgs: spec.buildArgs,
      useCache: spec.useCache,
      keep: name,
      onLine: spec.onLine,
    });
    if (built.kind !== 'built') return built;
    const facts = await inspectImage(engine, built.imageId);
    if (facts === null) throw new RefitError(`the image that was just built is gone: ${built.imageId}`);
    await removeOlder(session, spec.owner, name);
    return {
      kind: 'built',
      image: { facts, name, reused: false, milliseconds: built.milliseconds, log: built.log },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 16 hexadecimal digits that change with anything the build reads. */
function contentKey({ tree, judged, base, buildArgs }: TreeBuild): string {
  const files = tree.paths().map((path) => [path, tree.mode(path), sha256(tree.readBytes(path))]);
  const settings = [judged.path, judged.context, base.id, base.replaces, Object.entries(buildArgs).sort()];
  return sha256(JSON.stringify([settings, files])).slice(0, 16);
}

/** The Dockerfile with the base that the caller named in the place of its own. */
function onOtherBase({ tree, judged, base }: TreeBuild): string {
  const text = tree.readText(judged.path as RepoPath);
  const dockerfile = readDockerfile(text);
  const from = dockerfile.instructions.find(({ line }) => line === judged.stage.base.line);
  if (from === undefined) throw new RefitError(`${judged.path}: no FROM on line ${judged.stage.base.line}`);
  const flags = from.flags.map(({ name, value }) => `--${name}${value === null ? '' : `=${value}`}`);
  const rest = from.args.text.trim().split(/\s+/).slice(1);
  const edit = setInstructionArguments(dockerfile, from, [...flags, base.name, ...rest].join(' '));
  if (edit.kind === 'refused') throw new RefitError(`${judged.path}:${edit.line} ${edit.why}`);
  return edit.kind === 'unchanged' ? text : applyEdits(text, edit.edits);
}

// One that is in use by another run of the same checkout cannot be removed; that run, or the next, removes it.
async function removeOlder({ engine }: Session, owner: string, current: string): Promise<void> {
  const list = ['images', '--format', '{{.Repository}}:{{.Tag}}', `${REPOSITORY}/${owner}`];
  const names = (await askEngine(engine, list)).split('\n').filter((name) => name.includes(`${REPOSITORY}/`));
  for (const name of names) if (!name.endsWith(current)) await callEngine(engine, ['rmi', name]);
}
