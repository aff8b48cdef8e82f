import type { ContainerCheck, ContainerCheckWords } from '../define.ts';
import { derivedFromBase } from './derived-from-base.ts';
import { filesAbsent } from './files-absent.ts';
import { filesPresent } from './files-present.ts';
import { healthcheckConfig } from './healthcheck-config.ts';
import { healthy } from './healthy.ts';
import { historyClean } from './history-clean.ts';
import { imageEnv } from './image-env.ts';
import { labels } from './labels.ts';
import { platforms } from './platforms.ts';
import { setuidDelta } from './setuid-delta.ts';
import { size } from './size.ts';
import { startCommand } from './start-command.ts';
import { uid } from './uid.ts';
import { userConfig } from './user-config.ts';
import { workdirPorts } from './workdir-ports.ts';

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
export const CONTAINER_CHECKS: readonly ContainerCheck[] = [
  derivedFromBase,
  userConfig,
  startCommand,
  workdirPorts,
  imageEnv,
  healthcheckConfig,
  filesPresent,
  filesAbsent,
  historyClean,
  labels,
  size,
  platforms,
  setuidDelta,
  uid,
  healthy,
];
