import { apply } from '../apply/apply.ts';
import { advanceHead, writeCommits } from '../apply/commit.ts';
import { RefitError } from '../base/errors.ts';
import { type Checkout, openCheckout } from '../checkout/read.ts';
import { trustsFileModes } from '../host/git.ts';
import type { PlannedRun } from '../migration/run.ts';
import { planToJson } from '../plan/plan-file.ts';
import type { NextCommand, ReportedRun } from '../report/report.ts';
import type { ApplyOptions } from './before-writing.ts';
import { draftCommits, entriesOf, NO_HOOKS } from './commit-drafts.ts';
import type { CommandIo } from './io.ts';
import { showProgress } from './progress.ts';
import { againWords, type PlanRequest, planOn, repoWord, runContext } from './session.ts';
import { underSignals } from './under-signals.ts';

/** Carries a plan out, with its commit when one is asked for. A signal undoes it first. */
export async function writeRun(
  options: ApplyOptions,
  io: CommandIo,
  checkout: Checkout,
  request: PlanRequest,
  planned: PlannedRun,
) {
  const { plan, tree } = planned;
  return underSignals(io, async (signal) => {
    const progress = showProgress(io, options);
    const onProgress = (phase: 'stage' | 'write', done: number, total: number): void =>
      progress.say(`${phase}: ${done} of ${total} files`);
    const context = runContext(checkout, io, { waitSeconds: options.wait, signal, onProgress });
    // Before the first write: afterwards the original files that a commit is made from are gone. Objects that no
    // reference names are invisible, so a run that is undone leaves no trace of them.
    const commit = await prepareCommit(options, checkout, request, planned);
    const outcome = await apply(context, {
      migration: plan.migration.id,
      stepHashes: plan.migration.stepHashes,
      changes: plan.changes,
      content: tree.content,
      planJson: planToJson(plan),
      fileModes: checkout.git === null || (await trustsFileModes(checkout.git)),
      beforeClose: () => proveSecondRun(checkout.root, request),
    }).finally(progress.end);
    if (outcome.kind === 'nothing-to-do') throw new RefitError('the plan was empty');
    const run: ReportedRun = { id: outcome.run, written: plan.changes.map((change) => change.path) };
    if (commit === undefined) return { run, warnings: outcome.warnings };
    await advanceHead(commit.git, commit.id, commit.entries);
    return { run: { ...run, commits: [commit.id] }, warnings: [...outcome.warnings, NO_HOOKS] };
  });
}

async function prepareCommit(
  options: ApplyOptions,
  { git, ...rest }: Checkout,
  request: PlanRequest,
  planned: PlannedRun,
) {
  if (options.commit === undefined || git === null) return undefined;
  const drafts = await draftCommits({ git, ...rest }, request, planned, options.commit);
  const entries = entriesOf(planned.plan.changes, planned.tree);
  return { git, id: await writeCommits(git, drafts), entries };
}

/** A migration that still wants to change its own result is at fault: the run is undone. */
export async function proveSecondRun(root: string, request: PlanRequest): Promise<void> {
  const again = await planOn(await openCheckout(root), request);
  if (again.plan.changes.length === 0) return;
  throw new RefitError(`${request.migration.id} would change its own result again`, {
    details: again.plan.changes.map((change) => `${change.kind} ${change.path} (${change.steps.join(', ')})`),
    hint: 'this is a fault of the migration',
  });
}

/** What an image is built and started from, by name. */
const MAKES_IMAGE = /(?:^|\/)(?:[^/]*\.)?dockerfile(?:\.[^/]*)?$|(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i;

export function nextAfterApply(options: ApplyOptions, run: ReportedRun): readonly NextCommand[] {
  const committed = run.commits !== undefined;
  const needsNoProof = options.prove === 'container' || !run.written.some((path) => MAKES_IMAGE.test(path));
  return [
    ...(needsNoProof
      ? []
      : [{ command: `refit verify${againWords(options)}`, why: 'build the image, start it and prove each claim' }]),
    { command: `refit status${repoWord(options)}`, why: 'what was changed, and what has drifted since' },
    {
      command: `refit rollback${repoWord(options)}`,
      why: committed ? 'put the files back (the commit stays: git revert undoes it)' : 'put every byte back',
    },
  ];
}
