import { createBranch, writeCommits } from '../apply/commit.ts';
import { RefitError, refusal } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import type { PlannedRun } from '../migration/run.ts';
import { makeReport, type Report } from '../report/report.ts';
import { type ApplyOptions, ask, type Preview } from './before-writing.ts';
import { draftCommits, NO_HOOKS } from './commit-drafts.ts';
import type { CommandIo } from './io.ts';
import type { PlanRequest } from './session.ts';

/** Writes the planned result as commits on a new branch; the work tree and the index stay as they are. */
export async function writeBranch(
  options: ApplyOptions,
  io: CommandIo,
  checkout: Checkout,
  request: PlanRequest,
  planned: PlannedRun,
  fields: Parameters<typeof makeReport>[0],
  preview: Preview,
): Promise<Report> {
  const { git } = checkout;
  const name = options.branch;
  if (git === null || name === undefined) throw new RefitError('--branch needs a git repository');
  const dirty = await checkout.dirty();
  const changed = dirty.filter(({ state }) => state !== 'untracked');
  if (changed.length > 0) {
    throw refusal('--branch starts from HEAD, and the plan was made from a work tree that differs from it', {
      details: changed.map(({ path, state }) => `${path} (${state})`),
      hint: 'commit or stash first',
    });
  }
  await ask(options, io, makeReport({ ...fields, command: 'plan' }), preview);
  const commit = await writeCommits(git, await draftCommits(checkout, request, planned, options.commit ?? 'run'));
  await createBranch(git, name, commit);
  const written = planned.plan.changes.map((change) => change.path);
  return makeReport({
    ...fields,
    diff: '',
    run: { id: 'none', written, commits: [commit], branch: name },
    warnings: [NO_HOOKS],
    next: [
      { command: `git switch ${name}`, why: 'look at the result' },
      { command: `git branch -D ${name}`, why: 'roll back: the work tree and the index were not touched' },
    ],
  });
}
