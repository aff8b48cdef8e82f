import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  buildImage,
  createContainer,
  createInternalNetwork,
  createVolume,
  detectEngine,
  execInContainer,
  imageHistory,
  inspectImage,
  listResources,
  openSession,
  runToEnd,
  type Session,
  stopContainer,
} from '../../src/container/engine.ts';
import { callsOf, type FakeAnswer, fakeEngine, fakeImage } from '../support/fake-engine.ts';
import { tempFolder } from '../support/temp-repo.ts';

const ID = 'abc123abc123';
const IMAGE = 'f'.repeat(64);
/** As podman writes it: without the name of the hash. */
const WRITE_ID = `while [ $# -gt 0 ]; do [ "$1" = --iidfile ] && printf ${IMAGE} > "$2"; shift; done`;
const PODMAN: Readonly<Record<string, FakeAnswer>> = {
  '--version': { out: 'podman version 4.3.1' },
  'info ': {
    out: {
      host: { arch: 'amd64', security: { rootless: true }, cgroupControllers: ['memory', 'pids'] },
      store: { graphDriverName: 'overlay' },
      version: { Version: '4.3.1', APIVersion: '4.3.1' },
    },
  },
  'build ': { out: 'STEP 1/1: FROM x', act: WRITE_ID },
  'run ': { out: '1001' },
  'create ': { out: 'container-id' },
  'exec ': { out: 'done' },
  'container inspect': { out: [] },
  'network create': { out: 'net' },
  'volume create': { out: 'volume' },
  'stop ': { out: '' },
  'rm ': { out: '' },
  'ps ': { out: '' },
  'network ls': { out: '' },
  'volume ls': { out: '' },
  'images ': { out: '' },
  'history ': { out: [{ createdBy: '/bin/sh -c echo one', comment: '' }, { CreatedBy: 'COPY . /app' }] },
};

let folder: string;
let program: string;
let session: Session;

beforeEach(async () => {
  folder = tempFolder();
  program = fakeEngine(folder, 'podman', {
    ...PODMAN,
    'image inspect i': {
      out: fakeImage({
        Id: IMAGE,
        RepoDigests: ['<none>@<none>'],
        HealthCheck: { Test: ['CMD', 'true'], Interval: 5e9 },
      }),
    },
  });
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  const detected = await detectEngine('podman');
  if (detected.kind !== 'found') throw new Error(detected.reason);
  session = openSession(detected.engine, { id: ID });
});
afterEach(() => vi.unstubAllEnvs());

const labels = () => [...session.labels];
const since = (before: number): readonly (readonly string[])[] => callsOf(program).slice(before);
const limits = ['--memory', '2147483648', '--memory-swap', '2147483648', '--pids-limit', '512'];
const shut = [
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
  ...limits,
  '--log-driver',
  'k8s-file',
  '--log-opt',
  'max-size=8m',
];

test('is found on PATH by its name, after docker', async () => {
  expect(session.engine).toMatchObject({
    kind: 'podman',
    program: 'podman',
    builder: 'buildah',
    composeVersion: null,
    rootless: true,
  });
  writeFileSync(join(folder, 'docker'), '#!/bin/sh\necho "Docker version 28.2.2"\nexit 1\n', { mode: 0o755 });
  const detected = await detectEngine();
  expect(detected.kind === 'found' && detected.engine.program).toBe('podman');
});

