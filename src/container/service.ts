import type { Bench } from './bench.ts';
import { createInternalNetwork, type HealthOutcome, startContainer, waitForHealth } from './engine.ts';
import { startUpstream, type Upstream } from './fake-upstream.ts';
import { type HttpAnswer, type HttpRequest, probeHttp } from './probe.ts';

/** The server under test on an internal network, with a fake upstream beside it. Nothing is published on the host. */
export interface Service {
  readonly container: string;
  readonly network: string;
  /** Also the second container from which the server is asked. */
  readonly upstream: Upstream;
  /** What the container was started with. */
  readonly env: Readonly<Record<string, string>>;
}

export const SERVICE_ALIAS = 'service';
export const SERVICE_PORT = 4000;
/** Long enough for a first start on a busy machine; a health check of its own decides sooner. */
const HEALTH_MS = 300_000;

/** The network and the fake upstream, without the server. */
export function network(bench: Bench): Promise<{ readonly network: string; readonly upstream: Upstream }> {
  return bench.once('network', async () => {
    const id = await createInternalNetwork(bench.session);
    return { network: id, upstream: await startUpstream(bench.session, bench.image.facts.id, id) };
  });
}

/** Starts the server once, as a deployment would: the image's own entrypoint and command, the canaries in its environment. */
export function service(bench: Bench): Promise<Service> {
  return bench.once('service', async () => {
    const around = await network(bench);
    const env = serviceEnvironment(bench, around.upstream);
    const container = await startContainer(bench.session, {
      image: bench.image.facts.id,
      role: 'service',
      network: around.network,
      alias: SERVICE_ALIAS,
      env,
    });
    return { ...around, container, env };
  });
}

/** What the server needs to know, with the upstream in the place of the real one. */
export function serviceEnvironment(bench: Bench, upstream: Upstream): Readonly<Record<string, string>> {
  return {
    LITELLM_MASTER_KEY: bench.masterKey,
    CLAUDE_CODE_OAUTH_TOKEN: bench.token,
    ANTHROPIC_BASE_URL: upstream.url,
    // Else the CLI reports home before it answers, and waits for the report.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}

/** How the server's own health check ended; waited for once, from its start. */
export function serviceHealth(bench: Bench): Promise<HealthOutcome> {
  return bench.once('service-health', async () => {
    const { container } = await service(bench);
    return waitForHealth(bench.session, container, { timeout: HEALTH_MS });
  });
}

/** Asks the server over HTTP from the second container on its network. */
export async function askService(
  bench: Bench,
  path: string,
  options: Omit<HttpRequest, 'url'> & { readonly key?: string; readonly port?: number } = {},
): Promise<HttpAnswer> {
  const { key, port = SERVICE_PORT, headers = {}, ...request } = options;
  const { upstream } = await service(bench);
  return probeHttp(bench.session, upstream.container, {
    timeout: 120,
    ...request,
    url: `http://${SERVICE_ALIAS}:${port}${path}`,
    headers: { ...headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
}

/** Waits until the server answers at all, whatever its health check says; null when it ended or never did. */
export function serviceAnswers(bench: Bench): Promise<HttpAnswer | null> {
  return bench.once('service-answers', async () => {
    await serviceHealth(bench);
    const answer = await askService(bench, '/health/liveliness', { timeout: 20 });
    return answer.kind === 'answered' ? answer : null;
  });
}
