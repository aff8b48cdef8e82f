import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askEngine, type Engine, OWNER_LABEL, RUN_LABEL } from '../../src/container/engine.ts';

export const BIN = resolve(import.meta.dirname, '../../bin/refit.cjs');

/** A `refit verify` that runs on its own, as a shell starts it: the leader of a process group. */
export interface VerifyProcess {
  readonly child: ChildProcess;
  /** Both streams, as far as they came. */
  readonly output: () => string;
  /** Exit code, once it ended; null after a signal. */
  readonly end: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** Waits until its output or what else is asked is so. @throws Error when it ended before. */
  until(what: string, seen: () => boolean | Promise<boolean>): Promise<void>;
}

export function startVerify(
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly uid?: number } = {},
): VerifyProcess {
  const { env = {}, uid } = options;
  const child = spawn(process.execPath, [BIN, 'verify', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let text = '';
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const end = new Promise<number | null>((done) => child.on('close', done));
  void end.then(() => {
    ended = true;
  });
  return {
    child,
    output: () => text,
    end,
    signal: (name) => void process.kill(-(child.pid as number), name),
    until: async (what, seen) => {
      while (!(await seen())) {
        if (ended) throw new Error(`it ended, and this was not seen: ${what}\n${text}`);
        await delay(100);
      }
    },
  };
}

/** The ids of the runs of a process, by the labels of its containers. */
export async function runsOf(engine: Engine, { child }: VerifyProcess): Promise<readonly string[]> {
  const form = `{{.Label "${OWNER_LABEL}"}} {{.Label "${RUN_LABEL}"}}`;
  const lines = (await askEngine(engine, ['ps', '--all', '--format', form])).split('\n');
  const own = lines.filter((line) => line.startsWith(`${child.pid}|`)).map((line) => line.split(' ').at(-1) as string);
  return [...new Set(own)];
}
