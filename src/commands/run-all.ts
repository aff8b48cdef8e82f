import { basename, resolve } from 'node:path';
import { requireSettled } from '../apply/settle.ts';
import { EXIT, RefitError } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import { formatPatch } from '../plan/diff.ts';
import { diffStat } from '../plan/line-stats.ts';
import { printablePatch } from '../report/mask.ts';
import {
  DEFAULT_GATE,
  makeReport,
  type Report,
  type ReportedCheck,
  type ReportedMigration,
  reportedPlan,
} from '../report/report.ts';
import { notWritten } from './apply.ts';
import { type ApplyOptions, ask, type Preview, refuseDirty } from './before-writing.ts';
import type { CommandIo } from './io.ts';
import { dayOf } from './judge.ts';
import type { MigrationOptions } from './options.ts';
import { type PlanOptions, warnOfInterrupted, writePrivateFile } from './plan.ts';
import { type PlannedAll, type PlannedMigration, planAll } from './plan-all.ts';
import { showProgress } from './progress.ts';
import { proveStatic } from './prove.ts';
import {
  againWords,
  openRepo,
  patchOptions,
  planOn,
  reportFields,
  repoWord,
  runContext,
  settingsOf,
} from './session.ts';
import { refuseStalePlan } from './stale-plan.ts';
import { writeRun } from './write-run.ts';

type Planned = Extract<PlannedMigration, { kind: 'planned' }>;

/** Shows what all migrations that are for the checkout would change together. Touches nothing. */
export async function runPlanAll(options: PlanOptions, io: CommandIo): Promise<Report> {
  refuseOfOne(options, { '--out': options.out !== undefined });
  const checkout = await openRepo(options);
  const all = await planWithProgress(checkout, options, io);
  const changes = all.tree.changes();
  if (options.patch !== undefined)
    writePrivateFile(
      resolve(options.cwd, options.patch),
      formatPatch(changes, all.tree.content, patchOptions(checkout)),
    );
  const again = allWords(options);
  return makeReport({
    ...fieldsOf('plan', checkout, all, options.diff ?? true),
    outcome: outcomeOf(changes.length),
    gate: { ...DEFAULT_GATE, exitCode: options.exitCode },
    files: options.patch === undefined ? [] : [{ what: 'patch', path: options.patch }],
    warnings: warnOfInterrupted(runContext(checkout, io)),
    next: changes.length === 0 ? [] : [{ command: `refit apply${again}`, why: 'write it, after a question' }],
  });
}

/**
 * Plans all, proves each, asks once, then writes one after another, each with a record of its own. One that fails is undone;
 * those before it are finished runs and stay, which the error says.
 */
export async function runApplyAll(options: ApplyOptions, io: CommandIo, preview: Preview): Promise<Report> {
  refuseOfOne(options, {
    '--plan': options.plan !== undefined,
    '--branch': options.branch !== undefined,
    '--resume': options.resume,
    '--prove container': options.prove === 'container',
  });
  const found = await openRepo(options);
  const waited = await requireSettled(runContext(found, io, { waitSeconds: options.wait }));
  const checkout = waited ? await openRepo(options) : found;
  const all = await planWithProgress(checkout, options, io);
  const changes = all.tree.changes();
  const fields = fieldsOf('apply', checkout, all, options.diff ?? true);
  const waiting = all.migrations.filter((one): one is Planned => one.kind === 'planned' && hasChanges(one));
  if (waiting.length === 0) return makeReport({ ...fields, outcome: outcomeOf(0) });
  // A path that one migration changes and a later one changes back is no change in the end, and is written all the same.
  await refuseDirty(checkout, [...changes, ...waiting.flatMap(({ run }) => run.plan.changes)], options.allowDirty);
  const { checks, stops } = await proveEach(waiting, checkout, options, io);
  if (stops !== null) return makeReport({ ...fields, checks, diff: '', ...notWritten(stops, options), next: [] });
  await ask(options, io, makeReport({ ...fields, checks, command: 'plan' }), preview);
  const runs = new Map<string, string>();
  const warnings = new Set<string>();
  for (const one of waiting) {
    const written = await writeOne(one, options, io).catch((error: unknown) => {
      throw runs.size === 0 ? error : leftApplied(error, one, runs, options);
    });
    runs.set(one.request.migration.id, written.run.id);
    for (const warning of written.warnings) warnings.add(warning);
  }
  return makeReport({
    ...fields,
    checks,
    migrations: all.migrations.map((one) => reportedMigration(one, runs.get(one.request.migration.id))),
    diff: '',
    warnings: [...warnings],
    next: [
      { command: `refit status${repoWord(options)}`, why: 'each migration has a run of its own' },
      { command: `refit rollback${repoWord(options)}`, why: 'undo the last of them; again for the one before' },
    ],
  });
}

