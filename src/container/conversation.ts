/** What is said to the server through the fake upstream, once for all checks: a chat, a stream, and an upstream that refuses. */
import type { Bench } from './bench.ts';
import { inspectContainer } from './engine.ts';
import { clearUpstream, setUpstreamMode, type UpstreamRequest, upstreamRequests } from './fake-upstream.ts';
import type { HttpAnswer } from './probe.ts';
import { askService, firstAnswer, service, serviceHealth } from './service.ts';
import { listedModels } from './service-settings.ts';

/** One question to the server, and what it made the provider send upstream. */
export interface Exchange {
  /** What was asked, as a person would repeat it. */
  readonly model: string;
  readonly answer: HttpAnswer;
  /** Model calls only. */
  readonly requests: readonly UpstreamRequest[];
}

const QUESTION = 'Say one short sentence.';

/** What reached the upstream before anybody asked anything: what the health checks cost. Null when no server answers. */
export function unasked(bench: Bench): Promise<readonly UpstreamRequest[] | null> {
  return bench.once('unasked', async () => {
    if ((await firstAnswer(bench)) === null) return null;
    // The whole window in which the health check ran, however it ended.
    await serviceHealth(bench);
    const { upstream } = await service(bench);
    return (await upstreamRequests(bench.session, upstream)).filter(isModelCall);
  });
}

/** A plain chat. Null when no server answers or there is no model to ask. */
export function chat(bench: Bench): Promise<Exchange | null> {
  return bench.once('chat', async () => ((await unasked(bench)) === null ? null : ask(bench, false)));
}

/** The same as a stream, after the chat. */
export function stream(bench: Bench): Promise<Exchange | null> {
  return bench.once('stream', async () => ((await chat(bench)) === null ? null : ask(bench, true)));
}

/** A chat that the upstream answers with 401, after the stream, and whether the container still runs then. */
export function refusedChat(bench: Bench): Promise<(Exchange & { readonly running: boolean }) | null> {
  return bench.once('refused-chat', async () => {
    if ((await stream(bench)) === null) return null;
    const { upstream, container } = await service(bench);
    // Never 529: the CLI itself tries that again for minutes.
    await setUpstreamMode(bench.session, upstream, '401');
    const exchange = await ask(bench, false);
    await setUpstreamMode(bench.session, upstream, 'ok');
    const state = await inspectContainer(bench.session.engine, container);
    return exchange === null ? null : { ...exchange, running: state?.running === true };
  });
}

async function ask(bench: Bench, streamed: boolean): Promise<Exchange | null> {
  const model = await modelToAsk(bench);
  if (model === null) return null;
  const { upstream } = await service(bench);
  await clearUpstream(bench.session, upstream);
  const answer = await askService(bench, '/v1/chat/completions', {
    method: 'POST',
    key: bench.masterKey,
    json: { model, messages: [{ role: 'user', content: QUESTION }], ...(streamed ? { stream: true } : {}) },
    timeout: 120,
  });
  const requests = (await upstreamRequests(bench.session, upstream)).filter(isModelCall);
  return { model, answer, requests };
}

/** The first model of the configuration, else the first that the server lists. */
function modelToAsk(bench: Bench): Promise<string | null> {
  return bench.once('model', async () => {
    const named = listedModels(bench.project).find(({ name }) => !name.includes('*'));
    return named?.name ?? (await offeredModels(bench))?.[0] ?? null;
  });
}

/** The ids that `/v1/models` lists with the right key; null when it does not answer with a list. */
export function offeredModels(bench: Bench): Promise<readonly string[] | null> {
  return bench.once('models', async () => {
    if ((await firstAnswer(bench)) === null) return null;
    const answer = await askService(bench, '/v1/models', { key: bench.masterKey, timeout: 30 });
    if (answer.kind !== 'answered' || answer.status !== 200) return null;
    const parsed: unknown = parseJson(answer.body);
    const data = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : null;
    if (!Array.isArray(data)) return null;
    return data.flatMap((each: unknown) =>
      typeof each === 'object' && each !== null && 'id' in each && typeof each.id === 'string' ? [each.id] : [],
    );
  });
}

/** The value of a JSON text, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isModelCall = ({ path }: UpstreamRequest): boolean => /^\/v1\/messages(?:\?|$)/.test(path);
