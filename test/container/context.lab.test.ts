import { afterEach, expect, test, vi } from 'vitest';
import { callEngine, detectEngine } from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';
import { tempFolder } from '../support/temp-repo.ts';

afterEach(() => vi.unstubAllEnvs());

describeLab('the engine that the caller means', (lab) => {
  const find = () => detectEngine(lab.engine.program);
  const endpointOf = (found: Awaited<ReturnType<typeof detectEngine>>): string =>
    found.kind === 'found' ? found.engine.endpoint : found.reason;

  test('is the one of DOCKER_CONTEXT, and DOCKER_HOST goes before it', async ({ skip }) => {
    if (lab.engine.kind !== 'docker') skip('contexts are those of docker');
    const nowhere = 'unix:///nowhere/refit-docker.sock';
    vi.stubEnv('DOCKER_CONFIG', tempFolder());
    vi.stubEnv('DOCKER_HOST', undefined);
    for (const [name, host] of [
      ['refit-here', lab.engine.endpoint],
      ['refit-nowhere', nowhere],
    ]) {
      const made = await callEngine(lab.engine, ['context', 'create', `${name}`, '--docker', `host=${host}`]);
      expect(made.stderr).toContain('Successfully created');
    }
    vi.stubEnv('DOCKER_CONTEXT', 'refit-here');
    expect(endpointOf(await find())).toBe(lab.engine.endpoint);
    vi.stubEnv('DOCKER_CONTEXT', 'refit-nowhere');
    expect(endpointOf(await find())).toBe(`the Docker engine at ${nowhere} does not answer`);
    vi.stubEnv('DOCKER_HOST', lab.engine.endpoint);
    expect(endpointOf(await find())).toBe(lab.engine.endpoint);
    vi.stubEnv('DOCKER_CONTEXT', undefined);
    vi.stubEnv('DOCKER_HOST', nowhere);
    expect(endpointOf(await find())).toBe(`the Docker engine at ${nowhere} does not answer`);
  });
});
