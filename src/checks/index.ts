import type { Check } from './define.ts';
import { dockerignore } from './static/dockerignore.ts';
import { idempotent } from './static/idempotent.ts';
import { secretsInTree } from './static/secrets-in-tree.ts';

/** Every check that needs nothing but the tree, sorted by id. */
export const STATIC_CHECKS: readonly Check[] = [dockerignore, secretsInTree, idempotent];
