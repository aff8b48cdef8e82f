import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../migrations/index.ts';
import { readTemplate } from '../src/host/template.ts';
import { fixtureTests } from '../src/testing.ts';
import { runTestGit, snapshot } from './support/temp-repo.ts';

const root = resolve(import.meta.dirname, '..');
const fixtures = join(root, 'fixtures');

for (const entry of MIGRATIONS) {
  const migration = await entry.load();
  const templates = (name: string): string => readTemplate(entry.id, name);
  describe(entry.id, () => {
    for (const { name, run } of fixtureTests(migration, { fixtures: join(fixtures, entry.id), templates }))
      it(name, run);
  });
}

describe('fixtures', () => {
  it('belong to a migration, or to the editors or checks', () => {
    const folders = [...MIGRATIONS.map(({ id }) => id), 'editors', 'failure-modes'];
    expect(readdirSync(fixtures).sort()).toEqual(folders.sort());
  });

  it('are as git has them: an ignore file inside a fixture must not make git drop a file', () => {
    const onDisk = Object.entries(snapshot(fixtures)).filter(([, state]) => !state.startsWith('folder'));
    const listed = runTestGit(root, ['ls-files', '-z', 'fixtures'])
      .split('\0')
      .filter((name) => name !== '');
    expect(listed.map((name) => name.slice('fixtures/'.length)).sort()).toEqual(onDisk.map(([name]) => name).sort());
  });
});
