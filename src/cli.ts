// Everything else is imported once it is known to be needed: loading it is most of the time a short answer takes.
import type { CommandIo } from './commands/io.ts';
import { readVersion } from './host/version.ts';

/** Runs the words of a command line in this process and returns its exit code. */
export async function run(words: readonly string[]): Promise<number> {
  // A reader that closes the pipe early (`refit plan | head`) ends the output, not the run.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // What nobody catches would be dumped as it is: with the secrets and control characters of whatever text it quotes.
  process.on('uncaughtException', (error) => {
    void reportError(error).then((code) => process.exit(code));
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
  const { renderFailure } = await import('./report/failure.ts');
  process.stderr.write(renderFailure(error));
  const { RefitError } = await import('./base/errors.ts');
  return error instanceof RefitError ? error.exitCode : 1;
}
