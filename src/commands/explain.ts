import { MIGRATIONS } from '../../migrations/index.ts';
import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import { COMMAND_LINE } from '../checks/config.ts';
import type { OutsideMigration } from '../host/outside/outside-migration.ts';
import { readOutsideWord } from '../host/outside/word.ts';
import type { Migration, Step } from '../migration/define.ts';
import { parametersOf } from '../migration/parameters.ts';
import { stepsOf } from '../migration/validate.ts';
import type { TextAnswer } from './answer.ts';
import { explainCheck, findChecks, VERIFY_CHECKS } from './check-doc.ts';
import { gateChecks } from './gate-checks.ts';
import type { CommandIo } from './io.ts';
import { type LoadContext, loadNamed } from './session.ts';
import { wrapWords } from './wrap-words.ts';

/**
 * Explains a migration, one of its steps, or a check by its id or the start of it.
 * @throws RefitError with exit code 4 for code from outside that is not trusted; with the nearest name when there is no such thing.
 */
export async function runExplain(
  word: string,
  width: number,
  options: LoadContext['options'] & { readonly migration: string | undefined },
  io: CommandIo,
): Promise<TextAnswer> {
  const named = options.migration ?? (readOutsideWord(word) === null ? undefined : word);
  const outside =
    named === undefined
      ? []
      : [await loadNamed({ value: named, origin: COMMAND_LINE }, { checkout: null, options, io })];
  const migrations = outside.length > 0 ? outside : await Promise.all(MIGRATIONS.map((entry) => entry.load()));
  const id = word === named ? (outside[0]?.id ?? word) : word;
  const again = named === undefined ? '' : ` --migration ${named}`;
  const migration = migrations.find((candidate) => candidate.id === id);
  if (migration !== undefined) return explainMigration(migration, width, again);
  for (const candidate of migrations) {
    const found = stepsOf(candidate).find(({ step }) => step.id === id);
    if (found !== undefined) return explainStep(candidate, found.step, found.phase.title, width, again);
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

function explainMigration(migration: Migration, width: number, again: string): TextAnswer {
  const { outside } = migration as Partial<OutsideMigration>;
  const parameters = outside?.description.parameters ?? parametersOf(migration);
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
  lines.push('', `Next:\n  refit explain ${migration.phases[0]?.steps[0]?.id}${again}    one step in full`);
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

function explainStep(migration: Migration, step: Step, phase: string, width: number, again: string): TextAnswer {
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
    `  refit plan --only ${step.id}${again}    what this step alone would change`,
    `  refit plan --skip ${step.id}${again}    the rest without it`,
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
