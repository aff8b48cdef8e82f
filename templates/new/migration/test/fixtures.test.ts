import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fixtureTests } from 'refit/testing';
import migration from '../migration.ts';

// Each folder of fixtures/ gets all of its tests from here: expected tree, diff and notes, a quiet second run, rollback, …
describe('__name__', () => {
  const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
  const templates = fileURLToPath(new URL('../templates', import.meta.url));
  for (const { name, run } of fixtureTests(migration, { fixtures, templates })) it(name, run);
});
