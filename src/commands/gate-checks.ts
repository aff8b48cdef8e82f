import type { Check } from '../checks/define.ts';
import { STATIC_CHECKS } from '../checks/index.ts';
import { readableFiles } from '../checks/readable.ts';
import { externalLinters } from '../host/linters.ts';
import { trustedPath } from '../host/process.ts';
import type { LeftAlone } from '../tree/tree.ts';

/**
 * Every check of the gate. Programs are looked for in the absolute parts of `path`, never in the checkout; `leftAlone` are
 * the files that no tree of the checkout shows; `own` are the checks that the migration brings.
 */
export function gateChecks(
  path = '',
  leftAlone: readonly LeftAlone[] = [],
  own: readonly Check[] = [],
): readonly Check[] {
  return [...STATIC_CHECKS, ...own, externalLinters({ path: trustedPath(path) }), readableFiles(leftAlone)];
}
