import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import type { ReportFormat } from '../report/index.ts';

/** Options that every command takes. */
export interface CommonOptions {
  /** Folder that relative paths of the caller are taken from. */
  readonly cwd: string;
  readonly color: boolean | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Pairs of report format and target; a null file is stdout. */
  readonly outputs: readonly ReportTarget[];
}

export interface ReportTarget {
  readonly format: ReportFormat;
  readonly file: string | null;
}

/** What a caller may say of a migration that is no part of refit. */
export interface OutsideOptions {
  /** `yes` for `--trust` alone, else the start of the hash that is agreed to. */
  readonly trust: string | undefined;
  /** Seconds for loading it, for each step and for each check. */
  readonly stepTimeout: number | undefined;
}

/** Options of the commands that run a migration. */
export interface MigrationOptions extends CommonOptions, OutsideOptions {
  /** As given; relative to `cwd`. */
  readonly repo: string;
  /** Undefined where the command line names none. */
  readonly migration: string | undefined;
  /** All that the command line names; more than one only with `all`. */
  readonly migrations: readonly string[];
  /** Every migration at hand that is for the checkout, in order. */
  readonly all: boolean;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly phases: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Pairs `--format` and `--output` in the order given: the n-th output takes the n-th format; formats beyond go to
 * stdout, at most one of them. Without any, text goes to stdout.
 */
export function pairOutputs(
  formats: readonly string[],
  files: readonly string[],
  known: readonly string[],
): readonly ReportTarget[] {
  for (const format of formats) {
    if (known.includes(format)) continue;
    const { message, hint } = unknownName('format', format, known);
    throw new RefitError(message, { hint });
  }
  if (files.length > formats.length) {
    throw new RefitError(`--output ${files[formats.length]} has no --format before it`, {
      hint: `formats: ${known.join(', ')}`,
    });
  }
  const targets = formats.map((format, index) => ({ format: format as ReportFormat, file: files[index] ?? null }));
  const onStdout = targets.filter((target) => target.file === null);
  if (onStdout.length > 1) {
    throw new RefitError(`${onStdout.map((target) => target.format).join(' and ')} would both go to standard output`, {
      hint: 'give each --format but one an --output FILE',
    });
  }
  return targets.length === 0 ? [{ format: 'text', file: null }] : targets;
}

/** Reads `KEY=VALUE` words. @throws RefitError for a word without `=` or a key given twice. */
export function parseParamWords(words: readonly string[]): Readonly<Record<string, string>> {
  const params = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1)
      throw new RefitError(`--param ${JSON.stringify(word)} is not KEY=VALUE`, {
        hint: 'for example --param base=name:tag',
      });
    const key = word.slice(0, equals);
    if (params.has(key)) throw new RefitError(`--param ${key} is given twice`);
    params.set(key, word.slice(equals + 1));
  }
  return Object.fromEntries(params);
}
