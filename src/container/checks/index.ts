import type { ContainerCheck, ContainerCheckWords } from '../define.ts';
import { commandArguments } from './arguments.ts';
import { authMatrix } from './auth-matrix.ts';
import { capabilities } from './capabilities.ts';
import { cli } from './cli.ts';
import { composeHardening } from './compose-hardening.ts';
import { composeRecreate } from './compose-recreate.ts';
import { composeResolved } from './compose-resolved.ts';
import { composeUp } from './compose-up.ts';
import { composeValid } from './compose-valid.ts';
import { derivedFromBase } from './derived-from-base.ts';
import { envFileQuotes } from './env-file-quotes.ts';
import { filesAbsent } from './files-absent.ts';
import { filesPresent } from './files-present.ts';
import { handlerLoads } from './handler-loads.ts';
import { healthCost } from './health-cost.ts';
import { healthProgram } from './health-program.ts';
import { healthcheckConfig } from './healthcheck-config.ts';
import { healthy } from './healthy.ts';
import { historyClean } from './history-clean.ts';
import { homeWritable } from './home-writable.ts';
import { imageEnv } from './image-env.ts';
import { imports } from './imports.ts';
import { labels } from './labels.ts';
import { liveChat } from './live-chat.ts';
import { liveliness } from './liveliness.ts';
import { masterKeyStays } from './master-key-stays.ts';
import { models } from './models.ts';
import { noKeyFails } from './no-key-fails.ts';
import { noToken } from './no-token.ts';
import { oauthBootstrap } from './oauth-bootstrap.ts';
import { oauthOnWire } from './oauth-on-wire.ts';
import { oauthShape } from './oauth-shape.ts';
import { platforms } from './platforms.ts';
import { port } from './port.ts';
import { portability } from './portability.ts';
import { prisma } from './prisma.ts';
import { readiness } from './readiness.ts';
import { setuidDelta } from './setuid-delta.ts';
import { size } from './size.ts';
import { staleCredentials } from './stale-credentials.ts';
import { startCommand } from './start-command.ts';
import { stop } from './stop.ts';
import { streamed } from './stream.ts';
import { tokenNotLogged } from './token-not-logged.ts';
import { tokenShape } from './token-shape.ts';
import { toolsOffOnWire } from './tools-off-on-wire.ts';
import { ui } from './ui.ts';
import { uiFolder } from './ui-folder.ts';
import { uid } from './uid.ts';
import { upstreamError } from './upstream-error.ts';
import { userConfig } from './user-config.ts';
import { volumeFresh } from './volume-fresh.ts';
import { volumeLegacy } from './volume-legacy.ts';
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
  capabilities,
  homeWritable,
  imports,
  cli,
  prisma,
  uiFolder,
  handlerLoads,
  healthProgram,
  noKeyFails,
  commandArguments,
  oauthBootstrap,
  oauthShape,
  noToken,
  volumeFresh,
  volumeLegacy,
  staleCredentials,
  envFileQuotes,
  portability,
  port,
  liveliness,
  readiness,
  authMatrix,
  models,
  healthy,
  healthCost,
  oauthOnWire,
  streamed,
  toolsOffOnWire,
  masterKeyStays,
  ui,
  upstreamError,
  tokenNotLogged,
  stop,
  composeValid,
  composeResolved,
  composeUp,
  composeRecreate,
  composeHardening,
  liveChat,
  tokenShape,
];
