import type { Check } from './define.ts';
import { ciSmokeReal } from './static/ci-smoke-real.ts';
import { composeAuthVolume } from './static/compose-auth-volume.ts';
import { dockerignore } from './static/dockerignore.ts';
import { envConflict } from './static/env-conflict.ts';
import { envExample } from './static/env-example.ts';
import { idempotent } from './static/idempotent.ts';
import { importsDeclared } from './static/imports-declared.ts';
import { prefixConsistent } from './static/prefix-consistent.ts';
import { secretsInTree } from './static/secrets-in-tree.ts';
import { toolsOff } from './static/tools-off.ts';

/** Every check that needs nothing but the tree, sorted by id. */
export const STATIC_CHECKS: readonly Check[] = [
  composeAuthVolume,
  envConflict,
  envExample,
  prefixConsistent,
  importsDeclared,
  toolsOff,
  dockerignore,
  secretsInTree,
  ciSmokeReal,
  idempotent,
];
