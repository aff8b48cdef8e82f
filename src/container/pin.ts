/** The line that pins the base image by its digest. */
import type { RepoPath } from '../base/repo-path.ts';
import { baseLine } from '../checks/project/build-args.ts';
import type { JudgedDockerfile } from '../checks/project.ts';
import { type DockerfileInstruction, parseImageReference } from '../editors/dockerfile.ts';
import { findBase } from './base-image.ts';
import type { ImageFacts, Session } from './engine.ts';

/** What is to be written where, or why that cannot be told. */
export type Pin =
  | {
      readonly kind: 'line';
      readonly path: RepoPath;
      readonly line: number;
      /** The instruction as it is and as it pins the image, on one line each. */
      readonly before: string;
      readonly after: string;
      /** The name that was looked up. */
      readonly image: string;
      /** `sha256:…`. */
      readonly digest: string;
    }
  | { readonly kind: 'no-digest'; readonly reason: string; readonly hint: string };

/**
 * Looks the base up as a build does, in the engine first, and gives the line that names it by the digest that the engine
 * has of it. An image that was built or loaded here has none, for a digest is given by a registry.
 */
export async function pinBase(
  session: Session,
  judged: JudgedDockerfile,
  wanted: string | undefined,
  onLine: (line: string) => void,
): Promise<Pin> {
  const base = await findBase(session, judged, wanted, onLine);
  if (base.kind === 'missing') return { kind: 'no-digest', reason: base.reason, hint: base.hint };
  const digest = digestOf(base.name, base.facts);
  if (digest !== null) return pinnedLine(judged, base.name, digest, wanted !== undefined);
  const elsewhere = base.facts.digests.length === 0 ? '' : ` under this name, only as ${base.facts.digests.join(', ')}`;
  return {
    kind: 'no-digest',
    reason: `${base.name} has no digest in this engine${elsewhere}: it was built or loaded here, not fetched from a registry`,
    hint: `${session.engine.program} pull ${base.name}, then again; or name an image of a registry: --base-image NAME`,
  };
}

/** Where the base is named by its digest already, or null. Pure. */
export function pinnedAt(judged: JudgedDockerfile): { readonly line: number; readonly digest: string } | null {
  const digest = parseImageReference(judged.stage.base.text)?.digest ?? null;
  return digest === null ? null : { line: baseLine(judged).line, digest };
}

/** The digest that the engine has of an image under the repository of `name`, or null. Pure. */
export function digestOf(name: string, { digests }: Pick<ImageFacts, 'digests'>): string | null {
  const wanted = repositoryOf(name);
  const found = digests.find((each) => wanted !== null && repositoryOf(each) === wanted);
  return found === undefined ? null : found.slice(found.indexOf('@') + 1);
}

/** With what stands for a missing registry and a missing namespace. */
function repositoryOf(name: string): string | null {
  const reference = parseImageReference(name);
  if (reference === null) return null;
  const { registry, repository } = reference;
  const host = registry === null || registry === 'index.docker.io' ? 'docker.io' : registry;
  return `${host}/${host === 'docker.io' && !repository.includes('/') ? 'library/' : ''}${repository}`;
}

/** The default of the ARG that FROM takes the whole name from, else FROM itself. Pure. */
export function pinnedLine(
  judged: JudgedDockerfile,
  image: string,
  digest: string,
  replaces: boolean,
): Extract<Pin, { kind: 'line' }> {
  const { file, stage, path } = judged;
  const at = baseLine(judged);
  const pinned = `${image.replace(/@.*$/, '')}@${digest}`;
  const isWhole =
    at.name !== null && new RegExp(`^\\$(?:${at.name}|\\{${at.name}(?::?-[^}]*)?\\})$`).test(stage.base.raw);
  const line = isWhole ? at.line : stage.base.line;
  const from = `${stage.base.raw}@${digest}`;
  const words = (instruction: DockerfileInstruction | undefined): readonly string[] =>
    (instruction?.words ?? []).map(({ text }) => text);
  const rewrite = (word: string): string => {
    if (isWhole) return word.startsWith(`${at.name}=`) ? `${at.name}=${pinned}` : word;
    if (word !== stage.base.raw) return word;
    return replaces || !word.includes('$') ? pinned : from;
  };
  const instruction = file.instructions.find((each) => each.line === line);
  const flags = (instruction?.flags ?? []).map(({ name, value }) => `--${name}${value === null ? '' : `=${value}`}`);
  const text = (args: readonly string[]): string => [instruction?.keyword, ...flags, ...args].join(' ');
  const now = words(instruction);
  return { kind: 'line', path, line, before: text(now), after: text(now.map(rewrite)), image, digest };
}
