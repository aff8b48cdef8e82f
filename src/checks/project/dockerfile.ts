/** Finds and reads the Dockerfile that the checks judge. Pure. */
import { compileGlobs } from '../../base/glob.ts';
import { comparePaths, nameOf, parentOf, type RepoPath, repoPath, resolveIn } from '../../base/repo-path.ts';
import {
  type Dockerfile,
  type FinalStage,
  finalStage,
  type ImageFile,
  imageLayout,
  pathsOfSource,
  type RunInstruction,
  readDockerfile,
  resolveImagePath,
} from '../../editors/dockerfile.ts';
import { type IgnorePattern, isIgnored, readIgnoreFile } from '../../editors/ignore-file.ts';
import { HISTORY_GLOBS } from '../../tree/mentions.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { BASE_WORKDIR } from './base-image.ts';
import { type BaseKind, baseKind } from './base-kind.ts';
import { buildsOf, buildsOnBase, type ComposeBuild } from './compose-builds.ts';
import type { ComposeProject } from './compose-project.ts';

/** The judged Dockerfile, or why there is none. */
export type DockerfileReading =
  | JudgedDockerfile
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly path: RepoPath; readonly why: string; readonly line: number };

/** A Dockerfile, read, with where its files come from. */
export interface JudgedDockerfile {
  readonly kind: 'read';
  readonly path: RepoPath;
  readonly text: string;
  readonly file: Dockerfile;
  readonly stage: FinalStage;
  readonly base: BaseKind;
  /** Folder that the build sends, null for the root of the checkout. */
  readonly context: RepoPath | null;
  /** The RUN instructions of all stages, in order. */
  readonly runs: readonly RunInstruction[];
}

/** A file of the checkout and where it lands in the image. */
export interface PlacedFile extends ImageFile {
  /** Path in the checkout. */
  readonly path: RepoPath;
}

/** Reads the Dockerfile at `wanted`, else the one that compose names for the provider, else the one at the root. */
export function readJudged(tree: ReadonlyTree, compose: ComposeProject, wanted?: RepoPath): DockerfileReading {
  const builds = buildsOf(tree, compose);
  const path = wanted ?? choose(tree, builds);
  if (path === null) return { kind: 'none', why: 'there is no Dockerfile at the root, and compose names none' };
  if (!tree.has(path)) return { kind: 'none', why: `there is no file ${path}` };
  const text = tree.tryReadText(path);
  if (text === null) return { kind: 'unreadable', path, why: 'it is not a text file', line: 1 };
  const built = builds.filter((build) => build.path === path);
  const file = upTo(readDockerfile(text), built.toSorted((a, b) => b.score - a.score)[0]?.target ?? null);
  const first = finalStage(file);
  if (first.kind === 'none') return { kind: 'unreadable', path, why: first.why, line: first.line };
  const base = baseKind(first.base);
  const onSdk = base === 'base' || base === 'look-alike';
  const again = onSdk ? finalStage(file, { baseWorkdir: BASE_WORKDIR }) : first;
  const stage = again.kind === 'stage' ? again : first;
  const named = built.map(({ context }) => context);
  const context = chooseContext(tree, stage, [...named, null, parentOf(path)]);
  return { kind: 'read', path, text, file, stage, base, context, runs: runsOf(file) };
}

/** The file without the stages behind the one that compose builds; whole where it names none. */
function upTo(file: Dockerfile, target: string | null): Dockerfile {
  const stage = file.stages.find(({ name, index }) => name === target?.toLowerCase() || `${index}` === target);
  return stage === undefined ? file : { ...file, stages: file.stages.slice(0, stage.index + 1) };
}

const inHistory = compileGlobs([...HISTORY_GLOBS]);

/** `Containerfile`, `Dockerfile.proxy`, `docker/proxy.Dockerfile`; no copy of an old one. */
function isNamedSo(path: RepoPath): boolean {
  const name = nameOf(path);
  return (
    /^(?:Docker|Container)file(?:\.[\w-]+)?$|^[\w-]+\.(?:Docker|docker|Container)file$/.test(name) &&
    !/\.(?:backup|bak|old|orig|example|sample|template|dockerignore)$/.test(name) &&
    !inHistory(path)
  );
}

function choose(tree: ReadonlyTree, builds: readonly ComposeBuild[]): RepoPath | null {
  const root = repoPath('Dockerfile');
  const atRoot: readonly ComposeBuild[] = tree.has(root)
    ? [{ path: root, context: null, target: null, score: buildsOnBase(tree, root) ? 8 : 0.25 }]
    : [];
  const all = [...atRoot, ...builds].sort((a, b) => b.score - a.score || comparePaths(a.path, b.path));
  const [best] = all;
  // A service that has nothing of the provider does not take the place of the file at the root.
  if (best !== undefined && (best.score >= 1 || atRoot.length === 0)) return best.path;
  if (best !== undefined) return root;
  const named = tree.paths('**/{Docker,Container}file*', '**/*.{Dockerfile,dockerfile,Containerfile}');
  const [single, ...more] = named.filter((path) => isNamedSo(path) && buildsOnBase(tree, path));
  return single !== undefined && more.length === 0 ? single : null;
}

