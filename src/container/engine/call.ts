import { RefitError } from '../../base/errors.ts';
import { maskSecrets } from '../../base/secrets.ts';
import { type ProcessResult, type RunOptions, runProcess } from '../../host/process.ts';
import type { Engine } from './facts.ts';

export interface CallOptions {
  /** Milliseconds; 60,000 unless told. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  readonly input?: string | Uint8Array;
  /** Set for the client beside its own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes of each stream. */
  readonly maxBuffer?: number;
}

const ANSWER_MS = 60_000;

/** Calls the engine's client with an argument array; what it does is a result, never an exception. */
export function callEngine(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  options: CallOptions = {},
): Promise<ProcessResult> {
  const { timeout = ANSWER_MS, env, ...rest } = options;
  const run: RunOptions = { timeout, ...rest, ...(env !== undefined && { env: clientEnvironment(env) }) };
  return runProcess(engine.program, args, run);
}

/** The environment of the client: contexts, hosts and credentials are the caller's own. */
export function clientEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(own), ...extra };
}

/** As {@link callEngine}, giving standard output. @throws RefitError when the call fails, with what the engine said. */
export async function askEngine(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  options: CallOptions = {},
): Promise<string> {
  const result = await callEngine(engine, args, options);
  if (result.failed) throw engineFault(engine, args, result);
  return result.stdout.toString('utf8');
}

/** As {@link askEngine} for calls that answer with JSON. @throws RefitError also when the answer is not JSON. */
export async function askEngineJson(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  options: CallOptions = {},
): Promise<unknown> {
  const text = await askEngine(engine, args, options);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RefitError(`${commandLine(engine, args)} did not answer in JSON`, { cause });
  }
}

/** The error of a call that failed: what was called, how it ended, and the engine's last words without secrets. */
export function engineFault(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  result: ProcessResult,
): RefitError {
  const details = lastLines(maskSecrets(result.stderr), 5);
  const full = /no space left on device/i.test(result.stderr);
  return new RefitError(`${commandLine(engine, args)}: ${result.message}`, {
    details,
    ...(full && { hint: `the engine's disk is full: see \`${engine.program} system df\`, then free some space` }),
  });
}

/** The last lines that are not blank, without terminal colours. */
export function lastLines(text: string, count: number): readonly string[] {
  return plainText(text)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** Without escape sequences and other control characters, so that a log cannot steer a terminal. */
export function plainText(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '');
}

const QUOTED = /[^A-Za-z0-9_@%+=:,./-]/;

/** A call as a person would type it. */
export function commandLine(engine: Pick<Engine, 'program'>, args: readonly string[]): string {
  return [engine.program, ...args]
    .map((word) => (word === '' || QUOTED.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word))
    .map((word) => maskSecrets(word))
    .join(' ');
}
