import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine, callEngine, listResources, OWNER_LABEL, RUN_LABEL } from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';

const BIN = resolve(import.meta.dirname, '../../bin/refit.cjs');
/** Nothing of the server: what is started and removed is what counts here. The start outlives every wait of the test. */
const DOCKERFILE = 'FROM ghcr.io/cabinlab/claude-code-sdk:python\nCMD ["sleep", "300"]\n';
const NOTHING = { containers: [], networks: [], volumes: [], images: [] };

interface Verify {
  readonly child: ChildProcess;
  /** Exit code, once it ended. */
  readonly end: Promise<number | null>;
}

describeLab('what a verify leaves behind', (lab) => {
  const repo = mkdtempSync(join(tmpdir(), 'refit-leftovers-'));
  beforeAll(async () => {
    await lab.base('july-2025');
    // Of the family, or nothing of it would be judged.
    cpSync(resolve(import.meta.dirname, '../../fixtures/oauth-only/noop-published-base/before'), repo, {
      recursive: true,
    });
    writeFileSync(join(repo, 'Dockerfile'), DOCKERFILE);
  });
  afterAll(async () => {
    rmSync(repo, { recursive: true, force: true });
    const list = ['images', '--format', '{{.Repository}}:{{.Tag}}'];
    const names = (await askEngine(lab.engine, list)).split('\n');
    for (const name of names.filter((one) => one.startsWith('refit-verify/refit-leftovers-'))) {
      await callEngine(lab.engine, ['rmi', name]);
    }
  });

  /** The leader of a process group, as a shell starts it. */
  const verify = (...only: readonly string[]): Verify => {
    const words = ['verify', repo, '--level', 'run', ...only.flatMap((id) => ['--only', id])];
    const child = spawn(process.execPath, [BIN, ...words], { detached: true, stdio: 'ignore' });
    return { child, end: new Promise((done) => child.on('close', done)) };
  };
  /** The id of the run of a process, once it has started a container. */
  const runOf = async ({ child, end }: Verify): Promise<string> => {
    const form = `{{.Label "${OWNER_LABEL}"}} {{.Label "${RUN_LABEL}"}}`;
    let ended = false;
    void end.then(() => {
      ended = true;
    });
    while (!ended) {
      const lines = (await askEngine(lab.engine, ['ps', '--all', '--format', form])).split('\n');
      const own = lines.find((line) => line.startsWith(`${child.pid}|`));
      if (own !== undefined) return own.split(' ').at(-1) as string;
      await delay(100);
    }
    throw new Error('it ended and no container of it was seen');
  };
  const kill = ({ child }: Verify, signal: NodeJS.Signals) => process.kill(-(child.pid as number), signal);

  test('nothing when all holds', async () => {
    const run = verify('R01', 'R03', 'R16');
    const id = await runOf(run);
    expect(await run.end).toBe(0);
    expect(await listResources(lab.engine, id)).toEqual(NOTHING);
  });

  test('nothing when a check fails', async () => {
    const run = verify('R01', 'R04', 'R16', 'R17');
    const id = await runOf(run);
    expect(await run.end).toBe(3);
    expect(await listResources(lab.engine, id)).toEqual(NOTHING);
  });

  test('nothing after Ctrl-C', async () => {
    const run = verify('R10', 'R16', 'R17');
    const id = await runOf(run);
    kill(run, 'SIGINT');
    expect(await run.end).toBe(130);
    expect(await listResources(lab.engine, id)).toEqual(NOTHING);
  });

  test('what a killed run left goes with the next', async () => {
    const killed = verify('R10', 'R16', 'R17');
    const id = await runOf(killed);
    kill(killed, 'SIGKILL');
    expect(await killed.end).toBe(null);
    expect((await listResources(lab.engine, id)).containers.length).toBeGreaterThan(0);
    expect(await verify('R01').end).toBe(0);
    expect(await listResources(lab.engine, id)).toEqual(NOTHING);
  });
});
