import { resolve } from 'node:path';
import { refuseBranchName } from '../apply/commit.ts';
import { requireSettled } from '../apply/settle.ts';
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
  againWords,
  openRepo,
  planFields,
  planOn,
  reportFields,
  requestOf,
  requestOfPlan,
  requireEarlier,
  runContext,
  settingsOf,
} from './session.ts';
import { refuseStalePlan } from './stale-plan.ts';
import { underSignals } from './under-signals.ts';
import { writeBranch } from './write-branch.ts';
import { nextAfterApply, writeRun } from './write-run.ts';

/** Plans, proves, asks and writes: everything, or nothing. */
export async function runApply(options: ApplyOptions, io: CommandIo, preview: Preview): Promise<Report> {
  if (options.all) return (await import('./run-all.ts')).runApplyAll(options, io, preview);
  const found = await openRepo(options);
  if (options.resume) return resumeRun(options, io, found);
  // A run on record comes before anything else: a plan of a half-written checkout would mislead.
  const waited = await requireSettled(runContext(found, io, { waitSeconds: options.wait }));
  const checkout = waited ? await openRepo(options) : found;
  await refuseWithoutGit(options, checkout);
  const saved = options.plan === undefined ? undefined : readPlan(resolve(options.cwd, options.plan));
  const request =
    saved === undefined
      ? await requestOf(checkout, options, io)
      : await requestOfPlan(saved, { checkout, options, io });
  if (saved === undefined) await requireEarlier(checkout, request);
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
  // Containers take minutes: what refuses anyway comes before them.
  if (options.branch === undefined) await refuseDirty(checkout, planned.plan.changes, options.allowDirty);
  const proof = await proveIfAsked(options, io, checkout, planned);
  const { checks, container } = proof;
  const proved = { ...fields, checks, ...(container === undefined ? {} : { container }) };
  if (proof.stops !== null) return makeReport({ ...proved, diff: '', ...notWritten(proof.stops, options) });
  if (options.branch !== undefined) return writeBranch(options, io, checkout, request, planned, proved, preview);
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
  const rules = { checkout, settings: settingsOf(checkout, options), today: dayOf(io.now()) };
  const proof = await proveStatic(planned, rules);
  if (options.prove === 'static' || proof.stops !== null) return proof;
  const { proveInContainer } = await import('./prove-container.ts');
  const proved = await underSignals(io, (signal) => proveInContainer(planned, rules, { ...options, io, signal }));
  return { ...proved, checks: [...proof.checks, ...proved.checks] };
}

/** What is told of a plan that the proof stopped: its checks decide the exit code. */
export function notWritten(why: string, options: ApplyOptions): Partial<Report> {
  const repo = againWords(options);
  return {
    warnings: [`nothing was written: ${why}`],
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
