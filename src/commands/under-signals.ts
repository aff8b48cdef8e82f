import type { CommandIo } from './io.ts';

/** Runs `act` with a signal that is aborted by Ctrl-C and the like, so that it can undo before the process ends. */
export async function underSignals<T>(io: CommandIo, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = io.onSignal((name) => controller.abort(name));
  try {
    return await act(controller.signal);
  } finally {
    stop();
  }
}
