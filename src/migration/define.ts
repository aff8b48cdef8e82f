import type { ZodType } from 'zod';
import type { RepoPath } from '../base/repo-path.ts';
import type { Check } from '../checks/define.ts';
import type { MentionWord } from '../tree/mentions.ts';
import type { ReadonlyTree, RepoTree } from '../tree/tree.ts';

/** Something a person should know: `todo` needs an act of theirs, `warning` a look, `info` nothing. */
export interface Note {
  readonly severity: 'todo' | 'warning' | 'info';
  readonly message: string;
  readonly path?: RepoPath;
  /** From 1. */
  readonly line?: number;
}

/** What `select` found: typed input for `run`, or why the step does not run. */
export type Applicability<I> =
  | { readonly kind: 'applies'; readonly input: I }
  /** Already in the target state. */
  | { readonly kind: 'done'; readonly why: string }
  /** Nothing here to migrate. */
  | { readonly kind: 'skip'; readonly why: string }
  /** Not a target, or unsafe: the whole run stops before anything is written. */
  | { readonly kind: 'refuse'; readonly why: string; readonly path?: RepoPath; readonly line?: number };

/** Parsers that cost time to load; a step or check names those it needs. */
export type ParserName = 'python' | 'typescript';

/** What a step gets besides the tree. */
export interface StepContext<P> {
  readonly params: P;
  /** Text of a template that the step lists in `templates`. @throws RefitError for any other name. */
  template(name: string): string;
  note(note: Note): void;
}

/**
 * One ordered act of a migration: *select, then run*. `select` only looks; `run` edits the tree through its verbs.
 * What cannot be done safely becomes a note, never a guess.
 */
export interface Step<P = unknown, I = unknown> {
  /** verb-noun, unique in the migration. */
  readonly id: string;
  readonly title: string;
  /** What it does, what it leaves alone: printed by `refit explain`. */
  readonly description: string;
  /** Raised by hand when the step's behaviour changes; part of the step's hash. */
  readonly version: number;
  readonly needs?: readonly ParserName[];
  /** Names of the templates that `run` may read; part of the step's hash. */
  readonly templates?: readonly string[];
  select(tree: ReadonlyTree, ctx: StepContext<P>): Applicability<I> | Promise<Applicability<I>>;
  run(input: I, tree: RepoTree, ctx: StepContext<P>): void | Promise<void>;
  /**
   * What this step promises beyond what the engine proves of every step (changed files still parse, no Compose service
   * is lost): returns what is broken. Proved at the end of the step's phase.
   */
  guarantee?(before: ReadonlyTree, after: ReadonlyTree, ctx: StepContext<P>): readonly string[];
}

/** Steps that belong together; `--phase` selects them by id. */
export interface Phase<P = unknown> {
  readonly id: string;
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: each step has its own input type, which only its own select and run share
  readonly steps: readonly Step<P, any>[];
}

/** Whether this migration is for the checkout at all, asked before any step. */
export type Recognition =
  | { readonly kind: 'target'; readonly evidence: readonly string[] }
  /** Not of the family: exit 4 with the reasons. */
  | { readonly kind: 'refuse'; readonly reasons: readonly string[]; readonly hint?: string };

/** Ordered steps in phases, with what decides whether a checkout is a target. */
export interface Migration<P = unknown> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Validates `--param KEY=VALUE`; each key needs a default or be optional. */
  readonly params: ZodType<P>;
  readonly needs?: readonly ParserName[];
  /**
   * Ids of migrations that come before this one where both run, as `refit plan --all` orders them. Says nothing of a run of
   * this one alone.
   */
  readonly after?: readonly string[];
  /** Ids of migrations that must have nothing left to do, or come before this one in the same `--all`: else it is refused. */
  readonly requires?: readonly string[];
  /**
   * Literals that recognition and steps will search for, as far as known beforehand: one pass over a large checkout then
   * answers all of those searches. Only speed depends on it.
   */
  searchWords?(tree: ReadonlyTree): readonly string[];
  recognize?(tree: ReadonlyTree, params: P): Recognition | Promise<Recognition>;
  readonly phases: readonly Phase<P>[];
  readonly checks: readonly Check[];
  /** Words to look for after planning (deleted paths are added by the engine): removed modules and names. */
  removedNames?(before: ReadonlyTree, after: ReadonlyTree): readonly MentionWord[];
  /** Files in which mentions of removed things are history, as globs: archives, changelogs, backups. */
  readonly history?: readonly string[];
}

/** Types a migration; returns it unchanged. */
export function defineMigration<P>(migration: Migration<P>): Migration<P> {
  return migration;
}

/** Types a step and ties the input of its `run` to its `select`; returns it unchanged. */
export function defineStep<P, I>(step: Step<P, I>): Step<P, I> {
  return step;
}
