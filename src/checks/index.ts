import type { Check } from './define.ts';
import { basePinned } from './static/base-pinned.ts';
import { baseRef } from './static/base-ref.ts';
import { ciSmokeReal } from './static/ci-smoke-real.ts';
import { composeAuthVolume } from './static/compose-auth-volume.ts';
import { composeShadow } from './static/compose-shadow.ts';
import { dockerignore } from './static/dockerignore.ts';
import { entrypointChain } from './static/entrypoint-chain.ts';
import { envConflict } from './static/env-conflict.ts';
import { envExample } from './static/env-example.ts';
import { errorsNotSwallowed } from './static/errors-not-swallowed.ts';
import { execForm } from './static/exec-form.ts';
import { handlerResolves } from './static/handler-resolves.ts';
import { healthcheckStatic } from './static/healthcheck-static.ts';
import { idempotent } from './static/idempotent.ts';
import { importsDeclared } from './static/imports-declared.ts';
import { litellmRange } from './static/litellm-range.ts';
import { noHardcodedSitePackages } from './static/no-hardcoded-site-packages.ts';
import { pipQuoting } from './static/pip-quoting.ts';
import { portExplicit } from './static/port-explicit.ts';
import { prefixConsistent } from './static/prefix-consistent.ts';
import { residueFiles } from './static/residue-files.ts';
import { residueNames } from './static/residue-names.ts';
import { scriptMode } from './static/script-mode.ts';
import { secretsInTree } from './static/secrets-in-tree.ts';
import { toolsOff } from './static/tools-off.ts';
import { userFinal } from './static/user-final.ts';
import { userNumeric } from './static/user-numeric.ts';

/** Every check that needs nothing but the tree, sorted by id. */
export const STATIC_CHECKS: readonly Check[] = [
  baseRef,
  basePinned,
  userFinal,
  userNumeric,
  pipQuoting,
  litellmRange,
  noHardcodedSitePackages,
  entrypointChain,
  execForm,
  scriptMode,
  healthcheckStatic,
  portExplicit,
  errorsNotSwallowed,
  composeAuthVolume,
  composeShadow,
  envConflict,
  envExample,
  handlerResolves,
  prefixConsistent,
  residueNames,
  residueFiles,
  importsDeclared,
  toolsOff,
  dockerignore,
  secretsInTree,
  ciSmokeReal,
  idempotent,
];
