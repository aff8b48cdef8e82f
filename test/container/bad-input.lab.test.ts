import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { askEngine, callEngine, listResources } from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';
import { runHere } from '../support/run-here.ts';
import { BIN, runsOf, startVerify } from '../support/verify-process.ts';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/oauth-only/noop-published-base/before');
const BASE = 'ghcr.io/cabinlab/claude-code-sdk:python';
const COMPOSE = 'services:\n  litellm:\n    build: .\n    command: ["sleep", "300"]\n';
const NOBODY = 65_534;

interface Answer {
  readonly exitCode: number;
  readonly warnings: readonly string[];
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly why?: string;
    readonly message?: string;
  }[];
  readonly findings: readonly {
    readonly check: string;
    readonly message: string;
    readonly seen: string;
    readonly path?: string;
    readonly line?: number;
    readonly byHand?: string;
  }[];
}

describeLab('what stands in the way of a verify', (lab) => {
  const repo = mkdtempSync(join(tmpdir(), 'refit-in-the-way-'));
  let before: readonly string[] = [];
  const everything = async (): Promise<readonly string[]> => Object.values(await listResources(lab.engine)).flat();

  beforeAll(async () => {
    await lab.base('july-2025');
    cpSync(FIXTURE, repo, { recursive: true });
    // The run of a test above may have been killed.
    await callEngine(lab.engine, ['image', 'prune', '--force']);
  });
  beforeEach(async () => {
    before = await everything();
  });
  // Whatever a test did, nothing that carries a label of a run is more than before.
  afterEach(async () => {
    expect((await everything()).filter((name) => !before.includes(name))).toEqual([]);
  });
  afterAll(async () => {
    rmSync(repo, { recursive: true, force: true });
    const names = await askEngine(lab.engine, ['images', '--format', '{{.Repository}}:{{.Tag}}']);
    for (const name of names.split('\n').filter((one) => one.startsWith('refit-verify/refit-in-the-way-')))
      await callEngine(lab.engine, ['rmi', name]);
  });

  const dockerfile = (...lines: readonly string[]): void => {
    writeFileSync(join(repo, 'Dockerfile'), `${lines.join('\n')}\n`);
  };
  const answer = async (...args: readonly string[]): Promise<Answer> => {
    const { code, stdout } = await runHere(['verify', repo, '--format', 'json', ...args]);
    const told = JSON.parse(stdout) as Answer;
    expect(told.exitCode).toBe(code);
    return told;
  };
  const resultOf = (told: Answer, id: string) => told.checks.find((check) => check.id.startsWith(id));

  test('an engine that is down: its place is named, and the answer is 6', async () => {
    const run = startVerify([repo, '--only', 'I01'], { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(await run.end).toBe(6);
    expect(run.output()).toContain('the Docker engine at unix:///nowhere/docker.sock does not answer');
  });

  test('a socket that one may not use', async ({ skip }) => {
    if (process.getuid?.() !== 0 || !lab.engine.endpoint.startsWith('unix://')) skip('only root can be somebody else');
    if (spawnSync('test', ['-r', BIN], { uid: NOBODY }).status !== 0) skip('others may not read this folder');
    chmodSync(repo, 0o755);
    const home = mkdtempSync(join(tmpdir(), 'refit-nobody-'));
    const run = startVerify([repo, '--only', 'I01'], { uid: NOBODY, env: { HOME: home } });
    expect(await run.end).toBe(6);
    expect(run.output().replaceAll(/\s+/g, ' ')).toContain(
      `no permission to use the Docker engine at ${lab.engine.endpoint}; join the group that owns the socket`,
    );
    rmSync(home, { recursive: true, force: true });
  });

  test('a base that is not to be had: its name, the other name and the flag', async () => {
    const nowhere = '127.0.0.1:1/cabinlab/claude-code-sdk:python';
    dockerfile(`FROM ${nowhere}`, 'USER claude');
    const told = await answer('--only', 'I01');
    expect(told.exitCode).toBe(6);
    const why = resultOf(told, 'I01')?.why ?? '';
    expect(why).toContain(`the base image ${nowhere} (Dockerfile:1) is not in the engine, and no registry gives it`);
    expect(why).toContain(`(--base-image ${BASE})`);
  });

  test('a step that fails: its line, and the last 20 lines of its output', async () => {
    dockerfile(`FROM ${BASE}`, 'USER root', '# why', 'RUN seq 1 50 && \\', '  false', 'USER claude');
    const told = await answer('--only', 'I01');
    expect(told.exitCode).toBe(3);
    expect(told.findings).toMatchObject([
      { check: 'I01-build', path: 'Dockerfile', line: 4, byHand: expect.stringContaining('build --file Dockerfile') },
    ]);
    const [instruction, ...tail] = (told.findings[0]?.seen ?? '').split('\n');
    expect(instruction).toBe('RUN seq 1 50 && false');
    expect(tail.length).toBe(20);
    expect(tail).toContain('50');
    expect(tail).not.toContain('1');
  });

  test('a disk that fills up while it builds: no finding about the image, and the answer is 6', async () => {
    dockerfile(`FROM ${BASE}`, 'RUN cat /dev/zero > /dev/full');
    const told = await answer('--only', 'I01');
    expect(told.exitCode).toBe(6);
    expect(resultOf(told, 'I01')).toMatchObject({
      status: 'errored',
      message: expect.stringMatching(/^the disk is full \(.*No space left on device.*\): make room/),
    });
    expect(told.findings).toEqual([]);
  });

  test('two at once on one checkout: neither disturbs the other', async () => {
    dockerfile(`FROM ${BASE}`, 'CMD ["sleep", "300"]');
    const runs = [1, 2].map(() => startVerify([repo, '--only', 'R01', '--only', 'R03', '--only', 'R16']));
    for (const run of runs) expect([await run.end, run.output()]).toEqual([0, expect.stringContaining('R16')]);
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ['while it builds', 'RUN echo it has begun; sleep 600', ['--only', 'I01'], /^build: it has begun/m],
    ['while the files are read', 'CMD ["sleep", "300"]', ['--only', 'I02', '--only', 'I14'], /^image: /m],
    ['while the server comes up', 'CMD ["sleep", "300"]', ['--only', 'H06'], /^image: /m],
  ])('an interrupt %s', async (_name, instruction, only, begun) => {
    dockerfile(`FROM ${BASE}`, `LABEL at="${Date.now()}"`, instruction);
    const containers = await askEngine(lab.engine, ['ps', '--all', '--quiet']);
    const run = startVerify([repo, ...only]);
    await run.until(String(begun), () => begun.test(run.output()));
    if (only.includes('H06')) await run.until('a server', async () => (await runsOf(lab.engine, run)).length > 0);
    run.signal('SIGINT');
    expect(await run.end).toBe(130);
    await expect.poll(() => askEngine(lab.engine, ['ps', '--all', '--quiet']), { timeout: 60_000 }).toBe(containers);
  });

  test('an interrupt while the image from before is built', async () => {
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-C', repo, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);
    // Under another name than the published ones: an image on those is no image from before.
    const { name } = await lab.base('july-2025');
    dockerfile(`FROM ${name}`, `LABEL at="${Date.now()}"`, 'RUN echo it has begun; sleep 600');
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'before');
    dockerfile(`FROM ${BASE}`, 'CMD ["sleep", "300"]');
    const run = startVerify([repo, '--only', 'R01', '--compare']);
    await run.until('the build', () => /^build: it has begun/m.test(run.output()));
    run.signal('SIGINT');
    expect(await run.end).toBe(130);
    rmSync(join(repo, '.git'), { recursive: true, force: true });
  });

  test('an interrupt while the stack of compose comes up', async ({ skip }) => {
    if (lab.engine.composeVersion === null) skip('there is no compose plug-in');
    dockerfile(`FROM ${BASE}`, 'CMD ["sleep", "300"]', 'HEALTHCHECK CMD ["false"]');
    writeFileSync(join(repo, 'docker-compose.yml'), COMPOSE);
    const run = startVerify([repo, '--only', 'C03']);
    const list = ['ps', '--all', '--quiet', '--filter', 'label=com.docker.compose.service=litellm'];
    await run.until('a stack', async () => (await askEngine(lab.engine, list)).trim() !== '');
    run.signal('SIGINT');
    expect(await run.end).toBe(130);
    expect(await askEngine(lab.engine, list)).toBe('');
  });
});