describe('podman is called', () => {
  test('to build in the format that keeps the health check, with each word on its own', async () => {
    const context = tempFolder();
    const dockerfile = join(context, 'a file; $(with) signs');
    writeFileSync(dockerfile, 'FROM x\n');
    const before = callsOf(program).length;
    const built = await buildImage(session, {
      context,
      dockerfile,
      buildArgs: { WITH_DATABASE: '0', WORDS: 'two words; $(id)' },
      labels: { 'org.example': 'a b' },
      keep: 'refit-verify/a:1',
      target: 'final',
      useCache: false,
    });
    expect(built).toMatchObject({ kind: 'built', imageId: `sha256:${IMAGE}`, log: ['STEP 1/1: FROM x'] });
    const [call = [], ...more] = since(before);
    expect(more).toEqual([]);
    expect(call[4]).toMatch(/refit-build-[^/]+\/image-id$/);
    expect([...call.slice(0, 4), 'ID', ...call.slice(5)]).toEqual([
      ...['build', '--file', dockerfile, '--iidfile', 'ID', '--force-rm', '--format', 'docker'],
      ...['--label', 'refit.keep=refit-verify/a:1', '--tag', 'refit-verify/a:1', '--label', 'org.example=a b'],
      ...[
        '--build-arg',
        'WITH_DATABASE=0',
        '--build-arg',
        'WORDS=two words; $(id)',
        '--target',
        'final',
        '--no-cache',
        context,
      ],
    ]);
  });

  test('to run, create and look into containers', async () => {
    const before = callsOf(program).length;
    const command = ['sh', '-c', 'echo "$HOME"; id'];
    const ended = await runToEnd(session, {
      image: 'i',
      role: 'short',
      command,
      env: { LITELLM_MASTER_KEY: 'sk-secret' },
    });
    expect(ended).toMatchObject({ kind: 'exited', exitCode: 0, stdout: '1001\n' });
    await createContainer(session, { image: 'i', role: 'still', network: 'net', alias: 'service', readOnlyRoot: true });
    await execInContainer(session, 'container-id', ['cat', '-'], { input: 'text', user: '0', env: { NAME: 'value' } });
    await stopContainer(session, 'container-id', 40);
    expect(since(before)).toEqual([
      [
        'run',
        '--name',
        `refit-${ID}-short`,
        '--pull',
        'never',
        ...labels(),
        '--network',
        'none',
        ...shut,
        '--env',
        'LITELLM_MASTER_KEY',
        'i',
        ...command,
      ],
      ['rm', '--force', '--volumes', `refit-${ID}-short`],
      [
        'create',
        '--name',
        `refit-${ID}-still`,
        '--pull',
        'never',
        ...labels(),
        '--network',
        'net',
        '--network-alias',
        'service',
        ...shut,
        '--read-only',
        'i',
      ],
      ['exec', '--interactive', '--user', '0', '--env', 'NAME', 'container-id', 'cat', '-'],
      ['stop', '--time', '40', 'container-id'],
    ]);
  });

  test('to make networks and volumes that carry the labels, and to list all that does', async () => {
    const before = callsOf(program).length;
    await createInternalNetwork(session);
    await createVolume(session, 'auth');
    expect(since(before)).toEqual([
      ['network', 'create', '--internal', ...labels(), `refit-${ID}-net`],
      ['volume', 'create', ...labels(), `refit-${ID}-auth`],
    ]);
    const after = callsOf(program).length;
    await listResources(session.engine, ID);
    const filter = ['--filter', `label=refit.run=${ID}`];
    expect([...since(after)].sort()).toEqual([
      ['images', '--all', '--quiet', '--no-trunc', ...filter],
      ['network', 'ls', '--quiet', '--no-trunc', ...filter],
      ['ps', '--all', '--quiet', '--no-trunc', ...filter],
      ['volume', 'ls', '--quiet', ...filter],
    ]);
  });

  test('for the history as one JSON text, in its own names', async () => {
    const before = callsOf(program).length;
    expect(await imageHistory(session.engine, 'i')).toEqual([
      { createdBy: '/bin/sh -c echo one', comment: '' },
      { createdBy: 'COPY . /app', comment: '' },
    ]);
    expect(since(before)).toEqual([['history', '--no-trunc', '--format', 'json', 'i']]);
  });

  test('for an image, whose health check it shows beside the settings', async () => {
    expect(await inspectImage(session.engine, 'i')).toMatchObject({
      id: `sha256:${IMAGE}`,
      digests: [],
      healthcheck: { test: ['CMD', 'true'], interval: 5000 },
    });
  });
});
