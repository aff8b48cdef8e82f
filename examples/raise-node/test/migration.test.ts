import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fixtureTests } from 'refit/testing';
import migration from '../migration.ts';

describe('raise-node', () => {
  const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
  for (const { name, run } of fixtureTests(migration, { fixtures })) it(name, run);
});
