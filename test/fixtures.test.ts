import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../src/apply/apply.ts';
import type { RunContext } from '../src/apply/context.ts';
import { rollback } from '../src/apply/rollback.ts';
import { RefitError } from '../src/base/errors.ts';
import { openCheckout } from '../src/checkout/read.ts';
import { loadMigration, notesOf, planOn } from '../src/commands/session.ts';
import { nodeFileSystem } from '../src/host/fs.ts';
import { formatPatch } from '../src/plan/diff.ts';
import { planFromJson, planToJson } from '../src/plan/plan-file.ts';
import { type FixtureCase, listFixtureCases } from './support/fixture-cases.ts';
import { runTestGit, snapshot, tempFolder } from './support/temp-repo.ts';

const update = process.env['UPDATE_FIXTURES'] === '1';
const cases = listFixtureCases();

/** A committed copy of the case's `before/`, the fixture's own ignore files notwithstanding. */
function checkOut(fixture: FixtureCase): { readonly top: string; readonly folder: string } {
  const top = tempFolder();
  cpSync(join(fixture.folder, 'before'), top, { recursive: true, verbatimSymlinks: true });
  runTestGit(top, ['init', '--quiet', '--initial-branch=main']);
  runTestGit(top, ['add', '--all', '--force']);
  runTestGit(top, ['commit', '--quiet', '-m', 'start']);
  return { top, folder: join(top, fixture.scope) };
}

async function plan(fixture: FixtureCase, folder: string) {
  const migration = await loadMigration(fixture.migration);
  const selection = { only: [], skip: [], phases: [] };
  return planOn(await openCheckout(folder), { migration, params: fixture.params, selection });
}

function context(top: string, fixture: FixtureCase): RunContext {
  const root = join(top, fixture.scope);
  return {
    root,
    runFolder: join(top, '.git/refit/runs'),
    scope: fixture.scope,
    fs: nodeFileSystem,
    now: () => new Date(0),
    pid: process.pid,
  };
}

function expectText(file: string, actual: string): void {
  if (update) writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

function expectTree(fixture: FixtureCase, top: string, changed: boolean, source: 'apply' | 'git'): void {
  const after = join(fixture.folder, 'after');
  // What git makes of the patch is compared, never taken as the truth.
  if (update && source === 'apply') {
    rmSync(after, { recursive: true, force: true });
    if (changed)
      cpSync(top, after, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => relative(top, path).split('/')[0] !== '.git',
      });
  }
  expect(snapshot(top)).toEqual(snapshot(existsSync(after) ? after : join(fixture.folder, 'before')));
}

async function refusalOf(fixture: FixtureCase, folder: string): Promise<string | null> {
  try {
    await plan(fixture, folder);
    return null;
  } catch (error) {
    if (!(error instanceof RefitError) || error.exitCode !== 4) throw error;
    return `${[error.message, ...error.details.map((detail) => `  ${detail}`), `  → ${error.hint}`].join('\n')}\n`;
  }
}

describe.each(cases)('$migration/$name', (fixture) => {
  const refusal = join(fixture.folder, 'expected.refusal.txt');

  if (fixture.name.startsWith('refuse-')) {
    it('is refused with its reasons, and nothing is touched', async () => {
      const { top, folder } = checkOut(fixture);
      const before = { tree: snapshot(top), index: readFileSync(join(top, '.git/index')) };
      expectText(refusal, (await refusalOf(fixture, folder)) ?? 'not refused\n');
      expect(snapshot(top)).toEqual(before.tree);
      expect(readFileSync(join(top, '.git/index'))).toEqual(before.index);
    });
    return;
  }

  it('plans the expected diff and notes, and touches nothing', async () => {
    const { top, folder } = checkOut(fixture);
    const before = { tree: snapshot(top), index: readFileSync(join(top, '.git/index')) };
    const { plan: made, tree } = await plan(fixture, folder);
    expect(snapshot(top)).toEqual(before.tree);
    expect(readFileSync(join(top, '.git/index'))).toEqual(before.index);
    expect(existsSync(join(top, '.git/refit'))).toBe(false);
    expectText(
      join(fixture.folder, 'expected.diff'),
      formatPatch(made.changes, tree.content, { folder: fixture.scope }),
    );
    expectText(join(fixture.folder, 'expected.notes.json'), `${JSON.stringify(notesOf(made), null, 2)}\n`);
    expect(planFromJson(planToJson(made))).toEqual(JSON.parse(planToJson(made)));
    expect(planToJson((await plan(fixture, folder)).plan)).toBe(planToJson(made));
  });

  it('applies to the expected tree, is quiet the second time, and rolls back to the byte', async () => {
    const { top, folder } = checkOut(fixture);
    const before = snapshot(top);
    const { plan: made, tree } = await plan(fixture, folder);
    const outcome = await apply(context(top, fixture), {
      migration: made.migration.id,
      stepHashes: made.migration.stepHashes,
      changes: made.changes,
      content: tree.content,
      planJson: planToJson(made),
    });
    expectTree(fixture, top, made.changes.length > 0, 'apply');
    expect((await plan(fixture, folder)).plan.changes).toEqual([]);
    if (outcome.kind === 'nothing-to-do') return;
    expect((await rollback(context(top, fixture))).kind).toBe('rolled-back');
    expect(snapshot(top)).toEqual(before);
  });

  it('has a patch with which git makes the same tree', async () => {
    const { top } = checkOut(fixture);
    const patch = readFileSync(join(fixture.folder, 'expected.diff'), 'utf8');
    if (patch !== '') {
      runTestGit(top, ['apply', '--check', '-'], patch);
      runTestGit(top, ['apply', '-'], patch);
    }
    expectTree(fixture, top, patch !== '', 'git');
  });
});

describe('fixtures', () => {
  it('are as git has them: an ignore file inside a fixture must not make git drop a file', () => {
    const root = resolve(import.meta.dirname, '..');
    const onDisk = Object.entries(snapshot(join(root, 'fixtures'))).filter(([, state]) => !state.startsWith('folder'));
    const listed = runTestGit(root, ['ls-files', '-z', 'fixtures'])
      .split('\0')
      .filter((name) => name !== '');
    expect(listed.map((name) => name.slice('fixtures/'.length)).sort()).toEqual(onDisk.map(([name]) => name).sort());
  });
});
