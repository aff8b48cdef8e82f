import { resolve } from 'node:path';
import { apply } from '../apply/apply.ts';
import { advanceHead, createBranch, refuseBranchName, writeCommits } from '../apply/commit.ts';
import type { RunContext } from '../apply/context.ts';
import { readPlanOf, requireRun } from '../apply/journal-file.ts';
import { resume } from '../apply/recover.ts';
import { findInterrupted, refuseWhileInterrupted } from '../apply/runs.ts';
import { RefitError, refusal } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import { openCheckout } from '../checkout/read.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { trustsFileModes, userIdentity } from '../host/git.ts';
import type { PlannedRun } from '../migration/run.ts';
import type { Plan } from '../plan/plan.ts';
import { planFromJson, planToJson } from '../plan/plan-file.ts';
import { makeReport, type NextCommand, type Report, type ReportedRun } from '../report/report.ts';
import type { FileChange } from '../tree/changes.ts';
import { type CommitGroups, draftCommits, entriesOf } from './commit-drafts.ts';
import type { CommandIo } from './io.ts';
import { dayOf } from './judge.ts';
import type { MigrationOptions } from './options.ts';
import { showProgress } from './progress.ts';
import { MENDS_ID, type Proof, proveStatic } from './prove.ts';
import {
  loadMigration,
  openRepo,
  type PlanRequest,
  planFields,
  planOn,
  reportFields,
  repoWord,
  requestOf,
  runContext,
  settingsOf,
} from './session.ts';
import { refuseStalePlan } from './stale-plan.ts';

export interface ApplyOptions extends MigrationOptions {
  readonly plan: string | undefined;
  readonly yes: boolean;
  readonly commit: CommitGroups | undefined;
  readonly branch: string | undefined;
  readonly allowDirty: boolean;
  readonly resume: boolean;
  /** What is proved before the first byte is written. */
  readonly prove: 'static' | 'none';
  readonly wait: number;
  readonly diff: boolean | undefined;
}

/** What the caller sees before the question: rendered by dispatch, which knows the formats. */
export type Preview = (report: Report) => void;

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
  const run = await write(options, io, checkout, request, planned);
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

async function requestOfPlan(plan: Plan): Promise<PlanRequest> {
  return { migration: await loadMigration(plan.migration.id), params: plan.params, selection: plan.selection };
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

/** A dirty touched path is refused always: no commit holds its bytes. The rest is refused unless the caller allows it. */
export async function refuseDirty(
  checkout: Checkout,
  changes: readonly FileChange[],
  allowDirty: boolean,
): Promise<void> {
  const touched = new Set<string>(
    changes.flatMap((change) => (change.kind === 'rename' ? [change.path, change.from] : [change.path])),
  );
  const dirty = await checkout.dirty();
  const inPlan = dirty.filter(({ path }) => touched.has(path));
  const others = dirty.filter(({ path, state }) => !touched.has(path) && state !== 'untracked');
  if (inPlan.length === 0 && (allowDirty || others.length === 0)) return;
  const lines = (label: string, paths: typeof dirty) => paths.map(({ path, state }) => `${label} ${path} (${state})`);
  throw refusal('the work tree has uncommitted changes', {
    details: [...lines('the plan touches', inPlan), ...lines('the plan leaves alone', others)],
    hint:
      inPlan.length > 0 ? 'commit or stash what the plan touches' : 'commit or stash them, or go on with --allow-dirty',
  });
}

async function ask(options: ApplyOptions, io: CommandIo, plan: Report, preview: Preview): Promise<void> {
  if (options.yes || options.plan !== undefined) return;
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw refusal('apply asks before it writes, and there is no terminal to ask on', {
      hint: 'refit apply --yes, or refit plan --out FILE and refit apply --plan FILE',
    });
  }
  preview(plan);
  if (!(await io.confirm('Write these changes?'))) throw refusal('not applied: the answer was no');
}

async function write(
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
    return { run: { ...run, commits: [commit.id] }, warnings: outcome.warnings };
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
async function proveSecondRun(root: string, request: PlanRequest): Promise<void> {
  const again = await planOn(await openCheckout(root), request);
  if (again.plan.changes.length === 0) return;
  throw new RefitError(`${request.migration.id} would change its own result again`, {
    details: again.plan.changes.map((change) => `${change.kind} ${change.path} (${change.steps.join(', ')})`),
    hint: 'this is a fault of the migration',
  });
}

async function writeBranch(
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
    next: [
      { command: `git switch ${name}`, why: 'look at the result' },
      { command: `git branch -D ${name}`, why: 'roll back: the work tree and the index were not touched' },
    ],
  });
}

async function resumeRun(options: ApplyOptions, io: CommandIo, checkout: Checkout): Promise<Report> {
  return underSignals(io, async (signal) => {
    const context = runContext(checkout, io, { waitSeconds: options.wait, signal });
    const outcome = await resume(context, { beforeClose: () => proveResumed(context, checkout.root) });
    const fields = reportFields('apply', checkout);
    switch (outcome.kind) {
      case 'nothing-to-resume':
        return makeReport({ ...fields, outcome: { kind: 'nothing-to-do', why: outcome.why } });
      case 'applied':
        return makeReport({
          ...fields,
          run: { id: outcome.run, written: [] },
          next: nextAfterApply(options, { id: outcome.run, written: [] }),
        });
      case 'start-over':
        return startOver(options, io, checkout, outcome.planJson);
      default: {
        const unknown: never = outcome;
        throw new RefitError(`no such outcome: ${JSON.stringify(unknown)}`);
      }
    }
  });
}

/** The second-run proof of a resumed run, by the plan kept with it. */
async function proveResumed(context: RunContext, root: string): Promise<void> {
  const found = findInterrupted(context);
  if (found === null) return;
  const saved = planFromJson(readPlanOf(context, requireRun(context, found.id)));
  await proveSecondRun(root, await requestOfPlan(saved));
}

/** The interrupted run had written nothing for good: its plan is carried out afresh, if the checkout still agrees. */
async function startOver(options: ApplyOptions, io: CommandIo, opened: Checkout, planJson: string): Promise<Report> {
  const saved = planFromJson(planJson);
  if (saved.migration.id === MENDS_ID) {
    const why = 'the interrupted mends were taken back; refit check --fix writes them again';
    return makeReport({ ...reportFields('apply', opened), outcome: { kind: 'nothing-to-do', why } });
  }
  const request = await requestOfPlan(saved);
  const checkout = await openCheckout(opened.root);
  const planned = await planOn(checkout, request);
  refuseStalePlan(saved, planned.plan, checkout);
  const { run, warnings } = await write({ ...options, commit: undefined }, io, checkout, request, planned);
  return makeReport({
    ...reportFields('apply', checkout, request.migration),
    ...planFields(planned, checkout, false),
    run,
    warnings,
    next: nextAfterApply(options, run),
  });
}

function nextAfterApply(options: ApplyOptions, run: ReportedRun): readonly NextCommand[] {
  const committed = run.commits !== undefined;
  return [
    { command: `refit status${repoWord(options)}`, why: 'what was changed, and what has drifted since' },
    {
      command: `refit rollback${repoWord(options)}`,
      why: committed ? 'put the files back (the commit stays: git revert undoes it)' : 'put every byte back',
    },
  ];
}

/** Runs `act` with a signal that is aborted by Ctrl-C and the like, so that it can undo before the process ends. */
export async function underSignals<T>(io: CommandIo, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = io.onSignal((name) => controller.abort(name));
  try {
    return await act(controller.signal);
  } finally {
    stop();
  }
}
