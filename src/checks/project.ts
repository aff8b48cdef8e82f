/** A checkout of the family as the checks see it, read once for each tree. Pure. */
import { parentOf, type RepoPath, resolveIn } from '../base/repo-path.ts';
import type { ComposeService } from '../editors/compose.ts';
import { resolveImagePath } from '../editors/dockerfile.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { CheckContext } from './define.ts';
import { composeFiles, type composeRole } from './project/compose-evidence.ts';
import { type ComposeProject, readComposeProject } from './project/compose-project.ts';
import { type BindMount, type ConfigReading, readConfig } from './project/config.ts';
import {
  type DockerfileReading,
  type JudgedDockerfile,
  type PlacedFile,
  readJudged,
  readLayout,
} from './project/dockerfile.ts';
import { autoLoaded, type ComposeListing, type ComposeLoading, listedFiles } from './project/loaded-files.ts';
import { type PipInstall, pipInstalls } from './project/pip-installs.ts';
import { type RequirementsReading, readDeclared } from './project/requirements.ts';
import { type ImageStart, readStart, type StartScript } from './project/start.ts';

export type { BindMount, ConfigReading } from './project/config.ts';
export { imageFolder } from './project/config.ts';
export type { DockerfileReading, JudgedDockerfile, PlacedFile } from './project/dockerfile.ts';
export type { ComposeListing, ComposeLoading } from './project/loaded-files.ts';
export type { PipInstall } from './project/pip-installs.ts';
export type { RequirementsReading } from './project/requirements.ts';
export type { ImageStart, StartScript } from './project/start.ts';

/** One compose file of the checkout. */
export interface ComposeReading {
  readonly path: RepoPath;
  readonly text: string;
  readonly role: ReturnType<typeof composeRole>;
  /** Whether it is loaded, and by what. */
  readonly loaded: ComposeLoading;
  /** What lists it, for `listed`. */
  readonly listing: ComposeListing | null;
  readonly services: readonly ComposeService[];
  /** Those that run the provider. */
  readonly providerServices: readonly ComposeService[];
}

/** What the checks of one checkout share. */
export interface Project {
  /** The Dockerfile that is judged, or why there is none. */
  readonly dockerfile: DockerfileReading;
  /** Readable compose files, sorted by path, examples included (`other`). */
  readonly composeFiles: readonly ComposeReading[];
  /** The same files as a migration reads them, with what could not be read. */
  readonly compose: ComposeProject;
  /** Image path → the file of the checkout that COPY and ADD put there; empty without a Dockerfile. */
  readonly imageLayout: ReadonlyMap<string, PlacedFile>;
  /** ENTRYPOINT, CMD and their scripts; null without a Dockerfile. */
  readonly start: ImageStart | null;
  /** The first script of the checkout that the image runs; null when it runs none. */
  readonly entrypoint: StartScript | null;
  /** Binds of the provider service in loaded files. */
  readonly mounts: readonly BindMount[];
  readonly config: ConfigReading;
  /** What names the packages of the image: requirements files and manifests. */
  readonly requirements: readonly RequirementsReading[];
  /** What names packages too, in a form that is not read; null when there is nothing of the kind. */
  readonly unreadPackages: string | null;
  /** Manifests that are no TOML: `pyproject.toml (line 3: …)`. */
  readonly brokenManifests: readonly string[];
  /** `pip install` commands of the Dockerfile and of the scripts that run at start. */
  readonly installs: readonly PipInstall[];
}

interface Memory {
  readonly revision: number;
  readonly byDockerfile: Map<string, Project>;
}

const memory = new WeakMap<ReadonlyTree, Memory>();

/** Reads the checkout; the same tree at the same revision is read once. */
export function readProject(tree: ReadonlyTree, ctx: CheckContext): Project {
  const revision = 'revision' in tree && typeof tree.revision === 'number' ? tree.revision : 0;
  let known = memory.get(tree);
  if (known === undefined || known.revision !== revision) {
    known = { revision, byDockerfile: new Map() };
    memory.set(tree, known);
  }
  const key = ctx.dockerfile ?? '';
  const project = known.byDockerfile.get(key) ?? readAll(tree, ctx);
  known.byDockerfile.set(key, project);
  return project;
}

