import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { apply } from '../apply/apply.ts';
import { rollback } from '../apply/rollback.ts';
import { planFromJson, planToJson } from '../plan/plan-file.ts';
import { type CaseCheckout, expectText, withCase } from './case-checkout.ts';
import type { CaseContext, FixtureTest } from './fixture-tests.ts';
import { runScratchGit, snapshot } from './scratch.ts';

/** The tests of a case that need a repository on disk. */
export function diskTests(one: CaseContext): readonly FixtureTest[] {
  return [
    { name: 'plans the expected diff and notes, and touches nothing', run: () => withCase(one, plansAsExpected(one)) },
    {
      name: 'applies to the expected tree, is quiet the second time, and rolls back to the byte',
      run: () => withCase(one, appliesAndRollsBack(one)),
    },
    { name: 'has a patch with which git makes the same tree', run: () => withCase(one, patchMakesTree(one)) },
  ];
}

const plansAsExpected = (one: CaseContext) => async (checkout: CaseCheckout) => {
  const { plan, notes, diff } = await checkout.plan();
  checkout.proveUntouched();
  expectText(one, 'expected.diff', diff);
  expectText(one, 'expected.notes.json', `${JSON.stringify(notes, null, 2)}\n`);
  assert.deepEqual(planFromJson(planToJson(plan)), JSON.parse(planToJson(plan)));
  assert.equal(planToJson((await checkout.plan()).plan), planToJson(plan), 'planned twice, there are two plans');
};

const appliesAndRollsBack = (one: CaseContext) => async (checkout: CaseCheckout) => {
  const before = snapshot(checkout.top);
  const planned = await checkout.plan();
  const { plan } = planned;
  const outcome = await apply(checkout.context, {
    migration: plan.migration.id,
    stepHashes: plan.migration.stepHashes,
    changes: plan.changes,
    content: planned.content,
    planJson: planToJson(plan),
  });
  if (one.update) writeAfter(one, checkout, plan.changes.length > 0);
  assert.deepEqual(snapshot(checkout.top), expectedTree(one));
  assert.deepEqual((await checkout.plan()).plan.changes, [], 'a second run changes its own result');
  if (outcome.kind === 'nothing-to-do') return;
  assert.equal((await rollback(checkout.context)).kind, 'rolled-back');
  assert.deepEqual(snapshot(checkout.top), before);
};

const patchMakesTree = (one: CaseContext) => async (checkout: CaseCheckout) => {
  const patch = readFileSync(join(one.fixture.folder, 'expected.diff'), 'utf8');
  if (patch !== '') {
    runScratchGit(checkout.top, ['apply', '--check', '-'], patch);
    runScratchGit(checkout.top, ['apply', '-'], patch);
  }
  assert.deepEqual(snapshot(checkout.top), expectedTree(one));
};

function expectedTree({ fixture }: CaseContext): Readonly<Record<string, string>> {
  const after = join(fixture.folder, 'after');
  return snapshot(existsSync(after) ? after : join(fixture.folder, 'before'));
}

/** What apply made is expected from now on; what git makes of the patch is only ever compared with it. */
function writeAfter({ fixture }: CaseContext, { top }: CaseCheckout, changed: boolean): void {
  const after = join(fixture.folder, 'after');
  rmSync(after, { recursive: true, force: true });
  if (!changed) return;
  const filter = (path: string): boolean => relative(top, path).split('/')[0] !== '.git';
  cpSync(top, after, { recursive: true, verbatimSymlinks: true, filter });
}
