/** The base image by its contract, and the Dockerfile that is built on it. Pure. */
import type { ImageReference } from '../../editors/dockerfile.ts';

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
