// Pure: a report is built from values, and every reporter and the exit code are functions of it.
import { EXIT, type ExitCode, type RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { CheckResult, Finding, Severity } from '../checks/define.ts';
import type { Note } from '../migration/define.ts';
import type { DiffStat } from '../plan/line-stats.ts';
import type { Plan, StepOutcome } from '../plan/plan.ts';
import type { FileMode, LeftAlone } from '../tree/tree.ts';

/** How the command itself ended, apart from what its checks found. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'nothing-to-do'; readonly why: string }
  /** Stopped on purpose; nothing was written. */
  | {
      readonly kind: 'refused' | 'fault';
      readonly message: string;
      readonly details: readonly string[];
      readonly hint?: string;
      /** Of a fault that has a code of its own, as one stopped by a signal. */
      readonly exitCode?: ExitCode;
    };

/** One file of the plan. */
export interface ReportedChange {
  readonly kind: 'create' | 'update' | 'rename' | 'delete';
  readonly path: RepoPath;
  readonly from?: RepoPath;
  readonly steps: readonly string[];
  /** Undefined on the side that does not exist. */
  readonly modeBefore?: FileMode;
  readonly modeAfter?: FileMode;
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
}

export interface ReportedPlan {
  readonly commit: string | null;
  readonly changes: readonly ReportedChange[];
  readonly steps: readonly StepOutcome[];
  /** Notes of no single step. */
  readonly notes: readonly Note[];
  /** Lines in total. */
  readonly added: number;
  readonly removed: number;
}

/** A check with what a reader and a CI service need to know of it, and how it ended. */
export interface ReportedCheck {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Whether the answer is incomplete when this check was skipped. */
  readonly required: boolean;
  /** What it proves and why; falls back to the title. */
  readonly description?: string;
  /** 0.1 to 10, only for checks about security. */
  readonly securitySeverity?: number;
  /** How long it took, for checks that start containers. */
  readonly milliseconds?: number;
  readonly result: CheckResult;
}

/** What decides the exit code, besides the facts. */
export interface Gate {
  /** A finding of this severity or worse fails. */
  readonly failOn: Severity;
  /** Warnings count as errors, and every skipped check as required. */
  readonly strict: boolean;
  /** `plan --exit-code`: also plan answers 2 and 5. */
  readonly exitCode: boolean;
}

export const DEFAULT_GATE: Gate = { failOn: 'error', strict: false, exitCode: false };

/** The run that the command made, continued or undid. */
export interface ReportedRun {
  readonly id: string;
  /** Paths written or, by rollback, restored. */
  readonly written: readonly RepoPath[];
  /** Paths left as they are because somebody changed them since. */
  readonly kept?: readonly RepoPath[];
  readonly commits?: readonly string[];
  readonly branch?: string;
}

/** One line of `status`. */
export interface RecordedRun {
  readonly id: string;
  readonly migration: string;
  readonly status: string;
  /** ISO 8601, from the journal. */
  readonly startedAt: string;
  /** As a person says it: `2 days ago`. */
  readonly age?: string;
  readonly changes: number;
  readonly drifted: readonly RepoPath[];
}

/** How one of several migrations ended, in the order in which they ran. */
export interface ReportedMigration {
  readonly id: string;
  readonly title: string;
  readonly status: 'planned' | 'applied' | 'nothing-to-do' | 'not-applicable';
  /** Why it is not for this checkout. */
  readonly why?: string;
  /** Files that it changes, on what the ones before it left. */
  readonly changes: number;
  /** The record of its own that `rollback --run` takes. */
  readonly run?: string;
}

export type StepsVersion =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly source: 'commit' | 'journal'; readonly hash: string; readonly current: boolean };

export interface NextCommand {
  readonly command: string;
  readonly why: string;
}

