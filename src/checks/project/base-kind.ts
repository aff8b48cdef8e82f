/** Which kind of base an image is built on. Pure. */
import type { BaseImage } from '../../editors/dockerfile.ts';
import { isBaseImage } from './base-image.ts';

/**
 * `base`: one of the two names of the base image. `look-alike`: a Claude SDK image under another name, whose contract
 * is taken to be the same. `other`: any other image. `unknown`: the text does not say.
 */
export type BaseKind = 'base' | 'look-alike' | 'other' | 'unknown';

const LOOK_ALIKE = /(?:^|\/)claude-(?:code|agent)(?:-sdk)?(?:-docker)?$/;

export function baseKind({ text, reference, open }: BaseImage): BaseKind {
  if (reference === null) return open.length > 0 ? 'unknown' : 'other';
  if (isBaseImage(reference)) return 'base';
  return LOOK_ALIKE.test(reference.repository) || /cabinlab\/claude/.test(text) ? 'look-alike' : 'other';
}
