/** One request with a real login, in a container of its own that can reach outside. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, excerpt, refuseInterrupted } from './bench.ts';
import { parseJson } from './conversation.ts';
import { containerLog, createNetwork, inspectContainer, removeContainer, startContainer } from './engine.ts';
import { type HttpAnswer, probeHttp } from './probe.ts';
import { SERVICE_PORT } from './service.ts';
import { listedModels, serviceSettings } from './service-settings.ts';

/** What came of it. `told` is one line with what it cost, for the report. */
export type LiveOutcome =
  | { readonly kind: 'answered'; readonly model: string; readonly answer: HttpAnswer; readonly told: string }
  | { readonly kind: 'cannot'; readonly why: string };

/** Where the container is put, and what it gets besides the login. */
export interface LiveSurroundings {
  readonly network: string;
  readonly env: Readonly<Record<string, string>>;
}

const START_MS = 240_000;
const URL_BASE = `http://127.0.0.1:${SERVICE_PORT}`;

/** Sends it to the real service, at most once a run. */
export function liveRequest(bench: Bench): Promise<LiveOutcome> {
  return bench.once('live', async () => askLive(bench, { network: await createNetwork(bench.session), env: {} }));
}

/**
 * Starts the server with the real token, asks it one thing and removes the container, whatever `--keep` says: the engine
 * keeps the token as long as there is the container.
 */
export async function askLive(bench: Bench, { network, env }: LiveSurroundings): Promise<LiveOutcome> {
  const { session, live } = bench;
  if (live === undefined) return { kind: 'cannot', why: 'no real login was given' };
  const model = modelToAsk(bench);
  if (model === null) return { kind: 'cannot', why: 'the configuration names no model to ask' };
  const settings = serviceSettings(bench.project);
  const container = await startContainer(session, {
    image: bench.image.facts.id,
    role: 'live',
    network,
    env: { ...settings.env, LITELLM_MASTER_KEY: bench.masterKey, CLAUDE_CODE_OAUTH_TOKEN: live.token, ...env },
    ...(settings.command === undefined ? {} : { command: settings.command }),
  });
  try {
    if (!(await answersWithin(bench, container))) {
      const { stdout, stderr } = await containerLog(session.engine, container, 20);
      return { kind: 'cannot', why: `the server does not answer: ${excerpt(bench, `${stdout}\n${stderr}`, 1)}` };
    }
    const answer = await probeHttp(session, container, {
      method: 'POST',
      url: `${URL_BASE}/v1/chat/completions`,
      headers: { authorization: `Bearer ${bench.masterKey}` },
      json: { model, max_tokens: 16, messages: [{ role: 'user', content: 'Answer with the word: yes' }] },
      timeout: 120,
    });
    return { kind: 'answered', model, answer, told: bench.safe(tellCost(model, answer)) };
  } finally {
    await removeContainer(session, container);
  }
}

/** The smallest one, as its name says it; else the first. */
function modelToAsk({ project }: Bench): string | null {
  const names = listedModels(project).flatMap(({ name }) => (name.includes('*') ? [] : [name]));
  return names.find((name) => /haiku/i.test(name)) ?? names[0] ?? null;
}

async function answersWithin({ session }: Bench, container: string): Promise<boolean> {
  for (const end = Date.now() + START_MS; Date.now() < end; await delay(1000)) {
    refuseInterrupted(session);
    if ((await inspectContainer(session.engine, container))?.running !== true) return false;
    const answer = await probeHttp(session, container, { url: `${URL_BASE}/health/liveliness`, timeout: 10 });
    if (answer.kind === 'answered') return true;
  }
  return false;
}

/** What the server itself says that the answer cost. */
function tellCost(model: string, answer: HttpAnswer): string {
  if (answer.kind === 'no-answer') return `one request to ${model}: ${answer.reason}`;
  const parsed: unknown = parseJson(answer.body);
  const usage = field(parsed, 'usage');
  const [asked, given] = [field(usage, 'prompt_tokens'), field(usage, 'completion_tokens')];
  const tokens =
    typeof asked === 'number' && typeof given === 'number'
      ? `${asked} tokens in, ${given} out as the provider counts them`
      : 'no tokens told';
  const price = Number(answer.headers['x-litellm-response-cost'] || Number.NaN);
  const cost = Number.isFinite(price) ? `${price} USD by LiteLLM's price list` : 'no price told';
  return `one request to ${model}: ${answer.status}, ${tokens}, ${cost}`;
}

/** A field of what may be no object. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
