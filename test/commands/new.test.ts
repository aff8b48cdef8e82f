import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { snapshot, tempFolder } from '../support/temp-repo.ts';

const scaffolds = resolve(import.meta.dirname, '../../templates/new');

function newMigration(): string {
  const folder = tempFolder();
  expect(runCli(['new', 'migration', 'rename-readme'], { cwd: folder }).code).toBe(0);
  return join(folder, 'rename-readme');
}

describe('refit new', () => {
  it('makes a migration whose tests pass and that plans', () => {
    const folder = tempFolder();
    const made = runCli(['new', 'migration', 'rename-readme'], { cwd: folder });
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain('  + create  rename-readme/steps/first-step.ts\n');
    expect(made.stdout).toContain('\nTests: 9 passed, 0 failed\n');
    expect(readFileSync(join(folder, 'rename-readme/fixtures/first-step/after/example.txt'), 'utf8')).toBe(
      'an new-first-step\n',
    );
    const repo = tempFolder();
    writeFileSync(join(repo, 'a.txt'), 'old-first-step\n');
    const asked = ['--migration', './rename-readme', '--trust', '--quiet'];
    const env = { XDG_STATE_HOME: tempFolder() };
    expect(runCli(['plan', repo, ...asked], { cwd: folder, env }).stdout).toContain('1 to update');
  });

  it('adds a step and a check, registered, and leaves what is expected of other fixtures alone', () => {
    const folder = newMigration();
    const kept = join(folder, 'fixtures/first-step/expected.notes.json');
    writeFileSync(kept, '["mine"]\n');
    const step = runCli(['new', 'step', 'cut-header'], { cwd: folder });
    // The changed expectation is a red test, not one that is quietly written over.
    expect([step.code, readFileSync(kept, 'utf8')]).toEqual([1, '["mine"]\n']);
    expect(step.stderr).toContain('everything is written, and 1 of 15 tests fail');
    writeFileSync(kept, '[]\n');
    const check = runCli(['new', 'check', 'no-old-word'], { cwd: folder });
    expect([check.code, check.stderr]).toEqual([0, '']);
    expect(check.stdout).toContain('\nTests: 2 passed, 0 failed\n');
    const migration = readFileSync(join(folder, 'migration.ts'), 'utf8');
    expect(migration).toContain("import { cutHeader } from './steps/cut-header.ts';\nimport { noOldWord } from");
    expect(migration).toContain('steps: [firstStep, cutHeader] }');
    expect(migration).toContain('checks: [noOldWord],');
    expect(readFileSync(join(folder, 'checks/no-old-word.ts'), 'utf8')).toContain("id: 'X01-no-old-word'");
  });

  it('writes over nothing, and then writes nothing at all', () => {
    const folder = newMigration();
    const before = snapshot(folder);
    const again = runCli(['new', 'migration', 'rename-readme'], { cwd: join(folder, '..') });
    expect([again.code, again.stderr.split('\n')[0]]).toEqual([
      4,
      'refit: nothing was written: files of these names exist',
    ]);
    expect(runCli(['new', 'step', 'first-step'], { cwd: folder }).code).toBe(4);
    writeFileSync(join(folder, 'test/other.test.ts'), 'mine\n');
    expect(runCli(['new', 'check', 'other'], { cwd: folder }).code).toBe(4);
    rmSync(join(folder, 'test/other.test.ts'));
    expect(snapshot(folder)).toEqual(before);
  });

  it.each([
    [['new', 'stp', 'x'], 1, 'unknown kind of thing to make "stp"'],
    [['new', 'step'], 1, 'new needs the name too'],
    [['new', 'migration', 'Foo Bar'], 1, '"Foo Bar" is no name'],
    [['new', 'migration', '../out'], 1, '"../out" is no name'],
    [['new', 'step', 'a', 'b'], 1, 'new takes two words; also given: b'],
    [['new', 'check', 'x'], 4, 'there is no migration.ts here to add a check to'],
  ])('%j is refused in one line', (words, code, message) => {
    const folder = tempFolder();
    const result = runCli(words, { cwd: folder });
    expect([result.code, result.stderr.split('\n')[0]]).toEqual([code, `refit: ${message}`]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has templates of under 40 lines each', () => {
    const files = readdirSync(scaffolds, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(6);
    for (const { name, parentPath } of files)
      expect([name, readFileSync(join(parentPath, name), 'utf8').split('\n').length < 40]).toEqual([name, true]);
  });
});
