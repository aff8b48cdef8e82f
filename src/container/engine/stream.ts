import { spawn } from 'node:child_process';
import { clientEnvironment } from './call.ts';
import type { Engine } from './facts.ts';

export interface StreamOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Each line of both streams, as it comes. */
  readonly onLine?: (line: string) => void;
  /** Standard output as it comes; then only standard error is split into lines. */
  readonly onBytes?: (chunk: Buffer) => void;
}

export interface StreamResult {
  readonly end: 'exited' | 'timed-out' | 'cancelled' | 'not-started';
  /** Null unless `end` is `exited`; 128 + n is not made up for a signal. */
  readonly exitCode: number | null;
}

const GRACE_MS = 5_000;

/** Runs the engine's client and hands on what it writes while it runs; nothing is kept here, so nothing can flood. */
export function streamEngine(
  engine: Pick<Engine, 'program'>,
  args: readonly string[],
  options: StreamOptions = {},
): Promise<StreamResult> {
  const { env, timeout, signal, onLine, onBytes } = options;
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve({ end: 'cancelled', exitCode: null });
    const child = spawn(engine.program, [...args], { env: clientEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let end: StreamResult['end'] = 'exited';
    let force: NodeJS.Timeout | undefined;
    const stop = (reason: StreamResult['end']) => {
      if (force !== undefined) return;
      end = reason;
      child.kill('SIGTERM');
      force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    const limit = timeout === undefined ? undefined : setTimeout(() => stop('timed-out'), timeout);
    const abort = () => stop('cancelled');
    signal?.addEventListener('abort', abort, { once: true });
    const output = splitLines(onLine);
    const errors = splitLines(onLine);
    child.stdout.on('data', (chunk: Buffer) => (onBytes ?? output.push)(chunk));
    child.stderr.on('data', errors.push);
    child.on('error', () => {
      end = 'not-started';
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      clearTimeout(force);
      signal?.removeEventListener('abort', abort);
      output.flush();
      errors.flush();
      resolve({ end, exitCode: end === 'exited' ? code : null });
    });
  });
}

const LONGEST_LINE = 16_384;

function splitLines(onLine: ((line: string) => void) | undefined): {
  readonly push: (chunk: Buffer) => void;
  readonly flush: () => void;
} {
  let rest = '';
  const decoder = new TextDecoder();
  return {
    push: (chunk) => {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) onLine?.(line.slice(0, LONGEST_LINE));
    },
    flush: () => {
      if (rest !== '') onLine?.(rest);
      rest = '';
    },
  };
}
