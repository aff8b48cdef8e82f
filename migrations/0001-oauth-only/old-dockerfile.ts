import {
  BASE_WORKDIR,
  type ComposeProject,
  type Dockerfile,
  type FinalStage,
  finalStage,
  findDockerfile,
  isBaseImage,
  isPipInstall,
  nameOf,
  OLD_LOGIN,
  type ReadonlyTree,
  type RepoPath,
  type RunInstruction,
  readComposeProject,
  readDockerfile,
  repoPath,
  resolveIn,
} from '../../src/authoring.ts';
import { helperStages } from './build-stages.ts';

export { BASE_WORKDIR, isBaseImage, isPipInstall };

/** Where the container of a checkout stands. */
export type ContainerState =
  /** Its image is not built on the base yet. */
  | LegacyContainer
  | { readonly kind: 'on-base'; readonly path: RepoPath; readonly base: string }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'unreadable'; readonly path: RepoPath; readonly why: string; readonly line: number };

/** The compose files, read with the Dockerfile that the migration replaces as the one of the provider. */
export function readOwnCompose(tree: ReadonlyTree, wanted: string | undefined): ComposeProject {
  const choice = chooseDockerfile(tree, wanted);
  return readComposeProject(tree, choice.kind === 'one' ? { dockerfile: choice.path } : {});
}

/** The Dockerfile that the migration replaces. */
export interface LegacyContainer {
  readonly kind: 'legacy';
  readonly path: RepoPath;
  readonly file: Dockerfile;
  readonly stage: FinalStage;
}

/** The Dockerfile that a parameter names, where there is such a file; else the one that evidence finds. */
export function chooseDockerfile(tree: ReadonlyTree, wanted: string | undefined): ReturnType<typeof findDockerfile> {
  const path = wanted === undefined ? null : resolveIn(null, wanted);
  return path !== null && tree.has(path) ? { kind: 'one', path } : findDockerfile(tree);
}

/** Reads the container state of a checkout; `wanted` is the parameter `dockerfile`. */
export function containerState(tree: ReadonlyTree, wanted: string | undefined): ContainerState {
  const choice = chooseDockerfile(tree, wanted);
  if (wanted !== undefined && (choice.kind !== 'one' || choice.path !== resolveIn(null, wanted))) {
    return { kind: 'unreadable', path: wanted as RepoPath, why: 'there is no such file (--param dockerfile)', line: 1 };
  }
  if (choice.kind === 'none')
    return { kind: 'none', why: 'there is no Dockerfile at the root, and compose names none' };
  if (choice.kind === 'several') {
    const why = `cannot tell which of ${choice.paths.join(', ')} is the image of the proxy: name it with --param dockerfile=${choice.paths[0]}`;
    return { kind: 'unreadable', path: choice.paths[0] as RepoPath, why, line: 1 };
  }
  const { path } = choice;
  const text = tree.tryReadText(path);
  if (text === null) return { kind: 'unreadable', path, why: 'not a text file that can be replaced', line: 1 };
  const file = readDockerfile(text);
  const stage = finalStage(file);
  if (stage.kind === 'none') return { kind: 'unreadable', path, why: stage.why, line: stage.line };
  if (isBaseImage(stage.base.reference)) return { kind: 'on-base', path, base: stage.base.text };
  const [problem] = file.problems;
  if (problem !== undefined) return { kind: 'unreadable', path, why: problem.message, line: problem.line };
  if (stage.base.open.length > 0) {
    const why = `cannot tell the base image: ${stage.base.open.join(', ')} has no default`;
    return { kind: 'unreadable', path, why, line: stage.base.line };
  }
  return { kind: 'legacy', path, file, stage };
}

/**
 * What a step says that belongs to a run which replaces the Dockerfile: null when the Dockerfile is still the old one.
 */
export function notReplacing(
  state: ContainerState,
):
  | { readonly kind: 'skip' | 'done'; readonly why: string }
  | { readonly kind: 'refuse'; readonly why: string; readonly path: RepoPath; readonly line: number }
  | null {
  switch (state.kind) {
    case 'legacy':
      return null;
    case 'on-base':
      return { kind: 'skip', why: `${state.path} is on the base image already, so the container is left as it is` };
    case 'none':
      return { kind: 'skip', why: state.why };
    case 'unreadable':
      return { kind: 'refuse', why: state.why, path: state.path, line: state.line };
    default: {
      const never: never = state;
      return never;
    }
  }
}

/** Where the old image kept the login, and who wrote it: in the home of root, or of the user that the image ran as. */
export interface OldHome {
  readonly login: string;
  readonly owner: string;
}

/** The home of the user that the old image ran as. */
export function oldHome(state: ContainerState): OldHome {
  const root = { login: OLD_LOGIN, owner: 'root' };
  if (state.kind !== 'legacy') return root;
  const owner = state.stage.users.at(-1)?.value.split(':')[0] ?? '';
  if (!/^[a-z_][\w-]*$/.test(owner) || owner === 'root' || owner === 'claude') return root;
  const home = state.stage.env.findLast(({ name }) => name === 'HOME')?.value ?? `/home/${owner}`;
  return { login: `${home.replace(/\/+$/, '')}/.claude`, owner };
}

/** The RUN instructions of every stage that the old image takes something from. */
export function installingRuns({ stage, file }: LegacyContainer): readonly RunInstruction[] {
  return [...helperStages(file, stage).flatMap((one) => one.stage.runs), ...stage.runs];
}

/** The requirements file that the old image installs, as a path of the checkout; `requirements.txt` when it names none. */
export function requirementsPath(old: LegacyContainer): RepoPath {
  const fallback = repoPath('requirements.txt');
  const stages = [old.stage, ...helperStages(old.file, old.stage).map(({ stage }) => stage)];
  for (const { commands } of stages.flatMap(({ runs }) => runs)) {
    for (const { words } of commands) {
      const values = words.map(({ value }) => value);
      if (!isPipInstall(values)) continue;
      const at = values.findIndex((value) => value === '-r' || value === '--requirement');
      const named = at === -1 ? undefined : values[at + 1];
      const source = named === undefined ? undefined : sourceOf(stages, named);
      if (source !== undefined && !source.endsWith('.toml')) return source;
    }
  }
  return fallback;
}

function sourceOf(stages: readonly FinalStage[], imagePath: string): RepoPath | undefined {
  const name = nameOf(imagePath as RepoPath);
  for (const { sources } of stages.flatMap(({ copies }) => copies)) {
    const source = sources.find((one) => one.split('/').at(-1) === name);
    const path = source === undefined ? null : resolveIn(null, source.replace(/^\/+/, ''));
    if (path !== null) return path;
  }
  return undefined;
}