function readAll(tree: ReadonlyTree, ctx: CheckContext): Project {
  const listed = listedFiles(tree);
  const auto = autoLoaded(tree, composeFiles(tree));
  const also = [...listed.map(({ path }) => path), ...auto];
  const dockerfile = readJudged(tree, readComposeProject(tree, { also }), ctx.dockerfile);
  const judged = dockerfile.kind === 'read' ? dockerfile : null;
  const compose = readComposeProject(tree, { also, ...(judged === null ? {} : { dockerfile: judged.path }) });
  const files = compose.files.map((file): ComposeReading => {
    const listing = listed.find(({ path }) => path === file.path) ?? null;
    const { services } = file.compose;
    return {
      path: file.path,
      text: file.text,
      role: file.role,
      loaded: auto.includes(file.path) ? 'auto' : listing !== null ? 'listed' : 'other',
      listing,
      services,
      providerServices: services.filter(({ name }) => file.providers.has(name)),
    };
  });
  return { dockerfile, composeFiles: files, compose, ...readImage(tree, judged, files) };
}

function readImage(
  tree: ReadonlyTree,
  judged: JudgedDockerfile | null,
  files: readonly ComposeReading[],
): Pick<
  Project,
  | 'imageLayout'
  | 'start'
  | 'entrypoint'
  | 'mounts'
  | 'config'
  | 'requirements'
  | 'unreadPackages'
  | 'brokenManifests'
  | 'installs'
> {
  const imageLayout = judged === null ? new Map<string, PlacedFile>() : readLayout(tree, judged);
  const start = judged === null ? null : readStart(tree, judged, imageLayout);
  const loaded = files.filter((file) => file.loaded !== 'other');
  const mounts = loaded.flatMap(bindMounts);
  const installs = judged === null ? [] : pipInstalls(judged, start);
  const declared = readDeclared(tree, judged, imageLayout, installs);
  const services = loaded.flatMap(({ providerServices }) => providerServices);
  return {
    imageLayout,
    start,
    entrypoint: start?.scripts[0] ?? null,
    mounts,
    config: readConfig(tree, judged, start, imageLayout, services, mounts),
    requirements: declared.readings,
    unreadPackages: declared.unread,
    brokenManifests: declared.broken,
    installs,
  };
}

/** The binds of the provider services whose source lies in the checkout. */
function bindMounts({ path, providerServices }: ComposeReading): readonly BindMount[] {
  return providerServices.flatMap(({ mounts }) =>
    mounts.flatMap(({ type, source, target, line }) => {
      const from = type === 'bind' && source !== null ? (source.resolved ?? source.text) : null;
      const to = target.resolved ?? target.text;
      const found = from === null ? null : resolveIn(parentOf(path), from);
      return found === null ? [] : [{ source: found, target: resolveImagePath('/', to), compose: path, line }];
    }),
  );
}

/** The judged Dockerfile, or what a check answers that has none to judge. */
export function judgedDockerfile(project: Project): JudgedDockerfile | { readonly kind: 'skip'; readonly why: string } {
  const { dockerfile } = project;
  if (dockerfile.kind === 'read') return dockerfile;
  if (dockerfile.kind === 'none') return { kind: 'skip', why: dockerfile.why };
  return { kind: 'skip', why: `${dockerfile.path}:${dockerfile.line} ${dockerfile.why}` };
}

/** The judged Dockerfile where its image has the base's contract, or what a check answers that relies on it. */
export function dockerfileOnBase(project: Project): JudgedDockerfile | { readonly kind: 'skip'; readonly why: string } {
  const judged = judgedDockerfile(project);
  if (judged.kind === 'skip' || judged.base === 'base' || judged.base === 'look-alike') return judged;
  return { kind: 'skip', why: `${judged.path} is not built on the base image: ${judged.stage.base.text}` };
}
