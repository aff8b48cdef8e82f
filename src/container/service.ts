import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, excerpt, refuseInterrupted } from './bench.ts';
import { database } from './database.ts';
import {
  callEngine,
  connectNetwork,
  createContainer,
  createNetwork,
  execInContainer,
  type HealthOutcome,
  inspectContainer,
  waitForHealth,
} from './engine.ts';
import type { Upstream } from './fake-upstream.ts';
import { network } from './network.ts';
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
    // Else the CLI reports home before it answers, and waits for the report.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}

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
  return probeHttp(bench.session, upstream.container, {
    timeout: 120,
    ...request,
    url: `http://${SERVICE_ALIAS}:${port}${path}`,
    headers: { ...headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
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
  const ports = await listeningPorts(bench);
  return ports.length > 0 && !ports.includes(SERVICE_PORT);
}

const PORTS = `import re
found = set()
for name in ("/proc/net/tcp", "/proc/net/tcp6"):
    try:
        for line in open(name).read().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, port = local.rsplit(":", 1)
            if state == "0A" and not re.fullmatch("0100007F|0B00007F", address):
                found.add(int(port, 16))
    except OSError:
        pass
print(" ".join(map(str, sorted(found))))
`;

/** Ports on which something in the server's container listens for others, as the kernel knows them. */
export async function listeningPorts(bench: Bench): Promise<readonly number[]> {
  const { container } = await service(bench);
  const ended = await execInContainer(bench.session, container, ['python', '-c', PORTS], { timeout: 20_000 });
  if (ended.kind !== 'exited' || ended.exitCode !== 0) return [];
  return ended.stdout
    .trim()
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
}

/** What a check answers that needs a server when none answers; H06 or H01 says why. */
export const NO_SERVER = { kind: 'cannot', why: 'the server does not answer: see H06-healthy and H01-port' } as const;
