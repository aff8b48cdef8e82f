/** Pure: container image references as `docker pull` reads them. */

/** The parts of an image name. */
export interface ImageReference {
  readonly text: string;
  /** Host of the registry, null when the text names none. */
  readonly registry: string | null;
  /** Path without registry, tag and digest: `cabinlab/claude-code-sdk`. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:…`, null when there is none. */
  readonly digest: string | null;
}

const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

/** Reads an image reference; null when it is not one (an open variable, upper case in the path, a bad tag). */
export function parseImageReference(text: string): ImageReference | null {
  const at = text.indexOf('@');
  const digest = at === -1 ? null : text.slice(at + 1);
  if (digest !== null && !DIGEST.test(digest)) return null;
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : null;
  if (tag !== null && !TAG.test(tag)) return null;
  const path = hasTag ? named.slice(0, colon) : named;
  const slash = path.indexOf('/');
  const host = slash === -1 ? '' : path.slice(0, slash);
  const isHost = host.includes('.') || host.includes(':') || host === 'localhost' || /[A-Z]/.test(host);
  const repository = isHost ? path.slice(slash + 1) : path;
  if (!PATH.test(repository)) return null;
  return { text, registry: isHost ? host : null, repository, tag, digest };
}
