import { relative } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import type { Migration } from '../../migration/define.ts';
import { shapeProblems } from '../../migration/shape.ts';
import { validateMigration } from '../../migration/validate.ts';

/**
 * The migration that a file exports: its default export, else what module.exports is, else the one export that has phases.
 * @throws RefitError naming each field that is not as it has to be.
 */
export function migrationIn(exported: Readonly<Record<string, unknown>>, entry: string, cwd: string): Migration {
  const shown = relative(cwd, entry) || entry;
  const candidates = Object.values(exported).filter(hasPhases);
  const whole = hasPhases(exported) ? exported : undefined;
  const value = exported['default'] ?? whole ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (value === undefined)
    throw new RefitError(`${shown} exports no migration`, {
      details: [`it exports ${Object.keys(exported).join(', ') || 'nothing'}`],
      hint: 'export default defineMigration({ … })',
    });
  const problems = shapeProblems(value);
  if (problems.length > 0)
    throw new RefitError(`${shown}: what it exports is no migration`, {
      details: problems,
      hint: 'export default defineMigration({ … }), with every step made by defineStep',
    });
  validateMigration(value as Migration);
  return value as Migration;
}

function hasPhases(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'phases' in value;
}
