import { resolve } from 'node:path';
import { refuseBranchName } from '../apply/commit.ts';
import { refuseWhileInterrupted } from '../apply/runs.ts';
import { RefitError, refusal } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { userIdentity } from '../host/git.ts';
import type { PlannedRun } from '../migration/run.ts';
import type { Plan } from '../plan/plan.ts';
import { planFromJson } from '../plan/plan-file.ts';
import { makeReport, type Report } from '../report/report.ts';
import { type ApplyOptions, ask, type Preview, refuseDirty } from './before-writing.ts';
import type { CommandIo } from './io.ts';
import { dayOf } from './judge.ts';
import { showProgress } from './progress.ts';
import { type Proof, proveStatic } from './prove.ts';
import { resumeRun } from './resume-run.ts';
import {
  openRepo,
  planFields,
  planOn,
  reportFields,
  repoWord,
  requestOf,
  requestOfPlan,
  runContext,
  settingsOf,
} from './session.ts';
import { refuseStalePlan } from './stale-plan.ts';
import { writeBranch } from './write-branch.ts';
import { nextAfterApply, writeRun } from './write-run.ts';

/** Plans, proves, asks and writes: everything, or nothing. */
export async function runApply(options: ApplyOptions, io: CommandIo, preview: Preview): Promise<Report> {
  const checkout = await openRepo(options);
  if (options.resume) return resumeRun(options, io, checkout);
  // A run on record comes before anything else: a plan of a half-written checkout would mislead.
  refuseWhileInterrupted(runContext(checkout, io));
  await refuseWithoutGit(options, checkout);
  const saved = options.plan === undefined ? undefined : readPlan(resolve(options.cwd, options.plan));
  const request = saved === undefined ? await requestOf(checkout, options) : await requestOfPlan(saved);
  const progress = showProgress(io, options);
  const planned = await planOn(checkout, request, (step) => progress.say(`plan: ${step}`)).finally(progress.end);
  if (saved !== undefined) refuseStalePlan(saved, planned.plan, checkout);
  const fields = {
    ...reportFields('apply', checkout, request.migration),
    ...planFields(planned, checkout, options.diff ?? saved === undefined),
  };
  if (planned.plan.changes.length === 0) {
    return makeReport({
      ...fields,
      outcome: { kind: 'nothing-to-do', why: 'the checkout is already in the target state' },
    });
  }
  const proof = await proveIfAsked(options, io, checkout, planned);
  if (proof.stops !== null) return makeReport({ ...fields, diff: '', ...notWritten(proof, options) });
  const proved = { ...fields, checks: proof.checks };
  if (options.branch !== undefined) return writeBranch(options, io, checkout, request, planned, proved, preview);
  await refuseDirty(checkout, planned.plan.changes, options.allowDirty);
  await ask(options, io, makeReport({ ...proved, command: 'plan' }), preview);
  const run = await writeRun(options, io, checkout, request, planned);
  return makeReport({
    ...proved,
    diff: '',
    run: run.run,
    warnings: run.warnings,
    next: nextAfterApply(options, run.run),
  });
}

async function proveIfAsked(
  options: ApplyOptions,
  io: CommandIo,
  checkout: Checkout,
  planned: PlannedRun,
): Promise<Proof> {
  if (options.prove === 'none') return { checks: [], stops: null };
  return proveStatic(planned, { checkout, settings: settingsOf(checkout, options), today: dayOf(io.now()) });
}

/** What is told of a plan that the proof stopped: its checks decide the exit code. */
function notWritten(proof: Proof, options: ApplyOptions): Partial<Report> {
  const repo = repoWord(options);
  return {
    checks: proof.checks,
    warnings: [`nothing was written: ${proof.stops}`],
    next: [
      { command: `refit plan${repo}`, why: 'look at the plan' },
      { command: `refit apply${repo} --prove none`, why: 'write it all the same' },
    ],
  };
}

function readPlan(path: string): Plan {
  try {
    return planFromJson(nodeFileSystem.readFile(path).toString('utf8'));
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot read the plan file ${path}: ${explainFsError(error)}`, {
      cause: error,
      hint: 'refit plan --out FILE writes one',
    });
  }
}

async function refuseWithoutGit(options: ApplyOptions, checkout: Checkout): Promise<void> {
  if (options.commit === undefined && options.branch === undefined) return;
  const flag = options.commit === undefined ? '--branch' : '--commit';
  if (checkout.git === null) {
    throw refusal(`${flag} needs a git repository, and ${options.repo} is none`, {
      hint: `apply without ${flag}, or git init first`,
    });
  }
  if (options.branch !== undefined) await refuseBranchName(checkout.git, options.branch);
  await userIdentity(checkout.git);
}
