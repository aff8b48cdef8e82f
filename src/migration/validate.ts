import { RefitError, refusal } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import type { Selection } from '../plan/plan.ts';
import type { Migration, Phase, Step } from './define.ts';

/** All steps of a migration in order, each with its phase. */
export function stepsOf<P>(migration: Migration<P>): readonly { readonly phase: Phase<P>; readonly step: Step<P> }[] {
  return migration.phases.flatMap((phase) => phase.steps.map((step) => ({ phase, step })));
}

/**
 * Checks what the type system cannot: ids in their form and unique, words for a reader present.
 * @throws RefitError naming the migration and everything wrong with it.
 */
export function validateMigration(migration: Migration<never> | Migration): void {
  const problems: string[] = [];
  const seen = new Set<string>();
  const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  for (const { id, title, description } of [migration, ...stepsOf(migration as Migration).map(({ step }) => step)]) {
    if (!slug.test(id)) problems.push(`${JSON.stringify(id)} is not an id (lower-case words joined by "-")`);
    if (seen.has(id)) problems.push(`the id ${id} is used twice`);
    if (title.trim() === '' || description.trim() === '') problems.push(`${id} has no title or no description`);
    seen.add(id);
  }
  for (const id of [...(migration.after ?? []), ...(migration.requires ?? [])]) {
    if (id === migration.id) problems.push(`${id} comes after itself`);
  }
  for (const phase of migration.phases) {
    if (!slug.test(phase.id)) problems.push(`${JSON.stringify(phase.id)} is not a phase id`);
    if (phase.steps.length === 0) problems.push(`phase ${phase.id} has no steps`);
  }
  for (const { step } of stepsOf(migration as Migration)) {
    if (!Number.isInteger(step.version) || step.version < 1) problems.push(`${step.id} has no version (1, 2, …)`);
  }
  if (problems.length > 0) throw new RefitError(`migration ${migration.id} is not well formed`, { details: problems });
}

/** @throws RefitError (refused) when the selection names an unknown step or phase, or leaves nothing. */
export function validateSelection(migration: Migration, selection: Selection): void {
  const steps = stepsOf(migration).map(({ step }) => step.id);
  const phases = migration.phases.map((phase) => phase.id);
  for (const [kind, known, words] of [
    ['step', steps, [...selection.only, ...selection.skip]],
    ['phase', phases, selection.phases],
  ] as const) {
    for (const word of words) {
      if (known.includes(word)) continue;
      const { message, hint } = unknownName(`${kind} of ${migration.id}`, word, known);
      throw new RefitError(message, { hint });
    }
  }
  if (!stepsOf(migration).some(({ step, phase }) => isSelected(selection, step.id, phase.id))) {
    throw refusal('the selection leaves no step to run', { hint: 'relax --only, --skip or --phase' });
  }
}

/** Whether the caller asked for this step. */
export function isSelected(selection: Selection, step: string, phase: string): boolean {
  if (selection.skip.includes(step)) return false;
  if (selection.phases.length > 0 && !selection.phases.includes(phase)) return false;
  return selection.only.length === 0 || selection.only.includes(step);
}

/**
 * Validates the caller's parameters with the migration's schema and fills in defaults.
 * @throws RefitError naming the parameter, the value and what is allowed.
 */
export function parseParams<P>(migration: Migration<P>, given: Readonly<Record<string, unknown>>): P {
  const result = migration.params.safeParse(given);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `unknown parameter ${issue.keys.join(', ')}`;
    const name = issue.path.join('.');
    const allowed =
      issue.code === 'invalid_value'
        ? `one of ${issue.values.map(String).join(', ')}`
        : issue.message.replace(/^Invalid/, 'expected');
    return `parameter ${name}: got ${JSON.stringify(given[name])}; allowed: ${allowed}`;
  });
  throw new RefitError(`${migration.id}: ${details[0] ?? 'bad parameters'}`, {
    details: details.slice(1),
    hint: `refit explain ${migration.id} lists the parameters`,
  });
}
