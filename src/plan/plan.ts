import type { RepoPath } from '../base/repo-path.ts';
import type { Note } from '../migration/define.ts';
import type { FileChange } from '../tree/changes.ts';

export const PLAN_FORMAT_VERSION = 1;

/** How one step ended. */
export interface StepOutcome {
  readonly step: string;
  readonly phase: string;
  /** `changed`: it edited the tree. `unchanged`: it ran and there was nothing left to edit. */
  readonly status: 'changed' | 'unchanged' | 'done' | 'skipped';
  /** Why it is done or was skipped. */
  readonly why?: string;
  readonly notes: readonly Note[];
}

/** Which steps were asked for; empty lists mean all. */
export interface Selection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly phases: readonly string[];
}

/**
 * What would change, by which step. Holds hashes, never file contents. Deterministic to the byte: same checkout, same
 * migration, same plan.
 */
export interface Plan {
  readonly formatVersion: typeof PLAN_FORMAT_VERSION;
  readonly migration: {
    readonly id: string;
    /** Step id → SHA-256 of its id, version and templates. */
    readonly stepHashes: Readonly<Record<string, string>>;
    /** Absent for a bundled migration. `hash`: SHA-256 of all the code that made the plan; `word`: what named it. */
    readonly outside?: { readonly word: string; readonly hash: string };
  };
  readonly params: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
  readonly base: { readonly commit: string | null; readonly dirty: readonly RepoPath[] };
  readonly outcomes: readonly StepOutcome[];
  readonly changes: readonly FileChange[];
  /** Notes of no single step: leftover mentions, warnings of the migration. */
  readonly notes: readonly Note[];
}