/** The checkout is read anew: the migration before this one has changed it, and somebody else may have. */
async function writeOne({ request, run }: Planned, options: ApplyOptions, io: CommandIo) {
  const checkout = await openRepo(options);
  const fresh = await planOn(checkout, request);
  refuseStalePlan(run.plan, fresh.plan, checkout);
  return writeRun(options, io, checkout, request, fresh);
}

function leftApplied(
  error: unknown,
  { request }: Planned,
  runs: ReadonlyMap<string, string>,
  options: ApplyOptions,
): unknown {
  if (!(error instanceof RefitError)) return error;
  const done = [...runs].map(([id, run]) => `${id} is applied and stays (run ${run})`);
  return new RefitError(`${request.migration.id} was not applied: ${error.message}`, {
    exitCode: error.exitCode === EXIT.refused ? EXIT.fault : error.exitCode,
    details: [...done, ...error.details],
    hint: `${error.hint === undefined ? '' : `${error.hint}; `}refit rollback${repoWord(options)} undoes what stays, the newest first`,
    cause: error,
  });
}

async function proveEach(
  waiting: readonly Planned[],
  checkout: Checkout,
  options: ApplyOptions,
  io: CommandIo,
): Promise<{ readonly checks: readonly ReportedCheck[]; readonly stops: string | null }> {
  let checks: readonly ReportedCheck[] = [];
  if (options.prove === 'none') return { checks, stops: null };
  const rules = { settings: settingsOf(checkout, { ...options, migration: undefined }), today: dayOf(io.now()) };
  for (const { request, run, on } of waiting) {
    const proof = await proveStatic(run, { ...rules, checkout: on });
    checks = proof.checks;
    if (proof.stops !== null) return { checks, stops: `${request.migration.id}: ${proof.stops}` };
  }
  return { checks, stops: null };
}

function planWithProgress(checkout: Checkout, options: MigrationOptions, io: CommandIo): Promise<PlannedAll> {
  const progress = showProgress(io, options);
  return planAll(checkout, options, io, (step) => progress.say(`plan: ${step}`)).finally(progress.end);
}

function fieldsOf(command: string, checkout: Checkout, { migrations, tree }: PlannedAll, withDiff: boolean) {
  const planned = migrations.filter((one) => one.kind === 'planned');
  const changes = tree.changes();
  const plans = planned.map(({ run }) => run.plan);
  const [first] = plans;
  const together = {
    base: first?.base ?? { commit: checkout.commit, dirty: [] },
    changes,
    outcomes: plans.flatMap(({ outcomes }) => outcomes),
    notes: plans.flatMap(({ notes }) => notes),
  };
  const shown = withDiff ? printablePatch(changes, tree.content, patchOptions(checkout)) : {};
  return {
    ...reportFields(command, checkout),
    repo: basename(checkout.root),
    migrations: migrations.map((one) => reportedMigration(one)),
    plan: reportedPlan(together, diffStat(changes, tree.content)),
    dirty: together.base.dirty,
    ...shown,
  } satisfies Partial<Report>;
}

function reportedMigration(one: PlannedMigration, run?: string): ReportedMigration {
  const { id, title } = one.request.migration;
  if (one.kind === 'not-applicable') return { id, title, status: one.kind, why: one.why, changes: 0 };
  const changes = one.run.plan.changes.length;
  if (run !== undefined) return { id, title, status: 'applied', changes, run };
  return { id, title, status: changes === 0 ? 'nothing-to-do' : 'planned', changes };
}

function hasChanges({ run }: Planned): boolean {
  return run.plan.changes.length > 0;
}

function outcomeOf(changes: number): Report['outcome'] {
  if (changes > 0) return { kind: 'done' };
  return { kind: 'nothing-to-do', why: 'the checkout is already in the target state of every migration for it' };
}

/** What speaks of one migration, or of one plan. */
function refuseOfOne(options: MigrationOptions, others: Readonly<Record<string, boolean>>): void {
  const given = {
    '--only': options.only.length > 0,
    '--skip': options.skip.length > 0,
    '--phase': options.phases.length > 0,
    '--param': Object.keys(options.params).length > 0,
    ...others,
  };
  const [word] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  if (word === undefined) return;
  throw new RefitError(`${word} is of one migration and cannot stand with --all`, {
    hint: 'run the migrations one after another, each with --migration ID',
  });
}

function allWords(options: MigrationOptions): string {
  const named = options.migrations.map((word) => againWords({ repo: '.', migration: word })).join('');
  return `${repoWord({ repo: options.repo })} --all${named}`;
}
