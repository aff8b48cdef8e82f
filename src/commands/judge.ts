import { EXIT, RefitError } from '../base/errors.ts';
import { compileGlobs } from '../base/glob.ts';
import { type RepoPath, repoPathProblem } from '../base/repo-path.ts';
import type { Checkout } from '../checkout/read.ts';
import { paramsOf, type Settings } from '../checks/config.ts';
import type { Check, CheckContext, Finding, PendingPlan } from '../checks/define.ts';
import { type CheckRun, type CheckSelection, parsersOf, runChecks, searchWordsOf } from '../checks/run.ts';
import {
  applyWaivers,
  type JudgedPart,
  malformedFinding,
  readWaivers,
  WAIVERS_PATH,
  type WaiversReading,
} from '../checks/waivers.ts';
import { loadParsers } from '../host/parsers.ts';
import type { Migration } from '../migration/define.ts';
import type { PlannedRun } from '../migration/run.ts';
import { parseParams } from '../migration/validate.ts';
import { isPendingCheck } from '../report/pending-check.ts';
import type { ReportedCheck } from '../report/report.ts';
import { fingerprintsOf, reportedCheck, setAside } from '../report/set-aside.ts';
import { openTree } from '../tree/memory-tree.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { gateChecks } from './gate-checks.ts';
import { planOn, readOwnFile } from './session.ts';
import { WAIVERS_WORDS } from './waivers-words.ts';

/** What is judged, and by which rules. */
export interface JudgeInput {
  readonly checkout: Checkout;
  readonly migration: Migration;
  readonly settings: Settings;
  readonly selection: CheckSelection;
  readonly available: readonly Check[];
  /** `2026-12-31`. */
  readonly today: string;
}

/** What the migration says of the checkout: its plan, or why it cannot make one. */
export type Migrated =
  | { readonly kind: 'planned'; readonly run: PlannedRun }
  | { readonly kind: 'refused'; readonly error: RefitError };

export interface Judgement {
  readonly migration: Migration;
  readonly migrated: Migrated;
  readonly checks: readonly ReportedCheck[];
}

/**
 * Plans the migration and runs the checks on the checkout as it is. Findings that the pending plan would mend are set
 * aside with that reason; findings that only the planned tree has are among the rest.
 * @throws RefitError with exit code 4 when the checkout is not of the family, which no check can judge.
 */
export async function judge(input: JudgeInput): Promise<Judgement> {
  const { checkout, migration, settings, selection, available } = input;
  const params = paramsOf(settings);
  const tree = openTree(checkout.source);
  refuseMissingDockerfile(settings, tree);
  // The first search of a large checkout reads all of it, and later ones for some of its words only what it found.
  await tree.search([...searchWordsOf(tree, selection, available), ...(migration.searchWords?.(tree) ?? [])]);
  const migrated = await planOrRefusal(checkout, migration, params, tree);
  await loadParsers(parsersOf(selection, available));
  const context = { ...dockerfileIn(tree, settings), pending: pendingOf(migrated) };
  const present = judgeByRules(await runChecks(tree, context, selection, available), input);
  if (migrated.kind === 'refused' || migrated.run.plan.changes.length === 0)
    return { migration, migrated, checks: [...present.checks, ...present.own] };
  const runs = await runChecks(migrated.run.tree, dockerfileIn(migrated.run.tree, settings), selection, available);
  const checks = withoutMended(present.checks, judgeByRules(runs, input).checks);
  return { migration, migrated, checks: [...checks, ...present.own] };
}

/** The day, in the words of a waiver. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

/** @throws RefitError when the settings name a Dockerfile that is not there. */
export function refuseMissingDockerfile(settings: Settings, tree: ReadonlyTree): void {
  const { value, origin } = settings.dockerfile;
  if (value === null || dockerfileIn(tree, settings).dockerfile !== undefined) return;
  throw new RefitError(`there is no file ${value} in the checkout (${origin}, dockerfile)`, {
    hint: 'name the Dockerfile by its path in the checkout',
  });
}

/** The Dockerfile that the settings name, when `tree` has it. */
export function dockerfileIn(tree: ReadonlyTree, { dockerfile }: Settings): CheckContext {
  const path = dockerfile.value?.replace(/^(\.\/)+/, '') ?? '';
  return repoPathProblem(path) === null && tree.has(path as RepoPath) ? { dockerfile: path as RepoPath } : {};
}