/** The first folder from which most sources of the COPY lines exist. */
function chooseContext(tree: ReadonlyTree, stage: FinalStage, folders: readonly (RepoPath | null)[]): RepoPath | null {
  const sources = stage.copies.filter(({ from, inline }) => from === null && !inline).flatMap((copy) => copy.sources);
  let best: RepoPath | null = null;
  let most = -1;
  for (const folder of new Set(folders)) {
    const paths = pathsBelow(tree, folder);
    const found = sources.filter((source) => pathsOfSource(source, paths).length > 0).length;
    if (found > most) {
      best = folder;
      most = found;
    }
  }
  return best;
}

/** The files of the build context, by their path in it. */
function pathsBelow(tree: ReadonlyTree, folder: RepoPath | null): readonly string[] {
  if (folder === null) return tree.paths();
  const prefix = `${folder}/`;
  return tree.paths().flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []));
}

function runsOf(file: Dockerfile): readonly RunInstruction[] {
  const byStart = new Map<number, RunInstruction>();
  for (let count = 1; count <= file.stages.length; count += 1) {
    const stage = finalStage({ ...file, stages: file.stages.slice(0, count) });
    if (stage.kind === 'stage') for (const run of stage.runs) byStart.set(run.instruction.start, run);
  }
  return [...byStart.values()].sort((a, b) => a.instruction.start - b.instruction.start);
}

/** Where the files of the checkout land in the image, by image path; what the ignore file keeps out is left out. */
export function readLayout(tree: ReadonlyTree, judged: JudgedDockerfile): ReadonlyMap<string, PlacedFile> {
  const { context } = judged;
  const ignored = ignoredIn(tree, judged);
  const placed = new Map<string, PlacedFile>();
  for (const [image, file] of layoutOf(judged.file, judged.stage, pathsBelow(tree, context))) {
    const path = resolveIn(context, file.context);
    if (path !== null && !ignored(file.context)) placed.set(image, { ...file, path });
  }
  addMoved(placed, judged);
  return placed;
}

const MOVERS = /^(?:cp|mv|install|ln)$/;

/** Single files that a RUN copies, moves or links on: `install -m 0755 /tmp/start.sh /usr/local/bin/`. */
function addMoved(placed: Map<string, PlacedFile>, { stage }: JudgedDockerfile): void {
  for (const { words } of stage.runs.flatMap(({ commands }) => commands)) {
    const values = words.map(({ value }) => value).filter((value) => value !== 'sudo');
    if (!MOVERS.test(values[0]?.replace(/^.*\//, '') ?? '')) continue;
    const operands = values
      .slice(1)
      .filter((value, at, all) => !value.startsWith('-') && !/^-[mog]$/.test(all[at - 1] ?? ''));
    const [source = '', target = ''] = operands;
    const file = placed.get(resolveImagePath(stage.workdir, source));
    if (operands.length !== 2 || file === undefined) continue;
    const to = resolveImagePath(stage.workdir, target);
    const isFolder =
      target.endsWith('/') || /\/s?bin$/.test(to) || [...placed.keys()].some((one) => one.startsWith(`${to}/`));
    const image = isFolder ? `${to === '/' ? '' : to}/${source.slice(source.lastIndexOf('/') + 1)}` : to;
    placed.set(image, { ...file, image });
  }
}

function layoutOf(file: Dockerfile, stage: FinalStage, paths: readonly string[]): ReadonlyMap<string, ImageFile> {
  const layout = new Map<string, ImageFile>();
  for (const copy of stage.copies) {
    const named = [...new Set(copy.sources.flatMap((source) => pathsOfSource(source, paths)))];
    for (const one of imageLayout([copy], named)) layout.set(one.image, one);
    const from = file.stages
      .slice(0, stage.chain.at(-1)?.index ?? 0)
      .find(({ name, index }) => copy.from !== null && (name === copy.from.toLowerCase() || `${index}` === copy.from));
    if (from === undefined) continue;
    const earlier = finalStage({ ...file, stages: file.stages.slice(0, from.index + 1) });
    if (earlier.kind === 'none') continue;
    for (const [image, one] of layoutOf(file, earlier, paths)) {
      for (const source of copy.sources) {
        const target = carriedTo(image, source, copy.destination, copy.toFolder);
        if (target !== null) layout.set(target, { image: target, context: one.context, line: copy.line });
      }
    }
  }
  return layout;
}

/** Where a file of an earlier stage lands when `source` of that stage is copied, or null when it is not part of it. */
function carriedTo(image: string, source: string, destination: string, toFolder: boolean): string | null {
  const from = `/${source
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
  const base = destination === '/' ? '' : destination;
  if (image === from) return toFolder ? `${base}/${image.slice(image.lastIndexOf('/') + 1)}` : destination;
  const prefix = from === '/' ? '/' : `${from}/`;
  return image.startsWith(prefix) ? `${base}/${image.slice(prefix.length)}` : null;
}

function ignoredIn(tree: ReadonlyTree, { path, context }: JudgedDockerfile): (name: string) => boolean {
  const candidates = [`${path}.dockerignore` as RepoPath, resolveIn(context, '.dockerignore')];
  const found = candidates.find((one) => one !== null && tree.has(one)) ?? null;
  const text = found === null ? null : tree.tryReadText(found);
  if (text === null) return () => false;
  const patterns: readonly IgnorePattern[] = readIgnoreFile(text).patterns;
  return (name) => isIgnored(patterns, name, 'docker');
}
