import type { RepoPath } from '../base/repo-path.ts';
import type { ParserName } from '../migration/define.ts';
import type { TextEdit } from '../tree/edits.ts';
import type { ReadonlyTree } from '../tree/tree.ts';

/** From worst to mildest. */
export type Severity = 'blocker' | 'error' | 'warn' | 'info';

/** One thing that does not hold: what was expected, what was seen, where, why it matters, what to do next. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  readonly expected: string;
  readonly seen: string;
  /**
   * What it is about, in words that stay while the rest of the checkout changes: by check, path and subject a finding is known
   * again. Absent where message and seen text name nothing else.
   */
  readonly subject?: string;
  readonly path?: RepoPath;
  /** From 1. */
  readonly line?: number;
  /** FM-01 and so on, where the finding is a known failure mode. */
  readonly failureMode?: string;
  /** The next command or edit that mends it. */
  readonly next?: string;
  /** The command that shows it by hand, for findings of a container. */
  readonly byHand?: string;
  /** A safe mend, applied by `check --fix`. */
  readonly fix?: Fix;
  /** Why it does not count: set by the gate (a waiver, the baseline, …), never by a check. */
  readonly waived?: Waived;
}

/** Why a finding does not count. */
export interface Waived {
  readonly reason: string;
  /** The last day on which it does not count, `2026-12-31`. */
  readonly until?: string;
}

/** A mend that needs no person: spans of the present text, a mode, or a new file. */
export type Fix =
  | { readonly kind: 'edit'; readonly path: RepoPath; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'mode'; readonly path: RepoPath; readonly mode: '644' | '755' }
  | { readonly kind: 'create'; readonly path: RepoPath; readonly text: string };

/** How one check ended; only `passed` and `waived` count as held. */
export type CheckResult = { readonly check: string } & (
  | { readonly status: 'passed' }
  /** At least one of the findings is not waived. */
  | { readonly status: 'failed'; readonly findings: readonly Finding[] }
  /** Every one of the findings is waived. */
  | {
      readonly status: 'waived';
      readonly findings: readonly Finding[];
      readonly reason: string;
      readonly until?: string;
    }
  | { readonly status: 'not-applicable' | 'not-asked'; readonly why: string }
  /** Never counts as passed. */
  | { readonly status: 'skipped'; readonly why: string }
  /** Never counts as passed. */
  | { readonly status: 'errored'; readonly message: string }
);

/** What a check gets besides the tree; everything in it is data or pure. */
export interface CheckContext {
  /** The Dockerfile to judge when the caller named one; else the one that compose names, else `Dockerfile`. */
  readonly dockerfile?: RepoPath;
  /** What the migration would still change on this tree, or why it cannot say; absent where no migration is asked. */
  readonly pending?: PendingPlan;
}

/** The plan of the migration on the judged tree, as much of it as a check needs. */
export type PendingPlan =
  | {
      readonly kind: 'planned';
      readonly changes: readonly { readonly path: RepoPath; readonly steps: readonly string[] }[];
    }
  | { readonly kind: 'refused'; readonly why: string };

/** Types a check and ties the input of its `run` to its `select`; returns it unchanged. */
export function defineCheck<I>(check: Check<I>): Check<I> {
  return check;
}

/** What is said of a check wherever it is listed, whatever it judges. */
export interface CheckWords {
  /** `S05-pip-quoting`: the id of the check list and a slug that states what must hold. */
  readonly id: string;
  readonly title: string;
  /** The worst severity that its findings may have. */
  readonly severity: Severity;
  /** What it proves and why it matters; for `refit explain` and docs/checks.md. */
  readonly description: string;
  /** Judges the provider's own code, which no step changes: never stops a write. */
  readonly aboutProvider?: true;
  /** 0.1 to 10, only for checks about security. */
  readonly securitySeverity?: number;
}

/** A check has the shape of a step: *select, then run*. */
export interface Check<I = unknown> extends CheckWords {
  /** The smallest text that is red, and the same made green; for `refit explain` and docs/checks.md. */
  readonly examples: { readonly bad: string; readonly good: string };
  readonly needs?: readonly ParserName[];
  /**
   * Literals that it will search for, as far as known beforehand: one pass over a large checkout then answers the searches
   * of all checks. Only speed depends on it.
   */
  searchWords?(tree: ReadonlyTree): readonly string[];
  select(tree: ReadonlyTree, ctx: CheckContext): CheckApplicability<I> | Promise<CheckApplicability<I>>;
  run(input: I, tree: ReadonlyTree, ctx: CheckContext): readonly Finding[] | Promise<readonly Finding[]>;
}

/** Typed input for `run`, or why there is nothing to judge. */
export type CheckApplicability<I> =
  | { readonly kind: 'applies'; readonly input: I }
  | { readonly kind: 'skip'; readonly why: string };
