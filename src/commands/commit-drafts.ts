import type { CommitDraft, CommitEntry } from '../apply/commit.ts';
import { sha256 } from '../base/hash.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { Checkout } from '../checkout/read.ts';
import type { PlannedRun } from '../migration/run.ts';
import { stepsOf } from '../migration/validate.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileChange } from '../tree/changes.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { type PlanRequest, planOn } from './session.ts';

/** How the changes of a run are cut into commits. */
export type CommitGroups = 'run' | 'phase' | 'step';

/** Said of every commit that is made: no program of the repository or the user has a part in it. */
export const NO_HOOKS = 'committed without any hook: pre-commit, commit-msg and the like did not run';

/** What the changes make of each path, as a commit needs it. */
export function entriesOf(
  changes: readonly FileChange[],
  after: Pick<ReadonlyTree, 'readBytes'>,
): ReadonlyMap<RepoPath, CommitEntry> {
  const entries = new Map<RepoPath, CommitEntry>();
  for (const change of changes) {
    if (change.kind === 'rename') entries.set(change.from, null);
    const gone = change.kind === 'delete';
    entries.set(change.path, gone ? null : { bytes: after.readBytes(change.path), mode: change.after.mode });
  }
  return entries;
}

/**
 * One draft for the run, or one for each phase or step that changed something. The states between are found by planning
 * the steps up to there on the unchanged source, so a group is exactly what its steps did.
 */
export async function draftCommits(
  checkout: Checkout,
  request: PlanRequest,
  planned: PlannedRun,
  groups: CommitGroups,
): Promise<readonly CommitDraft[]> {
  const { plan, tree } = planned;
  if (groups === 'run')
    return [
      {
        message: messageOf(plan, plan.migration.id, changedSteps(plan)),
        entries: entriesOf(plan.changes, tree),
      },
    ];
  const drafts: CommitDraft[] = [];
  let before: ReadonlyMap<RepoPath, CommitEntry> = new Map();
  for (const group of groupSteps(request, plan, groups)) {
    const upTo = await planOn(checkout, {
      ...request,
      selection: { ...plan.selection, skip: [...plan.selection.skip, ...group.later] },
    });
    const after = entriesOf(upTo.plan.changes, upTo.tree);
    const entries = differenceOf(before, after, checkout);
    before = after;
    if (entries.size > 0) drafts.push({ message: messageOf(plan, group.name, group.steps), entries });
  }
  return drafts;
}

function groupSteps(request: PlanRequest, plan: Plan, groups: 'phase' | 'step') {
  const changed = new Set(changedSteps(plan));
  const ordered = stepsOf(request.migration).map(({ phase, step }) => ({ phase: phase.id, step: step.id }));
  const names = [
    ...new Set(
      ordered.filter(({ step }) => changed.has(step)).map(({ phase, step }) => (groups === 'phase' ? phase : step)),
    ),
  ];
  return names.map((name) => {
    const last = ordered.findLastIndex(({ phase, step }) => (groups === 'phase' ? phase : step) === name);
    const steps = ordered
      .filter(({ phase, step }) => (groups === 'phase' ? phase : step) === name && changed.has(step))
      .map(({ step }) => step);
    return { name: `${plan.migration.id}: ${name}`, steps, later: ordered.slice(last + 1).map(({ step }) => step) };
  });
}

function differenceOf(
  before: ReadonlyMap<RepoPath, CommitEntry>,
  after: ReadonlyMap<RepoPath, CommitEntry>,
  checkout: Checkout,
): ReadonlyMap<RepoPath, CommitEntry> {
  const entries = new Map<RepoPath, CommitEntry>();
  for (const [path, entry] of after)
    if (!before.has(path) || !sameEntry(before.get(path) ?? null, entry)) entries.set(path, entry);
  // What an earlier group changed and this one took back is as in the checkout again.
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    const present = checkout.source.list().includes(path);
    entries.set(path, present ? { bytes: checkout.source.read(path), mode: checkout.source.mode(path) } : null);
  }
  return entries;
}

function sameEntry(a: CommitEntry, b: CommitEntry): boolean {
  if (a === null || b === null) return a === b;
  return a.mode === b.mode && Buffer.compare(a.bytes, b.bytes) === 0;
}

function changedSteps(plan: Plan): readonly string[] {
  return plan.outcomes.filter((outcome) => outcome.status === 'changed').map((outcome) => outcome.step);
}

function messageOf(plan: Plan, subject: string, steps: readonly string[]): string {
  const lines = steps.map((step) => `- ${step}`);
  return `refit: ${subject}\n\n${lines.join('\n')}\n\nRefit-Migration: ${plan.migration.id}\nRefit-Steps: ${stepsVersion(plan)}\n`;
}

/** One hash for all steps of the migration as they were at this run: the answer to "a known version of the steps?". */
export function stepsVersion(plan: Pick<Plan, 'migration'>): string {
  return sha256(JSON.stringify(Object.entries(plan.migration.stepHashes).sort(([a], [b]) => (a < b ? -1 : 1))));
}