/** The image that was proved, and with what. */
export interface ReportedContainer {
  /** One line: engine, versions, builder, compose plug-in, storage driver. */
  readonly engine: string;
  readonly image?: {
    /** Local name under which the image outlives the run. */
    readonly name: string;
    /** `sha256:…`. */
    readonly id: string;
    /** Bytes as the engine counts them. */
    readonly size: number;
    readonly reused: boolean;
    readonly milliseconds: number;
  };
  readonly base?: {
    readonly name: string;
    readonly id: string /** `name@sha256:…`, when it came from a registry. */;
    readonly digest?: string;
  };
  /** What is in the image, by name: Python, litellm, the SDK, the CLI. */
  readonly contents: Readonly<Record<string, string>>;
  /** In words: which database the checks ran with, and what that leaves unproved. */
  readonly database: string;
  /** The request that was made with a real login, and what it cost. */
  readonly live?: string;
  /** The image from before, or why there is none to compare with. */
  readonly old?: string;
  /** The old image beside the new one, row by row. */
  readonly comparison?: readonly { readonly what: string; readonly before: string; readonly after: string }[];
  /** Names of what `--keep` left running or lying there. */
  readonly kept?: readonly string[];
}

/** The line that names the base image by its digest. */
export interface ReportedPin {
  readonly path: RepoPath;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The name that was looked up. */
  readonly image: string;
  /** `sha256:…`. */
  readonly digest: string;
  /** Which engine has it, on one line. */
  readonly engine: string;
}

/** What a command found and did, complete; every output is a function of it. */
export interface Report {
  /** plan, apply, check, verify, rollback, status and so on. */
  readonly command: string;
  /** The last part of the checkout's path, never more. */
  readonly repo: string;
  /** The folder of the checkout below the top of its repository, from which services count paths; absent for the top. */
  readonly scope?: string;
  readonly migration?: { readonly id: string; readonly title: string };
  /** Of `--all`: then `plan` is what they change together. */
  readonly migrations?: readonly ReportedMigration[];
  readonly versions: { readonly refit: string; readonly steps?: StepsVersion };
  readonly outcome: Outcome;
  readonly gate: Gate;
  readonly plan?: ReportedPlan;
  readonly checks: readonly ReportedCheck[];
  readonly container?: ReportedContainer;
  readonly pin?: ReportedPin;
  readonly run?: ReportedRun;
  readonly runs?: readonly RecordedRun[];
  /** Files that the command wrote beside the checkout, as the caller named them. */
  readonly files: readonly { readonly what: string; readonly path: string }[];
  readonly leftAlone: readonly LeftAlone[];
  readonly dirty: readonly RepoPath[];
  readonly warnings: readonly string[];
  readonly next: readonly NextCommand[];
  /** Where a finding of no file is shown by services that want one: line 1 of this. */
  readonly anchor: RepoPath;
  /** The printable patch; changes left out of it are in `hidden`. */
  readonly diff?: string;
  /** Paths whose diff would show a secret. */
  readonly hidden: readonly RepoPath[];
}

/** A report with nothing in it but `fields`. */
export function makeReport(fields: Pick<Report, 'command' | 'repo' | 'versions'> & Partial<Report>): Report {
  const anchor = fields.anchor ?? fields.plan?.changes[0]?.path ?? ('README.md' as RepoPath);
  return {
    outcome: { kind: 'done' },
    gate: DEFAULT_GATE,
    checks: [],
    files: [],
    leftAlone: [],
    dirty: [],
    warnings: [],
    next: [],
    hidden: [],
    ...fields,
    anchor,
  };
}

/** The outcome that an error stands for. */
export function outcomeOfError(error: RefitError): Outcome {
  const { message, details, hint } = error;
  const kind = error.exitCode === EXIT.refused ? 'refused' : 'fault';
  const own = error.exitCode !== EXIT.refused && error.exitCode !== EXIT.fault ? { exitCode: error.exitCode } : {};
  return { kind, message, details, ...(hint === undefined ? {} : { hint }), ...own };
}

