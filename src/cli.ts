// Everything else is imported once it is known to be needed: loading it is most of the time a short answer takes.
import type { CommandIo } from './commands/io.ts';
import { readVersion } from './host/version.ts';

/** Runs the words of a command line in this process and returns its exit code. */
export async function run(words: readonly string[]): Promise<number> {
  // A reader that closes the pipe early (`refit plan | head`) ends the output, not the run.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const [only] = words;
    if (words.length === 1 && (only === '--version' || only === '-v')) return print(readVersion());
    if (words.length === 1 && only === '--help') {
      const { renderTopHelp } = await import('./commands/top-help.ts');
      return print(renderTopHelp());
    }
    const { parseCommandLine } = await import('./commands/parse.ts');
    const parsed = await parseCommandLine(words);
    if (parsed.kind === 'text') return print(parsed.text);
    const { runCommand } = await import('./commands/dispatch.ts');
    return await runCommand(parsed, terminalIo());
  } catch (error) {
    return await reportError(error);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function terminalIo(): CommandIo {
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    stdinIsTerminal: process.stdin.isTTY === true,
    columns: process.stdout.columns ?? 80,
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    now: () => new Date(),
    confirm: async (question) => (await import('./host/prompt.ts')).confirm(question, process.stderr),
    onSignal: (listener) => {
      const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const name of names) process.on(name, listener);
      return () => {
        for (const name of names) process.off(name, listener);
      };
    },
  };
}

/** A known refusal is told in lines; anything else is a defect and keeps its stack. */
async function reportError(error: unknown): Promise<number> {
  const { RefitError } = await import('./base/errors.ts');
  if (error instanceof RefitError) {
    const lines = [`refit: ${error.message}`, ...error.details.map((detail) => `  ${detail}`)];
    if (error.hint !== undefined) lines.push(`  → ${error.hint}`);
    process.stderr.write(`${lines.map(escapeControls).join('\n')}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `refit: unexpected fault, please report it\n${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}

/** Text from the repository is data: it must not steer the terminal. */
function escapeControls(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
