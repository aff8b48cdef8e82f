import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { containerLog, inspectContainer, lastLines, type Session, startContainer } from './engine.ts';
import { UPSTREAM_PROGRAM } from './fake-upstream/program.ts';
import { type HttpRequest, probeHttp } from './probe.ts';

/** The text of every successful answer. */
export const UPSTREAM_REPLY = 'The quick canary answers.';

/** How the upstream answers a message: as it should, with an error, never, or with a stream that breaks off. */
export type UpstreamMode = 'ok' | '401' | '429' | '529' | 'hang' | 'cut';

/** A request that reached the upstream. */
export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A running fake upstream, an Anthropic-shaped server on an internal network. */
export interface Upstream {
  /** The container; it also serves as the second container that probes are made from. */
  readonly container: string;
  /** For `ANTHROPIC_BASE_URL`. */
  readonly url: string;
}

const PORT = 8080;
const recordShape = z.object({
  mode: z.string(),
  requests: z.array(
    z.object({ method: z.string(), path: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }),
  ),
});

/** A token of the real shape that opens nothing, random for each run. */
export function canaryToken(): string {
  return `sk-ant-oat01-canary-${randomBytes(24).toString('base64url')}`;
}

/** A master key of the real shape, random for each run. */
export function canaryMasterKey(): string {
  return `sk-canary-${randomBytes(24).toString('hex')}`;
}

/** Starts the upstream from an image that has Python (the one under test) and waits until it answers. */
export async function startUpstream(session: Session, image: string, network: string): Promise<Upstream> {
  const alias = 'upstream';
  const container = await startContainer(session, {
    image,
    role: 'upstream',
    network,
    alias,
    entrypoint: 'python',
    command: ['-c', UPSTREAM_PROGRAM, String(PORT)],
    memory: 256 * 1024 ** 2,
    extra: ['--no-healthcheck'],
  });
  // By its address: an engine may have no name service on such a network, and an image none of its own.
  const address = (await inspectContainer(session.engine, container))?.addresses[network] ?? alias;
  const upstream = { container, url: `http://${address}:${PORT}` };
  for (let turn = 0; turn < 40; turn += 1) {
    const answer = await probeHttp(session, container, { url: `http://127.0.0.1:${PORT}/__refit/`, timeout: 5 });
    if (answer.kind === 'answered') return upstream;
    await delay(250);
  }
  const { stderr } = await containerLog(session.engine, container, 10);
  throw new RefitError('the fake upstream did not start', { details: lastLines(stderr, 10) });
}

/** Everything that reached the upstream since it started or was last cleared, oldest first. */
export async function upstreamRequests(session: Session, upstream: Upstream): Promise<readonly UpstreamRequest[]> {
  return control(session, upstream, { url: '/__refit/' });
}

/** Forgets what was recorded. */
export async function clearUpstream(session: Session, upstream: Upstream): Promise<void> {
  await control(session, upstream, { method: 'DELETE', url: '/__refit/' });
}

/** Decides how the next messages are answered. */
export async function setUpstreamMode(session: Session, upstream: Upstream, mode: UpstreamMode): Promise<void> {
  await control(session, upstream, { method: 'PUT', url: '/__refit/mode', json: { mode } });
}

async function control(
  session: Session,
  { container }: Upstream,
  request: HttpRequest,
): Promise<readonly UpstreamRequest[]> {
  const answer = await probeHttp(session, container, { ...request, url: `http://127.0.0.1:${PORT}${request.url}` });
  if (answer.kind === 'no-answer' || answer.status !== 200) {
    throw new RefitError('the fake upstream does not answer', {
      details: [answer.kind === 'answered' ? `status ${answer.status}` : answer.reason],
    });
  }
  return recordShape.parse(JSON.parse(answer.body)).requests;
}