/** What a report tells of a plan; `stat` holds the line counts of the same changes. */
export function reportedPlan(
  plan: Pick<Plan, 'base' | 'changes' | 'outcomes' | 'notes'>,
  stat: DiffStat,
): ReportedPlan {
  const lines = new Map(stat.changes.map((each) => [each.path, each]));
  return {
    commit: plan.base.commit,
    changes: plan.changes.map((change) => {
      const { added = 0, removed = 0, binary = false } = lines.get(change.path) ?? {};
      return {
        kind: change.kind,
        path: change.path,
        ...(change.kind === 'rename' ? { from: change.from } : {}),
        steps: change.steps,
        ...(change.kind === 'create' ? {} : { modeBefore: change.before.mode }),
        ...(change.kind === 'delete' ? {} : { modeAfter: change.after.mode }),
        added,
        removed,
        binary,
      };
    }),
    steps: plan.outcomes,
    notes: plan.notes,
    added: stat.added,
    removed: stat.removed,
  };
}

/** A path of the report as a service that knows the whole repository needs it. */
export function fromTop(report: Report, path: RepoPath): RepoPath {
  return report.scope === undefined ? path : (`${report.scope}/${path}` as RepoPath);
}

const RANK: Readonly<Record<Severity, number>> = { blocker: 3, error: 2, warn: 1, info: 0 };

/** Orders severities, worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return RANK[b] - RANK[a];
}

/** Whether a finding is at or above the gate's threshold and not waived. */
export function failsGate(finding: Finding, gate: Gate): boolean {
  if (finding.waived !== undefined) return false;
  const severity = gate.strict && finding.severity === 'warn' ? 'error' : finding.severity;
  return RANK[severity] >= RANK[gate.failOn];
}

/** Whether a check's own result turns the gate red. */
export function isFailing(check: ReportedCheck, gate: Gate): boolean {
  return check.result.status === 'failed' && check.result.findings.some((finding) => failsGate(finding, gate));
}

/** Whether the answer lacks this check: it broke, or was required and skipped. */
export function isMissing(check: ReportedCheck, gate: Gate): boolean {
  const { status } = check.result;
  return status === 'errored' || (status === 'skipped' && (check.required || gate.strict));
}

/** Every note of the report, those of the steps first. */
export function allNotes(report: Report): readonly Note[] {
  const { plan } = report;
  return plan === undefined ? [] : [...plan.steps.flatMap((step) => step.notes), ...plan.notes];
}

/** What a reader is told was left alone. What git and refit keep is in nearly every checkout: only a verbose reader is told. */
export function toldLeftAlone({ leftAlone }: Report, verbose = false): readonly LeftAlone[] {
  return verbose ? leftAlone : leftAlone.filter(({ reason }) => reason !== 'git-data' && reason !== 'refit-runs');
}

/** Whether the plan of this report waits to be applied. */
export function isPending(report: Report): boolean {
  const waits = report.command === 'check' || report.command === 'plan';
  return waits && (report.plan?.changes.length ?? 0) > 0;
}

/**
 * The exit code of a report: of what holds the first in the order 1, 4, 2, 3, 6, 5, else 0. Depends on nothing but
 * the report, so no output option changes it.
 */
export function exitCodeOf(report: Report): ExitCode {
  const { outcome, gate, command, checks } = report;
  if (outcome.kind === 'fault') return outcome.exitCode ?? EXIT.fault;
  if (outcome.kind === 'refused') return EXIT.refused;
  const asksPlan = command === 'plan' && gate.exitCode;
  if (isPending(report) && (command === 'check' || asksPlan)) return EXIT.pending;
  if (checks.some((check) => isFailing(check, gate))) return EXIT.failed;
  if (checks.some((check) => isMissing(check, gate))) return EXIT.incomplete;
  const asksPerson = command === 'apply' || asksPlan;
  if (asksPerson && allNotes(report).some((note) => note.severity === 'todo')) return EXIT.needsPerson;
  return EXIT.ok;
}