async function planOrRefusal(
  checkout: Checkout,
  migration: Migration,
  params: Readonly<Record<string, string>>,
  tree: ReadonlyTree,
): Promise<Migrated> {
  try {
    const selection = { only: [], skip: [], phases: [] };
    return { kind: 'planned', run: await planOn(checkout, { migration, params, selection }) };
  } catch (error) {
    if (!(error instanceof RefitError) || error.exitCode !== EXIT.refused) throw error;
    const recognition = await migration.recognize?.(tree, parseParams(migration, params));
    if (recognition?.kind === 'refuse') throw error;
    return { kind: 'refused', error };
  }
}

function pendingOf(migrated: Migrated): PendingPlan {
  if (migrated.kind === 'refused') return { kind: 'refused', why: migrated.error.message };
  return { kind: 'planned', changes: migrated.run.plan.changes };
}

/** What checks ended with, once the checkout's own rules are laid over it. */
export interface Ruled {
  readonly checks: readonly ReportedCheck[];
  /** Waivers that have ended or that nothing needs. */
  readonly stale: readonly Finding[];
  /** The verdict on the waivers themselves; empty without a file. */
  readonly own: readonly ReportedCheck[];
}

/** Sets aside the findings of `runs` that a waiver or the configuration names. */
export function judgeByRules(
  runs: readonly CheckRun[],
  { checkout, settings, today }: Pick<JudgeInput, 'checkout' | 'settings' | 'today'>,
  part: JudgedPart = 'tree',
): Ruled {
  const text = readOwnFile(checkout, WAIVERS_PATH);
  const ids = [...new Set([...gateChecks(), ...runs.map(({ check }) => check)].map(({ id }) => id))];
  const reading = text === null ? null : readWaivers(text, ids);
  const { waived, findings } = applyWaivers(reading?.kind === 'read' ? reading.waivers : [], runs, today, part);
  const { value: globs, origin } = settings.skipPaths;
  const isSkipped = globs.length === 0 ? () => false : compileGlobs(globs);
  const checks = setAside(runs.map(reportedCheck), (finding) => {
    const skipped = finding.path !== undefined && isSkipped(finding.path);
    return waived.get(finding) ?? (skipped ? { reason: `in a path to skip (${origin})` } : null);
  });
  return { checks, stale: findings, own: reading === null ? [] : [waiversCheck(reading, findings)] };
}

/** The list with what was found of further waivers, in the verdict that is in it. */
export function withStaleWaivers(
  checks: readonly ReportedCheck[],
  stale: readonly Finding[],
): readonly ReportedCheck[] {
  return checks.map((check) => {
    const { result } = check;
    if (check.id !== WAIVERS_WORDS.id || stale.length === 0 || result.status === 'errored') return check;
    const findings = [...(result.status === 'failed' ? result.findings : []), ...stale];
    return { ...check, result: { check: check.id, status: 'failed', findings } };
  });
}

function waiversCheck(reading: WaiversReading, findings: readonly Finding[]): ReportedCheck {
  const { id, title, severity, description } = WAIVERS_WORDS;
  const base = { id, title, severity, description, required: true };
  if (reading.kind === 'newer') {
    const message = `${WAIVERS_PATH} has format version ${reading.version}, which this refit cannot read`;
    return { ...base, result: { check: base.id, status: 'errored', message } };
  }
  const all = [...reading.problems.map(malformedFinding), ...findings];
  if (all.length === 0) return { ...base, result: { check: base.id, status: 'passed' } };
  return { ...base, result: { check: base.id, status: 'failed', findings: all } };
}

/** Present findings, without those that the planned tree has no more; and those that it adds. */
function withoutMended(present: readonly ReportedCheck[], planned: readonly ReportedCheck[]): readonly ReportedCheck[] {
  const before = fingerprintsOf(present);
  const after = fingerprintsOf(planned);
  const left = new Set(after.values());
  const there = new Set(before.values());
  const rest = setAside(present, (finding) => {
    return isPendingCheck(finding.check) || left.has(before.get(finding) ?? '')
      ? null
      : { reason: 'the pending plan mends it' };
  });
  return rest.map((check) => {
    const same = planned.find(({ id }) => id === check.id)?.result;
    const added =
      same?.status === 'failed'
        ? same.findings
            .filter((finding) => finding.waived === undefined && !there.has(after.get(finding) ?? ''))
            .map(asPlanned)
        : [];
    if (added.length === 0) return check;
    const now = check.result.status === 'failed' || check.result.status === 'waived' ? check.result.findings : [];
    return { ...check, result: { check: check.id, status: 'failed', findings: [...now, ...added] } };
  });
}

/** Line and mend of such a finding are those of the planned text, so it cannot be mended before the plan is applied. */
function asPlanned({ fix: _fix, ...finding }: Finding): Finding {
  return { ...finding, next: `after refit apply: ${finding.next ?? 'check again'}` };
}
