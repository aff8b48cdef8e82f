import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { detectEngine } from '../../src/container/engine.ts';
import { type FakeAnswer, fakeEngine } from '../support/fake-engine.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refit-detect-'));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const client = (name: string, answers: Readonly<Record<string, FakeAnswer>>): string =>
  fakeEngine(folder, name, answers);

const SERVER = { Version: '24.0.7', ApiVersion: '1.43' };
const INFO = {
  Driver: 'btrfs',
  Architecture: 'aarch64',
  MemoryLimit: true,
  PidsLimit: false,
  SecurityOptions: ['name=seccomp', 'name=rootless'],
};

test('docker with BuildKit, compose and a rootless engine', async () => {
  vi.stubEnv('DOCKER_HOST', '');
  vi.stubEnv('DOCKER_BUILDKIT', '');
  const program = client('docker-full', {
    '--version': { out: 'Docker version 24.0.7' },
    'version ': { out: { Client: { Version: '24.0.7' }, Server: SERVER } },
    'info ': { out: INFO },
    'buildx version': { out: 'github.com/docker/buildx v0.12' },
    'compose version': { out: { version: 'v2.40.3' } },
    'context inspect': { out: '"unix:///run/user/1000/docker.sock"' },
  });
  expect(await detectEngine(program)).toEqual({
    kind: 'found',
    engine: {
      kind: 'docker',
      program,
      clientVersion: '24.0.7',
      serverVersion: '24.0.7',
      apiVersion: '1.43',
      builder: 'buildkit',
      composeVersion: '2.40.3',
      rootless: true,
      storageDriver: 'btrfs',
      architecture: 'aarch64',
      limits: { memory: true, pids: false },
      endpoint: 'unix:///run/user/1000/docker.sock',
    },
  });
});

test.each([
  ['20.10.24', '', 'legacy'],
  ['20.10.24', '1', 'buildkit'],
  ['28.2.2', '', 'legacy'],
  ['28.2.2', '1', 'legacy'],
] as const)('a client %s without buildx, DOCKER_BUILDKIT=%s: %s', async (version, wish, builder) => {
  vi.stubEnv('DOCKER_BUILDKIT', wish);
  const program = client('docker-plain', {
    '--version': { out: `Docker version ${version}` },
    'version ': { out: { Client: { Version: version }, Server: SERVER } },
    'info ': { out: INFO },
  });
  const detection = await detectEngine(program);
  expect(detection.kind === 'found' && detection.engine).toMatchObject({ builder, composeVersion: null });
});

test('a docker whose engine does not answer, at the place that the environment names', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://192.0.2.1:2375');
  vi.stubEnv('DOCKER_CONTEXT', '');
  const program = client('docker-down', {
    '--version': { out: 'Docker version 28.2.2' },
    'version ': { out: { Client: { Version: '28.2.2' }, Server: null }, exit: 1 },
  });
  expect(await detectEngine(program)).toEqual({
    kind: 'none',
    reason: 'the Docker engine at tcp://192.0.2.1:2375 does not answer',
    hint: `start it, then see that \`${program} version\` names a server`,
  });
});

test.skipIf(process.getuid?.() === 0)('a socket that may not be used', async () => {
  const socket = join(folder, 'docker.sock');
  writeFileSync(socket, '', { mode: 0o000 });
  vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
  vi.stubEnv('DOCKER_CONTEXT', '');
  const program = client('docker-denied', {
    '--version': { out: 'Docker version 28.2.2' },
    'version ': { out: { Client: { Version: '28.2.2' }, Server: null }, exit: 1 },
  });
  expect(await detectEngine(program)).toMatchObject({
    reason: `no permission to use the Docker engine at unix://${socket}`,
  });
});

test('podman, also under the name docker', async () => {
  const program = client('docker', {
    '--version': { out: 'podman version 4.3.1' },
    'info ': {
      out: {
        host: {
          arch: 'amd64',
          security: { rootless: true },
          cgroupControllers: ['memory', 'pids'],
          remoteSocket: { path: '/run/podman.sock' },
        },
        store: { graphDriverName: 'overlay' },
        version: { Version: '4.3.1', APIVersion: '4.3.1' },
      },
    },
  });
  expect(await detectEngine(program)).toEqual({
    kind: 'found',
    engine: {
      kind: 'podman',
      program,
      clientVersion: '4.3.1',
      serverVersion: '4.3.1',
      apiVersion: '4.3.1',
      builder: 'buildah',
      composeVersion: null,
      rootless: true,
      storageDriver: 'overlay',
      architecture: 'amd64',
      limits: { memory: true, pids: true },
      endpoint: '/run/podman.sock',
    },
  });
});

test('no client at all', async () => {
  vi.stubEnv('PATH', join(folder, 'empty'));
  expect(await detectEngine()).toEqual({
    kind: 'none',
    reason: 'there is no docker and no podman on PATH',
    hint: 'install Docker Engine or Podman, or run with --level static',
  });
});
