import type { ContainerCheck, ContainerCheckWords } from '../define.ts';
import { healthy } from './healthy.ts';
import { uid } from './uid.ts';
import { userConfig } from './user-config.ts';

/** The build itself: everything else needs what it gives. */
export const BUILD: ContainerCheckWords = {
  id: 'I01-build',
  title: 'The image builds',
  severity: 'blocker',
  level: 'image',
  description:
    'Everything that is proved is proved on an image that was built from this tree, never on one that compose names or a registry holds. A build ' +
    'that fails is shown with the instruction that stopped it.',
};

/** In the order of the check list; those marked `last` run after the others. */
export const CONTAINER_CHECKS: readonly ContainerCheck[] = [userConfig, uid, healthy];
