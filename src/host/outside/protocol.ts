/** What refit and the process that runs a migration from outside say to each other. All of it is plain data. */
import type { ExitCode } from '../../base/errors.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import type { CheckContext, CheckWords, Finding } from '../../checks/define.ts';
import type { ParserName, Recognition } from '../../migration/define.ts';
import type { ParameterWords } from '../../migration/parameters.ts';
import type { Plan, Selection } from '../../plan/plan.ts';
import type { FileChange } from '../../tree/changes.ts';
import type { FileMode, LeftAlone } from '../../tree/tree.ts';

/** The code to run: the bytes that were hashed, so that nothing else can be. */
export interface CodeToRun {
  readonly entry: string;
  /** Absolute path → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Where the templates lie: absolute path of a folder. */
  readonly templates: string;
}

/** The checkout, as much of it as cannot be read file by file; searches are asked of refit. */
export interface CheckoutToRead {
  readonly root: string;
  readonly paths: readonly RepoPath[];
  /** Modes other than `644`. */
  readonly modes: ReadonlyMap<RepoPath, FileMode>;
  readonly leftAlone: readonly LeftAlone[];
  /** What earlier migrations of the same command changed; nothing of it is on disk yet. */
  readonly layer?: Overlay;
}

/** A tree as a plan left it: what differs from the checkout. */
export interface Overlay {
  readonly changes: readonly FileChange[];
  /** Path → bytes after, for all but deletions. */
  readonly contents: ReadonlyMap<RepoPath, Uint8Array>;
}

export type Request =
  | { readonly op: 'describe' }
  | {
      readonly op: 'plan';
      readonly checkout: CheckoutToRead;
      readonly params: Readonly<Record<string, unknown>>;
      readonly selection: Selection;
      /** Another clock and other chance than those of the first plan. */
      readonly otherClock: boolean;
    }
  | {
      readonly op: 'recognize';
      readonly checkout: CheckoutToRead;
      readonly params: Readonly<Record<string, unknown>>;
    }
  | {
      readonly op: 'check';
      readonly checkout: CheckoutToRead;
      readonly overlay: Overlay;
      readonly ids: readonly string[];
      readonly context: CheckContext;
    };

/** A migration without its code. */
export interface Description {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ParameterWords[];
  readonly recognizes: boolean;
  readonly after?: readonly string[];
  readonly requires?: readonly string[];
  /** Step id → SHA-256 of its id, version and templates. */
  readonly stepHashes: Readonly<Record<string, string>>;
  readonly phases: readonly {
    readonly id: string;
    readonly title: string;
    readonly steps: readonly {
      readonly id: string;
      readonly title: string;
      readonly description: string;
      readonly version: number;
      readonly needs?: readonly ParserName[];
      readonly templates?: readonly string[];
    }[];
  }[];
  readonly checks: readonly (CheckWords & {
    readonly examples: { readonly bad: string; readonly good: string };
    readonly needs?: readonly ParserName[];
  })[];
}

export interface PlanAnswer extends Overlay {
  readonly plan: Pick<Plan, 'migration' | 'params' | 'outcomes' | 'notes'>;
}

/** How one check of the migration ended. */
export type CheckAnswer = { readonly id: string } & (
  | { readonly kind: 'skip'; readonly why: string }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'errored'; readonly message: string }
);

/** The answer to each request. */
export interface Answers {
  readonly describe: Description;
  readonly plan: PlanAnswer;
  readonly recognize: Recognition;
  readonly check: readonly CheckAnswer[];
}

export interface Failure {
  readonly message: string;
  readonly details: readonly string[];
  readonly hint?: string;
  readonly exitCode: ExitCode;
}

/** First word of refit: the code and what to do with it. Later ones answer searches. */
export type ToWorker =
  | { readonly kind: 'start'; readonly code: CodeToRun; readonly request: Request; readonly cwd: string }
  | { readonly kind: 'found'; readonly search: number; readonly paths: readonly RepoPath[] }
  | { readonly kind: 'not-found'; readonly search: number; readonly message: string };

export type FromWorker =
  /** Said before each part of the work, so that what hangs has a name. */
  | { readonly kind: 'doing'; readonly what: string; readonly step?: string }
  | { readonly kind: 'search'; readonly search: number; readonly literals: readonly string[] }
  /** One check is done; the rest follows. */
  | { readonly kind: 'checked'; readonly answer: CheckAnswer }
  | { readonly kind: 'done'; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure };
