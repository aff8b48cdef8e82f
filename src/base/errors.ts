/** Exit codes of the command line; the table with their meaning is in docs/cli.md. */
export const EXIT = {
  ok: 0,
  fault: 1,
  pending: 2,
  failed: 3,
  refused: 4,
  needsPerson: 5,
  incomplete: 6,
  /** Ended by SIGHUP, SIGINT or SIGTERM, after everything was undone. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface RefitErrorOptions {
  /** Defaults to 1, a fault. 4 means that nothing was written on purpose. */
  readonly exitCode?: ExitCode;
  /** The way out: what the reader does or types next. */
  readonly hint?: string;
  /** Further lines, each a place or a reason, printed under the message in this order. */
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/** A known refusal or fault: printed as message, details and hint, without a stack trace. */
export class RefitError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];

  constructor(message: string, options: RefitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RefitError';
    this.exitCode = options.exitCode ?? EXIT.fault;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }
}

/** Builds the error of a refusal: exit code 4, nothing written. */
export function refusal(message: string, options: Omit<RefitErrorOptions, 'exitCode'> = {}): RefitError {
  return new RefitError(message, { ...options, exitCode: EXIT.refused });
}
