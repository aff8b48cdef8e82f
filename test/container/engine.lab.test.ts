import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  askEngine,
  buildImage,
  closeSession,
  containerLog,
  createContainer,
  createInternalNetwork,
  createVolume,
  detectEngine,
  execInContainer,
  imageHistory,
  inspectContainer,
  inspectImage,
  listContainerFiles,
  listResources,
  OWNER_LABEL,
  openSession,
  RUN_LABEL,
  readContainerPath,
  runToEnd,
  startContainer,
  stopContainer,
  sweepDeadRuns,
  waitForHealth,
} from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';

describeLab('the engine adapter', (lab) => {
  let image = '';
  let name = '';
  let folder = '';
  beforeAll(async () => {
    ({ id: image, name } = await lab.base('july-2025'));
    folder = mkdtempSync(join(tmpdir(), 'refit-engine-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const shell = (script: string) => ({ image, role: 'sh', entrypoint: 'sh', command: ['-c', script] });
  const dockerfile = (...lines: readonly string[]) => {
    writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
    return { context: folder };
  };
  const mine = () => listResources(lab.engine, lab.session.id);

  test('is told apart by what it says of itself', async () => {
    const detection = await detectEngine(lab.engine.program);
    expect(detection).toEqual({ kind: 'found', engine: lab.engine });
    expect(lab.engine.storageDriver).not.toBe('');
  });

  test('gives the facts of an image, and null for one that is not there', async () => {
    const facts = await inspectImage(lab.engine, image);
    expect(facts).toMatchObject({
      id: image,
      user: 'claude',
      workingDirectory: '/app',
      ports: ['3000/tcp'],
      entrypoint: ['/usr/local/bin/docker-entrypoint.sh'],
      command: ['sleep', 'infinity'],
      healthcheck: null,
    });
    expect(facts?.env).toMatchObject({ PORT: '3000', VIRTUAL_ENV: '/opt/venv' });
    expect(await inspectImage(lab.engine, 'refit-lab/no-such-image')).toBeNull();
    const history = await imageHistory(lab.engine, image);
    expect(history[0]?.createdBy).toContain('LABEL');
    expect(history.some(({ createdBy }) => createdBy.includes('useradd'))).toBe(true);
  });

  test('runs a program to its end with both streams, its exit code, and nothing left', async () => {
    const ended = await runToEnd(
      lab.session,
      {
        ...shell('echo "$ONE"; echo "$PATH" >&2; cat; exit 125'),
        env: { ONE: 'two words', PATH: '/usr/bin:/bin' },
      },
      { input: 'input' },
    );
    expect(ended).toMatchObject({
      kind: 'exited',
      exitCode: 125,
      stdout: 'two words\ninput',
      stderr: '/usr/bin:/bin\n',
    });
    expect((await mine()).containers).toEqual([]);
  });

  test('a program without rights or network cannot get them', async () => {
    const script = 'grep CapEff /proc/1/status; grep NoNewPrivs /proc/1/status; ls /sys/class/net';
    const ended = await runToEnd(lab.session, { ...shell(script), user: 'root' });
    expect(ended.stdout).toBe('CapEff:\t0000000000000000\nNoNewPrivs:\t1\nlo\n');
  });

  test('says what the engine said when there is nothing to run', async () => {
    const spec = { image: 'refit-lab/no-such-image', role: 'none' };
    await expect(runToEnd(lab.session, spec)).rejects.toMatchObject({
      message: expect.stringContaining('exited with 125'),
      details: expect.arrayContaining([expect.stringMatching(/no such image/i)]),
    });
    expect(await runToEnd(lab.session, { image, role: 'gone', entrypoint: '/no/such/program' })).toMatchObject({
      kind: 'exited',
      exitCode: 127,
    });
  });

  test('ends what takes too long or writes too much, container and all', async () => {
    const slow = await runToEnd(lab.session, shell('trap "" TERM; echo begun; sleep 600'), { timeout: 3_000 });
    expect(slow).toMatchObject({ kind: 'timed-out', stdout: 'begun\n' });
    const loud = await runToEnd(lab.session, shell('yes'), { timeout: 60_000, maxBuffer: 100_000 });
    expect(loud.kind).toBe('too-much-output');
    expect((await mine()).containers).toEqual([]);
  });

  test('an interrupt ends a run with exit code 130 and removes its container', async () => {
    const stop = new AbortController();
    const session = openSession(lab.engine, { signal: stop.signal });
    const run = runToEnd(session, shell('sleep 600'));
    setTimeout(() => stop.abort(), 2_000);
    await expect(run).rejects.toMatchObject({ exitCode: 130 });
    expect(await closeSession(session)).toEqual([]);
    expect((await listResources(lab.engine, session.id)).containers).toEqual([]);
  });

  test('builds by id, with labels, and finds the failing line in what the builder says', async () => {
    const built = await buildImage(lab.session, dockerfile(`FROM ${name}`, 'ENV ONE=1'));
    if (built.kind !== 'built') throw new Error(built.failure.tail.join('\n'));
    const facts = await inspectImage(lab.engine, built.imageId);
    expect(facts?.tags).toEqual([]);
    expect(facts?.env['ONE']).toBe('1');
    expect(facts?.labels[RUN_LABEL]).toBe(lab.session.id);

    const tag = `${lab.session.name('image')}:test`;
    const named = await buildImage(lab.session, { ...dockerfile(`FROM ${name}`, 'ENV TWO=2'), tag });
    const above = await buildImage(lab.session, dockerfile(`FROM ${tag}`, 'ENV THREE=3'));
    expect([named.kind, above.kind]).toEqual(['built', 'built']);

    const broken = await buildImage(
      lab.session,
      dockerfile(`FROM ${name}`, 'USER root', '# why', 'RUN echo said \\', '  && exit 3', 'CMD ["x"]'),
    );
    expect(broken).toMatchObject({ kind: 'failed', failure: { line: 4, instruction: 'RUN echo said && exit 3' } });
    expect(broken.kind === 'failed' && broken.failure.tail.join('\n')).toContain('said');

    const missing = await buildImage(lab.session, dockerfile(`FROM ${name}`, 'COPY no-such-file /app/'));
    expect(missing).toMatchObject({ kind: 'failed', failure: { line: 2 } });
    const unknown = await buildImage(lab.session, dockerfile(`FROM ${name}`, '', 'RUNN x'));
    expect(unknown).toMatchObject({ kind: 'failed', failure: { line: 3 } });
    expect((await mine()).containers).toEqual([]);
  });

  test('an interrupted build leaves no container and no image', async () => {
    const stop = new AbortController();
    const session = openSession(lab.engine, { signal: stop.signal });
    const before = await askEngine(lab.engine, ['ps', '--all', '--quiet']);
    const started = (line: string) => {
      if (line.includes('begun')) stop.abort();
    };
    const spec = dockerfile(`FROM ${name}`, 'RUN echo begun; sleep 600; echo ended');
    await expect(buildImage(session, { ...spec, onLine: started })).rejects.toMatchObject({ exitCode: 130 });
    expect(await closeSession(session)).toEqual([]);
    await expect.poll(() => askEngine(lab.engine, ['ps', '--all', '--quiet']), { timeout: 30_000 }).toBe(before);
  });

  test('waits for health, and tells an exit from a failing check', async () => {
    const check = (test: string) => [
      ...['--health-cmd', test, '--health-interval', '1s', '--health-retries', '2', '--health-timeout', '5s'],
    ];
    const start = (script: string, test: string) =>
      startContainer(lab.session, { ...shell(script), extra: check(test) });
    const good = await start('echo up; touch /tmp/up; exec sleep 600', 'test -e /tmp/up');
    expect(await waitForHealth(lab.session, good, { timeout: 60_000 })).toMatchObject({ kind: 'healthy' });
    const bad = await start('exec sleep 600', 'echo not yet; false');
    const unhealthy = await waitForHealth(lab.session, bad, { timeout: 60_000 });
    expect(unhealthy).toMatchObject({
      kind: 'unhealthy',
      runs: expect.arrayContaining([expect.objectContaining({ exitCode: 1, output: 'not yet\n' })]),
    });
    const gone = await start('exit 9', 'true');
    expect(await waitForHealth(lab.session, gone, { timeout: 60_000 })).toMatchObject({ kind: 'exited', exitCode: 9 });
    const none = await startContainer(lab.session, shell('exec sleep 600'));
    expect(await waitForHealth(lab.session, none, { timeout: 60_000 })).toEqual({ kind: 'no-health-check' });
    expect((await containerLog(lab.engine, good)).stdout).toBe('up\n');
    const inside = await execInContainer(lab.session, good, ['sh', '-c', 'id -u; exit 4']);
    expect(inside).toMatchObject({ kind: 'exited', exitCode: 4, stdout: '1001\n' });
    // A shell as the first process ignores the request to end.
    expect(await stopContainer(lab.session, good, 1)).toBeGreaterThan(900);
    expect(await inspectContainer(lab.engine, good)).toMatchObject({ running: false, exitCode: 137 });
  });

  test('reads files with owner and mode from a container that never ran', async () => {
    const container = await createContainer(lab.session, { image, role: 'files' });
    const [settings] =
      (await readContainerPath(lab.session, container, '/home/claude/.claude/settings.json', { content: true })) ?? [];
    expect(settings).toMatchObject({
      path: 'home/claude/.claude/settings.json',
      kind: 'file',
      uid: 1001,
      gid: 1001,
      mode: 0o644,
    });
    expect(JSON.parse(settings?.content?.toString() ?? '')).toHaveProperty('env');
    expect(await readContainerPath(lab.session, container, '/no/such/path')).toBeNull();
    const all = await listContainerFiles(lab.session, container);
    const find = (path: string) => all.find((entry) => entry.path === path);
    expect(find('usr/local/bin/docker-entrypoint.sh')).toMatchObject({ kind: 'file', mode: 0o755, uid: 0 });
    expect(find('usr/bin/passwd')).toMatchObject({ mode: 0o4755 });
    expect(find('app')).toMatchObject({ kind: 'folder', uid: 1001 });
    expect(find('usr/local/bin/npm')).toMatchObject({
      kind: 'link',
      linkTarget: '../lib/node_modules/npm/bin/npm-cli.js',
    });
  });

  test('removes all of a run and nothing of another', async () => {
    const session = openSession(lab.engine);
    const network = await createInternalNetwork(session);
    const volume = await createVolume(session, 'data');
    await startContainer(session, {
      ...shell('sleep 600'),
      network,
      alias: 'one',
      mounts: [{ source: volume, target: '/data' }],
    });
    await buildImage(session, dockerfile(`FROM ${name}`, `ENV RUN_ID=${session.id}`));
    const kept = await buildImage(session, {
      ...dockerfile(`FROM ${name}`, `ENV KEPT=${session.id}`),
      keep: `refit-lab/kept:${session.id}`,
    });
    const made = await listResources(lab.engine, session.id);
    expect([made.containers.length, made.networks.length, made.volumes, made.images.length]).toEqual([
      1,
      1,
      [volume],
      1,
    ]);
    const other = await createVolume(lab.session, 'other');
    expect(await closeSession(session)).toEqual([]);
    expect((await mine()).volumes).toContain(other);
    const keptId = kept.kind === 'built' ? kept.imageId : '';
    expect(await inspectImage(lab.engine, keptId)).not.toBeNull();
    await askEngine(lab.engine, ['rmi', `refit-lab/kept:${session.id}`]);
    expect(await inspectImage(lab.engine, keptId)).toBeNull();
  });

  test('sweeps what a killed run left, and leaves living runs and other machines alone', async () => {
    const dead = openSession(lab.engine);
    const label = (owner: string) => ['--label', `${RUN_LABEL}=${dead.id}`, '--label', `${OWNER_LABEL}=${owner}`];
    const own = (await inspectContainerOwner()) ?? '';
    const [, , boot = '', namespace = '', host = ''] = own.split('|');
    await askEngine(lab.engine, [
      'volume',
      'create',
      ...label(`4194305|1|${boot}|${namespace}|${host}`),
      `refit-${dead.id}-v`,
    ]);
    const foreign = openSession(lab.engine);
    const far = [`${RUN_LABEL}=${foreign.id}`, `${OWNER_LABEL}=1|1|${boot}|${namespace}|elsewhere`];
    await askEngine(lab.engine, [
      'volume',
      'create',
      ...far.flatMap((text) => ['--label', text]),
      `refit-${foreign.id}-v`,
    ]);
    const alive = await createVolume(lab.session, 'alive');
    expect(await sweepDeadRuns(lab.engine)).toEqual([dead.id]);
    const volumes = (await listResources(lab.engine)).volumes;
    expect(volumes).not.toContain(`refit-${dead.id}-v`);
    expect(volumes).toEqual(expect.arrayContaining([alive, `refit-${foreign.id}-v`]));
    await closeSession(foreign);
  });

  async function inspectContainerOwner() {
    return lab.session.labels.find((text) => text.startsWith(`${OWNER_LABEL}=`))?.slice(OWNER_LABEL.length + 1);
  }
});
