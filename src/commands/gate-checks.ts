import { delimiter, isAbsolute } from 'node:path';
import type { Check } from '../checks/define.ts';
import { STATIC_CHECKS } from '../checks/index.ts';
import { externalLinters } from '../host/linters.ts';

/** Every check of the gate, sorted by id. Programs are looked for in the absolute parts of `path`, never in the checkout. */
export function gateChecks(path = ''): readonly Check[] {
  return [...STATIC_CHECKS, externalLinters({ path: path.split(delimiter).filter(isAbsolute).join(delimiter) })];
}
