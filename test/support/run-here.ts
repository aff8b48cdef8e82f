import { RefitError } from '../../src/base/errors.ts';
import { runCommand } from '../../src/commands/dispatch.ts';
import type { CommandIo } from '../../src/commands/io.ts';
import { parseCommandLine } from '../../src/commands/parse.ts';

export interface HereResult {
  readonly code: number;
  readonly stdout: string;
  /** Message, details and hint of a refusal, as cli.ts would print them. */
  readonly stderr: string;
}

export interface HereOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The day and time it is. */
  readonly now?: Date;
  /** Somebody at a terminal, with the answer to a question; without it there is none. */
  readonly confirm?: () => Promise<boolean>;
}

/** Runs a command line in this process, from the sources, without a terminal. */
export async function runHere(args: readonly string[], options: HereOptions = {}): Promise<HereResult> {
  let stdout = '';
  let stderr = '';
  const io: CommandIo = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    stdoutIsTerminal: false,
    stderrIsTerminal: options.confirm !== undefined,
    stdinIsTerminal: options.confirm !== undefined,
    columns: 100,
    env: { NO_COLOR: '1', ...options.env },
    cwd: options.cwd ?? process.cwd(),
    pid: process.pid,
    now: () => options.now ?? new Date('2026-03-01T12:00:00Z'),
    confirm: options.confirm ?? (async () => false),
    onSignal: () => () => undefined,
  };
  try {
    const parsed = await parseCommandLine(args);
    if (parsed.kind === 'text') return { code: 0, stdout: parsed.text, stderr };
    return { code: await runCommand(parsed, io), stdout, stderr };
  } catch (error) {
    if (!(error instanceof RefitError)) throw error;
    const lines = [error.message, ...error.details, ...(error.hint === undefined ? [] : [`→ ${error.hint}`])];
    return { code: error.exitCode, stdout, stderr: `${stderr}${lines.join('\n')}\n` };
  }
}
