import { join } from 'node:path';
import { MIGRATIONS } from '../../migrations/index.ts';
import { RefitError } from '../base/errors.ts';
import { CONFIG_PATH, readConfig } from '../checks/config.ts';
import { fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { type SurveyedMigration, surveyMigrations } from '../host/outside/survey.ts';
import { trustFile } from '../host/outside/trust.ts';
import { stepsOf } from '../migration/validate.ts';
import type { TextAnswer } from './answer.ts';
import type { CommandIo } from './io.ts';

/** The migrations at hand: bundled ones with their phases and steps, local and installed ones without running their code. */
export async function runList(cwd: string, io: CommandIo): Promise<TextAnswer> {
  const migrations = await Promise.all(MIGRATIONS.map((entry) => entry.load()));
  const others = surveyMigrations(cwd, configuredIn(cwd), trustFile(io.env));
  const lines = migrations.map((migration) => {
    const steps = stepsOf(migration).length;
    return `${migration.id}  ${migration.title} (${migration.phases.length} phases, ${steps} steps)`;
  });
  const more = others.length === 0 ? '' : `\nNot part of refit:\n${others.map(lineOf).join('')}`;
  return {
    text: `${lines.join('\n')}\n${more}\nNext:\n  refit explain ${MIGRATIONS[0]?.id}    what it does, step by step\n  refit plan       what it would change here\n`,
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
      outside: others,
    },
  };
}

const TRUST = {
  trusted: 'trusted',
  changed: 'changed since it was trusted',
  unknown: 'not trusted yet',
  unreadable: 'cannot be read',
} as const;

function lineOf({ kind, word, version, description, trust, why }: SurveyedMigration): string {
  const words = [version === undefined ? kind : `${kind} ${version}`, TRUST[trust], why ?? description];
  return `  ${word}  ${words.filter((each) => each !== undefined).join(', ')}\n`;
}

/** What the configuration of the folder names; nothing where it cannot be read, which the commands that need it tell. */
function configuredIn(cwd: string): string | undefined {
  try {
    return readConfig(nodeFileSystem.readFile(join(cwd, CONFIG_PATH)).toString('utf8')).values.migration;
  } catch (error) {
    if (!(error instanceof RefitError) && fsErrorCode(error) === undefined) throw error;
    return undefined;
  }
}
