import assert from 'node:assert/strict';
import { basename } from 'node:path';
import type { Migration } from '../migration/define.ts';
import { stepsOf, validateMigration } from '../migration/validate.ts';
import { diskTests } from './disk-tests.ts';
import { type FixtureCase, listFixtureCases } from './fixture-case.ts';
import type { Templates } from './plan-files.ts';
import { refusalTests } from './refusal-tests.ts';
import { variantTests } from './variant-tests.ts';

/** Where the fixtures of a migration lie, and how they are used. */
export interface FixtureOptions {
  /**
   * Absolute folder with a folder for each case: `before/`, and `after/` unless nothing changes; `expected.diff`,
   * `expected.notes.json`; for a case called `refuse-…`, `expected.refusal.txt` and neither of those.
   */
  readonly fixtures: string;
  /** Where the templates of the steps lie. */
  readonly templates?: Templates;
  /**
   * Writes what is expected instead of comparing; to be read by a person. By default as the variable `UPDATE_FIXTURES` says: 1 for
   * every case, else the name of one.
   */
  readonly update?: boolean;
}

/** One test, for any runner: `for (const { name, run } of fixtureTests(…)) it(name, run)`. */
export interface FixtureTest {
  readonly name: string;
  /** Rejects with an AssertionError that shows the difference. */
  run(): Promise<void>;
}

/** What every test of one case works with. */
export interface CaseContext {
  readonly migration: Migration;
  readonly fixture: FixtureCase;
  readonly templates: Templates | undefined;
  readonly update: boolean;
}

/**
 * The tests that every migration has to pass, for each of its fixtures: the plan is the expected diff with the expected
 * notes and touches nothing; apply gives the expected tree and no byte else; git makes the same tree from the patch; a
 * second run is quiet; rollback gives every byte and mode back; neither the order of files nor their line ends or
 * byte-order marks change what is done. And once: each part of the migration has its id, title and description.
 *
 * @example
 * import { describe, it } from 'node:test';
 * import { fixtureTests } from 'refit/testing';
 * import migration from '../migration.ts';
 *
 * describe('my migration', () => {
 *   const fixtures = new URL('../fixtures', import.meta.url).pathname;
 *   for (const { name, run } of fixtureTests(migration, { fixtures })) it(name, run);
 * });
 * @throws RefitError when there is no fixture or one is not laid out as it must be.
 */
export function fixtureTests<P>(migration: Migration<P>, options: FixtureOptions): readonly FixtureTest[] {
  const { fixtures, templates, update } = options;
  const cases = listFixtureCases(fixtures).map(
    (fixture): CaseContext => ({
      migration: migration as Migration,
      fixture,
      templates,
      update: update ?? ['1', fixture.name].includes(process.env['UPDATE_FIXTURES'] ?? ''),
    }),
  );
  return [
    { name: `${migration.id} is well formed`, run: async () => proveWellFormed(migration as Migration) },
    ...cases.flatMap((one) => {
      const tests = isRefusal(one.fixture) ? refusalTests(one) : [...diskTests(one), ...variantTests(one)];
      return tests.map(({ name, run }) => ({ name: `${basename(one.fixture.folder)}: ${name}`, run }));
    }),
  ];
}

function isRefusal({ name }: FixtureCase): boolean {
  return name.startsWith('refuse-');
}

function proveWellFormed(migration: Migration): void {
  validateMigration(migration);
  const units = [migration, ...migration.phases, ...stepsOf(migration).map(({ step }) => step), ...migration.checks];
  for (const unit of units) assert.notEqual(unit.title.trim(), '', `${unit.id} has no title`);
}
