import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { detectEngine, type Engine } from '../../src/container/engine.ts';
import { installPackages, mayInstall } from './install.ts';

/** An engine for the container tests, or why there is none. */
export type LabEngine =
  | { readonly kind: 'engine'; readonly engine: Engine; readonly stop: () => Promise<void> }
  | { readonly kind: 'none'; readonly reason: string };

// One folder for the machine: an engine that an ended run could not stop is found again and stopped by the next.
const FOLDER = join(tmpdir(), 'refit-lab');
const PID_FILE = join(FOLDER, 'dockerd.pid');
const LOG_FILE = join(FOLDER, 'dockerd.log');
const START_MS = 60_000;

/**
 * Finds an engine that answers. Only with `REFIT_LAB=install` does it change the machine: it then installs Debian's
 * engine where there is none, and starts one, which `stop` ends by its own process id.
 */
export async function labEngine(): Promise<LabEngine> {
  const found = await detectEngine();
  if (found.kind === 'found') return { kind: 'engine', engine: found.engine, stop: stopOwnEngine };
  const why = mayInstall();
  if (why !== null) return { kind: 'none', reason: `${found.reason}, and none is started: ${why}` };
  const daemon = ['/usr/sbin/dockerd', '/usr/bin/dockerd', '/usr/local/bin/dockerd'];
  if (!daemon.some((path) => existsSync(path))) await installPackages(['docker.io']);
  // Where there is a service manager, the package starts its engine itself.
  const engine =
    (await waitForEngine(3_000)) ?? (await startEngine(daemon.find((path) => existsSync(path)) ?? 'dockerd'));
  return { kind: 'engine', engine, stop: stopOwnEngine };
}

async function startEngine(daemon: string): Promise<Engine> {
  mkdirSync(FOLDER, { recursive: true });
  const log = openSync(LOG_FILE, 'w');
  // A group of its own: an interrupt at the terminal reaches the tests, which clean up before they stop the engine.
  const child = spawn(daemon, ['--host', 'unix:///var/run/docker.sock'], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.on('error', () => undefined);
  child.unref();
  if (child.pid !== undefined) writeFileSync(PID_FILE, `${child.pid} ${startTime(child.pid)}\n`);
  const engine = await waitForEngine(START_MS);
  if (engine !== null) return engine;
  await stopOwnEngine();
  throw new Error(`the engine did not start:\n${readFileSync(LOG_FILE, 'utf8').slice(-2_000)}`);
}

async function waitForEngine(milliseconds: number): Promise<Engine | null> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await delay(500)) {
    const found = await detectEngine();
    if (found.kind === 'found') return found.engine;
  }
  return null;
}

/** Ends the engine that a lab started, this one or an earlier one; any other is left alone. */
async function stopOwnEngine(): Promise<void> {
  const [pid = '', start = ''] = existsSync(PID_FILE) ? readFileSync(PID_FILE, 'utf8').trim().split(' ') : [];
  if (pid !== '' && start !== '' && startTime(Number(pid)) === start) {
    process.kill(Number(pid), 'SIGTERM');
    for (let turn = 0; turn < 150 && startTime(Number(pid)) === start; turn += 1) await delay(200);
  }
  rmSync(PID_FILE, { force: true });
}

/** The kernel's count at the start of a process, so that a number used again is not mistaken; empty when it is gone. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
