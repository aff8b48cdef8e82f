import type { CommandIo } from './io.ts';

/** Tells what a command is doing, once it has taken more than a second. */
export interface Progress {
  say(what: string): void;
  /** Removes what was shown, so that the result stands alone. */
  end(): void;
}

const QUIET_MS = 1000;
const EVERY_MS = 100;

/**
 * On a terminal one line of standard error that is rewritten in place; elsewhere plain lines, and only when asked for
 * with --verbose: a log has no use for them otherwise.
 */
export function showProgress(io: CommandIo, options: { readonly quiet: boolean; readonly verbose: boolean }): Progress {
  const started = io.now().getTime();
  let shownAt = 0;
  return {
    say: (what) => {
      const now = io.now().getTime();
      if (options.quiet || now - started < QUIET_MS || now - shownAt < EVERY_MS) return;
      if (io.stderrIsTerminal) io.stderr(`\r\u001b[K${what.slice(0, Math.max(10, io.columns - 1))}`);
      else if (options.verbose) io.stderr(`${what}\n`);
      shownAt = now;
    },
    end: () => {
      if (shownAt !== 0 && io.stderrIsTerminal) io.stderr('\r\u001b[K');
    },
  };
}
