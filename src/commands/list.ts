import { MIGRATIONS } from '../../migrations/index.ts';
import { stepsOf } from '../migration/validate.ts';
import type { TextAnswer } from './answer.ts';

/** The migrations at hand, with their phases and steps. */
export async function runList(): Promise<TextAnswer> {
  const migrations = await Promise.all(MIGRATIONS.map((entry) => entry.load()));
  const lines = migrations.flatMap((migration) => {
    const steps = stepsOf(migration).length;
    return [`${migration.id}  ${migration.title} (${migration.phases.length} phases, ${steps} steps)`];
  });
  return {
    text: `${lines.join('\n')}\n\nNext:\n  refit explain ${MIGRATIONS[0]?.id}    what it does, step by step\n  refit plan       what it would change here\n`,
    json: {
      formatVersion: 1,
      migrations: migrations.map(({ id, title, description, phases }) => ({
        id,
        title,
        description,
        phases: phases.map((phase) => ({
          id: phase.id,
          title: phase.title,
          steps: phase.steps.map((step) => ({ id: step.id, title: step.title })),
        })),
      })),
    },
  };
}
