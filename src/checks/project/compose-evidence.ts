import { compileGlobs } from '../../base/glob.ts';
import { nameOf, parentOf, type RepoPath, repoPath, resolveIn } from '../../base/repo-path.ts';
import { type ComposeService, readCompose } from '../../editors/compose.ts';
import { finalStage, parseImageReference, readDockerfile } from '../../editors/dockerfile.ts';
import { HISTORY_GLOBS } from '../../tree/mentions.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';

/** Where the login of the old image lives. */
export const OLD_LOGIN = '/root/.claude';
/** Where the login of the base image lives. */
export const NEW_LOGIN = '/home/claude/.claude';

const COMPOSE_FILES = ['', '.{example,sample,dist}'].map((end) => `**/{docker-compose,compose}*.{yml,yaml}${end}`);
const BASE_NAME = /^(?:docker-)?compose\.ya?ml$/;
const OVERRIDE_NAME = /^(?:docker-)?compose\.override\.ya?ml$/;
const NEW_BASE = /^claude-(?:code|agent)-sdk(?:-docker)?$/;

/** What speaks for a service being the provider. The first two are enough alone, the others only together. */
export type ProviderTrait = 'builds-here' | 'image-name' | 'port-4000' | 'config-mount' | 'master-key' | 'login-mount';

/** A service that runs the provider, and why it is thought to. */
export interface ProviderService {
  readonly service: ComposeService;
  readonly traits: readonly ProviderTrait[];
}

/** What decides which Dockerfile a service of a compose file builds. */
export interface ComposeContext {
  /** Folder of the compose file; null for the root of the checkout. */
  readonly folder: RepoPath | null;
  /** The Dockerfile that belongs to the provider; `Dockerfile` at the root unless given. */
  readonly dockerfile?: RepoPath;
}

/**
 * The services of a compose text that run the provider, by what they are and not by their name. None when the text is
 * not readable.
 */
export function findProviderServices(text: string, context: ComposeContext): readonly ProviderService[] {
  const read = readCompose(text);
  if (read.kind === 'refused') return [];
  return read.file.services.flatMap((service) => {
    const traits = traitsOf(service, context);
    return isProvider(service, traits) ? [{ service, traits }] : [];
  });
}

function isProvider(service: ComposeService, traits: readonly ProviderTrait[]): boolean {
  if (traits.includes('builds-here')) return true;
  if (service.build !== null || service.image === null) return false;
  if (traits.includes('image-name')) return true;
  const name = service.image.resolved ?? service.image.text;
  // LiteLLM's own image runs as root and keeps doing so, however it is mounted.
  return traits.length >= 3 && traits.includes('config-mount') && !/berriai\/|\/litellm(?:-\w+)?(?::|@|$)/.test(name);
}

function traitsOf(service: ComposeService, context: ComposeContext): readonly ProviderTrait[] {
  const targets = service.mounts.map(({ target }) => (target.resolved ?? target.text).replace(/\/+$/, ''));
  const image = (service.image?.resolved ?? service.image?.text ?? '').toLowerCase();
  const found: Readonly<Record<ProviderTrait, boolean>> = {
    'builds-here': buildsHere(service, context),
    'image-name': /litellm[\w.-]*claude|claude[\w.-]*litellm/.test(image.slice(image.lastIndexOf('/') + 1)),
    'port-4000': service.ports.some(({ target }) => target === '4000'),
    'config-mount': targets.some((target) => /^\/app\/config(?:\/|$)|custom_handler\.py$/.test(target)),
    'master-key': service.environment.some(({ name }) => name === 'LITELLM_MASTER_KEY'),
    'login-mount': targets.some((target) => target === OLD_LOGIN || target === NEW_LOGIN),
  };
  return (Object.keys(found) as ProviderTrait[]).filter((trait) => found[trait]);
}

function buildsHere(
  { build }: ComposeService,
  { folder, dockerfile = repoPath('Dockerfile') }: ComposeContext,
): boolean {
  if (build === null || build.inline) return false;
  const context = build.context === null ? '.' : build.context.resolved;
  const file = build.dockerfile === null ? 'Dockerfile' : build.dockerfile.resolved;
  if (context === null || file === null || /^[a-z+]+:|^git@|^\//.test(context)) return false;
  // A trailing name survives where a context that is the root itself could not be expressed.
  return resolveIn(folder, `${context}/${file}`) === dockerfile;
}

/** Compose files of the checkout, their examples included; none in archives or backups. */
export function composeFiles(tree: ReadonlyTree): readonly RepoPath[] {
  const inHistory = compileGlobs(HISTORY_GLOBS);
  return tree.paths(...COMPOSE_FILES).filter((path) => !inHistory(path) && tree.mode(path) !== 'link');
}

/** What Compose does with a file of this name: loads it, merges it over the base file, or neither unless told to. */
export function composeRole(path: RepoPath): 'base' | 'override' | 'other' {
  const name = nameOf(path);
  if (BASE_NAME.test(name)) return 'base';
  return OVERRIDE_NAME.test(name) ? 'override' : 'other';
}

/** Whether the Dockerfile at `path` builds on the new base image already, whatever registry or digest is in front. */
export function isOnNewBase(tree: ReadonlyTree, path: RepoPath = repoPath('Dockerfile')): boolean {
  const text = tree.has(path) ? tree.tryReadText(path) : null;
  if (text === null) return false;
  const stage = finalStage(readDockerfile(text));
  if (stage.kind === 'none') return false;
  const repository = (stage.base.reference ?? parseImageReference(stage.base.text))?.repository ?? '';
  return NEW_BASE.test(repository.slice(repository.lastIndexOf('/') + 1));
}

/** The folder a compose file stands in. */
export function contextOf(path: RepoPath): ComposeContext {
  return { folder: parentOf(path) };
}
