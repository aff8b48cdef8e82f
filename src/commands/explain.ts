import { MIGRATIONS } from '../../migrations/index.ts';
import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import type { Migration, Step } from '../migration/define.ts';
import { parametersOf } from '../migration/parameters.ts';
import { stepsOf } from '../migration/validate.ts';
import type { TextAnswer } from './answer.ts';
import { explainCheck, findChecks, VERIFY_CHECKS } from './check-doc.ts';
import { gateChecks } from './gate-checks.ts';
import { wrapWords } from './wrap-words.ts';

/**
 * Explains a migration, one of its steps, or a check by its id or the start of it.
 * @throws RefitError with the nearest name when there is no such thing.
 */
export async function runExplain(id: string, width: number): Promise<TextAnswer> {
  const migrations = await Promise.all(MIGRATIONS.map((entry) => entry.load()));
  const migration = migrations.find((candidate) => candidate.id === id);
  if (migration !== undefined) return explainMigration(migration, width);
  for (const candidate of migrations) {
    const found = stepsOf(candidate).find(({ step }) => step.id === id);
    if (found !== undefined) return explainStep(candidate, found.step, found.phase.title, width);
  }
  const own = migrations.flatMap(({ checks }) => checks);
  const [check, ...others] = findChecks(id, own);
  if (check !== undefined && others.length === 0) return explainCheck(check, width);
  const names = [check, ...others].flatMap((each) => (each === undefined ? [] : [each.id]));
  if (names.length > 1)
    throw new RefitError(`${id} names ${names.length} checks`, { hint: `one of ${names.join(', ')}` });
  const steps = migrations.flatMap((each) => [each.id, ...stepsOf(each).map(({ step }) => step.id)]);
  const known = [...steps, ...[...gateChecks(), ...own, ...VERIFY_CHECKS].map((each) => each.id)];
  const { message, hint } = unknownName('migration, step or check', id, known);
  throw new RefitError(message, { hint });
}

function explainMigration(migration: Migration, width: number): TextAnswer {
  const parameters = parametersOf(migration);
  const lines = [
    migration.id,
    wrapWords(migration.title, width, ''),
    '',
    wrapWords(migration.description, width, ''),
    '',
  ];
  for (const phase of migration.phases) {
    lines.push(`${phase.id}: ${phase.title}`);
    for (const step of phase.steps) lines.push(`  ${step.id}`, wrapWords(step.title, width, '      '));
    lines.push('');
  }
  lines.push('Parameters (--param KEY=VALUE):');
  for (const { name, description, fallback, allowed } of parameters) {
    lines.push(
      `  ${name}  (default ${fallback}${allowed === '' ? '' : `; one of ${allowed}`})`,
      wrapWords(description, width, '      '),
    );
  }
  lines.push('', `Next:\n  refit explain ${migration.phases[0]?.steps[0]?.id}    one step in full`);
  return {
    text: `${lines.join('\n')}\n`,
    json: {
      formatVersion: 1,
      id: migration.id,
      title: migration.title,
      description: migration.description,
      parameters,
      phases: migration.phases.map((phase) => ({
        id: phase.id,
        title: phase.title,
        steps: phase.steps.map(describeStep),
      })),
    },
  };
}

function explainStep(migration: Migration, step: Step, phase: string, width: number): TextAnswer {
  const lines = [
    `${step.id} (${migration.id}, ${phase})`,
    wrapWords(step.title, width, ''),
    '',
    wrapWords(step.description, width, ''),
  ];
  if (step.templates !== undefined) lines.push('', `Installs text from: ${step.templates.join(', ')}`);
  lines.push(
    '',
    'Next:',
    `  refit plan --only ${step.id}    what this step alone would change`,
    `  refit plan --skip ${step.id}    the rest without it`,
  );
  return {
    text: `${lines.join('\n')}\n`,
    json: { formatVersion: 1, migration: migration.id, phase, ...describeStep(step) },
  };
}

function describeStep(step: Step) {
  return {
    id: step.id,
    title: step.title,
    description: step.description,
    version: step.version,
    templates: step.templates ?? [],
  };
}
