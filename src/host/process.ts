import { spawn } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';

/**
 * The folders of `path` (as the variable PATH) without those that lead into whatever checkout the caller stands in:
 * relative ones, and the one that npm puts in front while it runs.
 */
export function trustedPath(path: string): string {
  const ofNpm = /(?:^|[\\/])node_modules[\\/]\.bin[\\/]?$/;
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !ofNpm.test(folder))
    .join(delimiter);
}

/** Exact environment of a child: nothing is inherited when given. */
export type Environment = Readonly<Record<string, string>>;

export interface CaptureOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  /** Written to standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array;
}

export interface StreamOptions extends CaptureOptions {
  /** Gets standard output piece by piece, as it comes; the result then holds none. Must not throw. */
  onStdout?(chunk: Buffer): void;
}

export interface RunOptions extends CaptureOptions {
  /** Milliseconds; then the child is ended, by force when it does not go. */
  readonly timeout?: number;
  /** Bytes of each stream; a child that writes more is ended. */
  readonly maxBuffer?: number;
  /** Ends the child when aborted. */
  readonly signal?: AbortSignal;
}

export type ProcessEnd =
  | 'exited'
  | 'killed'
  | 'timed-out'
  | 'cancelled'
  | 'too-much-output'
  /** There is no such program. */
  | 'not-found'
  /** The program is there and could not be started. */
  | 'not-started';

export interface ProcessResult {
  readonly end: ProcessEnd;
  /** Null unless `end` is `exited`. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** True unless the program ran to its end and exited with 0. */
  readonly failed: boolean;
  /** One line on how it ended. */
  readonly message: string;
}

/**
 * Runs a program to its end, never through a shell, and never throws for what the program does: a missing program and a
 * non-zero exit are results.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const { execa } = await import('execa');
  const { cwd, env, input, timeout, maxBuffer, signal } = options;
  const result = await execa(file, [...args], {
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    shell: false,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...env }, extendEnv: false }),
    ...(input !== undefined ? { input: typeof input === 'string' ? Buffer.from(input) : input } : { stdin: 'ignore' }),
    ...(timeout !== undefined && { timeout }),
    ...(maxBuffer !== undefined && { maxBuffer }),
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  const end = endOf(result);
  return {
    end,
    exitCode: end === 'exited' ? (result.exitCode ?? null) : null,
    signal: result.signal ?? null,
    stdout: Buffer.from(result.stdout),
    stderr: Buffer.from(result.stderr).toString('utf8'),
    failed: result.failed,
    message: describeEnd(file, end, result.exitCode ?? null, result.signal ?? null),
  };
}

function endOf(result: {
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly isMaxBuffer: boolean;
  readonly isTerminated: boolean;
  readonly exitCode?: number | undefined;
  readonly code?: string | undefined;
}): ProcessEnd {
  if (result.timedOut) return 'timed-out';
  if (result.isCanceled) return 'cancelled';
  if (result.isMaxBuffer) return 'too-much-output';
  if (result.isTerminated) return 'killed';
  if (result.exitCode !== undefined) return 'exited';
  return result.code === 'ENOENT' ? 'not-found' : 'not-started';
}

/**
 * As {@link runProcess} without limits, straight on Node's own `spawn`: loading execa costs more than listing a whole
 * repository, so the quick calls that every command makes come here.
 */
export function captureProcess(
  file: string,
  args: readonly string[],
  options: StreamOptions = {},
): Promise<ProcessResult> {
  const { cwd, env, input, onStdout } = options;
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let startError: { readonly code?: string } | undefined;
    const child = spawn(file, [...args], {
      shell: false,
      windowsHide: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env: { ...env } }),
    });
    child.stdout?.on('data', onStdout ?? ((chunk: Buffer) => stdout.push(chunk)));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error: { readonly code?: string }) => {
      startError = error;
    });
    child.on('close', (code, signal) => {
      const end = startError
        ? startError.code === 'ENOENT'
          ? 'not-found'
          : 'not-started'
        : signal
          ? 'killed'
          : 'exited';
      resolve({
        end,
        exitCode: end === 'exited' ? code : null,
        signal,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
        failed: end !== 'exited' || code !== 0,
        message: describeEnd(file, end, code, signal),
      });
    });
    // A child that exits without reading its input closes the pipe; its exit code tells the rest.
    child.stdin?.on('error', () => child.stdin?.destroy());
    child.stdin?.end(input);
  });
}

function describeEnd(file: string, end: ProcessEnd, exitCode: number | null, signal: string | null): string {
  switch (end) {
    case 'exited':
      return `${file} exited with ${exitCode}`;
    case 'killed':
      return `${file} was ended by ${signal}`;
    case 'timed-out':
      return `${file} took too long and was ended`;
    case 'cancelled':
      return `${file} was interrupted`;
    case 'too-much-output':
      return `${file} wrote too much and was ended`;
    case 'not-found':
      return `there is no program ${file} on PATH`;
    case 'not-started':
      return `${file} could not be started`;
    default:
      return end satisfies never;
  }
}
