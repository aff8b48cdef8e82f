import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Verb = 'apply' | 'hold' | 'rollback' | 'resume';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said after `ready`. */
  readonly said: string;
}

/** A process that waits to be told to begin. */
export interface EngineChild {
  readonly pid: number;
  readonly ready: Promise<void>;
  readonly end: Promise<Ended>;
  begin(): void;
  kill(signal: NodeJS.Signals): void;
}

/** Bundles `engine-child.ts` into `folder`, from where any user can run it. Returns the file. */
export async function bundleEngine(folder: string): Promise<string> {
  const { build } = await import('tsdown');
  await build({
    config: false,
    entry: { engine: fileURLToPath(new URL('engine-child.ts', import.meta.url)) },
    outDir: join(folder, 'engine'),
    format: 'esm',
    platform: 'node',
    dts: false,
    logLevel: 'error',
    deps: { alwaysBundle: [/.*/], onlyBundle: false },
  });
  return join(folder, 'engine', 'engine.mjs');
}

/** Starts the engine on the checkout `top`/work; `through` are the words of a program that starts it, and
 * `killAt` the number of a disk operation before which it kills itself. */
export function startEngine(
  engine: string,
  verb: Verb,
  top: string,
  more: { readonly wait?: number; readonly killAt?: number; readonly through?: readonly string[] } = {},
): EngineChild {
  const words = [verb, top, String(more.wait ?? 0), String(more.killAt ?? 0)];
  const [program = '', ...args] = [...(more.through ?? []), process.execPath, engine, ...words];
  const env = { PATH: process.env['PATH'] ?? '' };
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  let said = '';
  let tellReady: () => void;
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
    if (said.startsWith('ready\n')) tellReady();
  });
  // A child that is killed before it reads closes the pipe.
  child.stdin?.on('error', () => undefined);
  const end = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      tellReady();
      resolve({ code, signal, said: said.replace(/^ready\n/, '').trimEnd() });
    });
  });
  return {
    pid: child.pid ?? 0,
    ready,
    end,
    begin: () => child.stdin?.write('go\n'),
    kill: (signal) => child.kill(signal),
  };
}
