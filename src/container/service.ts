import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, excerpt, refuseInterrupted } from './bench.ts';
import { database } from './database.ts';
import {
  callEngine,
  connectNetwork,
  createContainer,
  createNetwork,
  type HealthOutcome,
  inspectContainer,
  waitForHealth,
} from './engine.ts';
import type { Upstream } from './fake-upstream.ts';
import { network } from './network.ts';
import { type ListeningPorts, portsOf } from './ports.ts';
import { type HttpAnswer, type HttpRequest, probeHttp } from './probe.ts';
import { serviceSettings } from './service-settings.ts';

/** The server under test on an internal network, with a fake upstream beside it. Nothing is published on the host. */
export interface Service {
  readonly container: string;
  readonly network: string;
  /** Also the second container from which the server is asked. */
  readonly upstream: Upstream;
  /** What the container was started with. */
  readonly env: Readonly<Record<string, string>>;
  /** What the engine says of a container that it could not start; null when it runs or ran. */
  readonly startError: string | null;
}

export const SERVICE_ALIAS = 'service';
export const SERVICE_PORT = 4000;
/** Long enough for a first start on a busy machine; a health check of its own decides sooner. */
const HEALTH_MS = 300_000;

/** Starts the server once, as a deployment would: what compose sets for it, and the canaries in the place of secrets. */
export function service(bench: Bench): Promise<Service> {
  return bench.once('service', async () => {
    const around = await network(bench);
    const settings = serviceSettings(bench.project);
    const store = await database(bench);
    const address = store.kind === 'ready' ? { DATABASE_URL: store.url } : {};
    const env = { ...settings.env, ...serviceEnvironment(bench, around.upstream), ...address };
    const container = await createContainer(bench.session, {
      image: bench.image.facts.id,
      role: 'service',
      network: around.network,
      alias: SERVICE_ALIAS,
      env,
      hardened: bench.asksFrom === undefined,
      ...(settings.command === undefined ? {} : { command: settings.command }),
    });
    // The one way out of the internal network: the caller's own database may be anywhere.
    if (store.kind === 'ready' && store.outside)
      await connectNetwork(bench.session, await createNetwork(bench.session), container);
    // One that cannot be started is no fault of the engine: its start script may not be a program.
    const started = await callEngine(bench.session.engine, ['start', container]);
    return { ...around, container, env, startError: started.failed ? excerpt(bench, started.stderr, 3) : null };
  });
}

/** What the server needs to know, with the upstream in the place of the real one. */
export function serviceEnvironment(bench: Bench, upstream: Upstream): Readonly<Record<string, string>> {
  return {
    LITELLM_MASTER_KEY: bench.masterKey,
    CLAUDE_CODE_OAUTH_TOKEN: bench.token,
    ANTHROPIC_BASE_URL: upstream.url,
    ...SHUT_IN,
  };
}

/** For a server that nothing outside can be reached from: it tries all the same, and waits. */
export const SHUT_IN: Readonly<Record<string, string>> = {
  // Else the CLI reports home before it answers, and waits for the report.
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  // Else LiteLLM asks three times for its price list before it takes its own copy.
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
};

/** How the server's own health check ended; waited for once, from its start. */
export function serviceHealth(bench: Bench): Promise<HealthOutcome> {
  return bench.once('service-health', async () => {
    const { container, startError } = await service(bench);
    if (startError !== null) return { kind: 'exited', exitCode: 126, outOfMemory: false, error: startError };
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
  const host = await bench.once('service-address', () => addressOf(bench));
  return probeHttp(bench.session, upstream.container, {
    timeout: 120,
    ...request,
    url: `http://${host}:${port}${path}`,
    headers: { ...headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
}

// Not by its name: an engine may have no name service on such a network, and an image none of its own.
async function addressOf(bench: Bench): Promise<string> {
  const { container, network: name } = await service(bench);
  return (await inspectContainer(bench.session.engine, container))?.addresses[name] ?? SERVICE_ALIAS;
}

/** Long enough for a first start on a busy machine. */
const ANSWER_MS = 240_000;

/**
 * The server's first answer on its port, whatever its health check says; null when it ended, or does not answer in time.
 */
export function firstAnswer(bench: Bench): Promise<Answered | null> {
  return bench.once('first-answer', async () => {
    const { container, startError } = await service(bench);
    if (startError !== null) return null;
    for (const end = Date.now() + ANSWER_MS; Date.now() < end; await delay(1000)) {
      refuseInterrupted(bench.session);
      // First, for the name of one that ended is looked for in vain for many seconds.
      const state = await inspectContainer(bench.session.engine, container);
      if (state?.running !== true) return null;
      const answer = await askService(bench, '/health/liveliness', { timeout: 10 });
      if (answer.kind === 'answered') return answer;
      // A server that is healthy elsewhere never comes here.
      if (await listensElsewhere(bench)) return null;
    }
    return null;
  });
}

export type Answered = Extract<HttpAnswer, { kind: 'answered' }>;

async function listensElsewhere(bench: Bench): Promise<boolean> {
  const { open, own } = await listeningPorts(bench);
  return own.includes(SERVICE_PORT) || (open.length > 0 && !open.includes(SERVICE_PORT));
}

/** Ports on which something in the server's container listens. */
export async function listeningPorts(bench: Bench): Promise<ListeningPorts> {
  const { container } = await service(bench);
  return portsOf(bench.session, container);
}

/** What a check answers that needs a server when none answers; H06 or H01 says why. */
export const NO_SERVER = { kind: 'cannot', why: 'the server does not answer: see H06-healthy and H01-port' } as const;
