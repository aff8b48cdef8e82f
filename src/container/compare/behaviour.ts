/** What a server does when it is asked, told for a comparison with another. */
import type { Bench } from '../bench.ts';
import { chat, type Exchange, offeredModels, parseJson } from '../conversation.ts';
import type { HealthOutcome } from '../engine.ts';
import type { UpstreamRequest } from '../fake-upstream.ts';
import type { HttpAnswer } from '../probe.ts';
import { askService, firstAnswer, listeningPorts, SERVICE_PORT, serviceHealth } from '../service.ts';

/** Name of a row and what is told in it; the same names in the same order for every server. */
export type Behaviour = readonly (readonly [string, string])[];

/** Asks what the checks ask; what they asked already is not asked again. */
export async function observeBehaviour(bench: Bench): Promise<Behaviour> {
  const answers = (await firstAnswer(bench)) !== null;
  const status = async (path: string, key?: string): Promise<string> =>
    answers
      ? tellStatus(await askService(bench, path, { ...(key !== undefined && { key }), timeout: 30 }))
      : 'no answer';
  const models = answers ? await offeredModels(bench) : null;
  const said = answers ? await chat(bench) : null;
  const { open } = await listeningPorts(bench);
  return [
    ['listens on', open.length === 0 ? 'nothing' : open.join(', ')],
    ['its own health check', tellHealth(await serviceHealth(bench))],
    ['GET /health/liveliness', await status('/health/liveliness')],
    ['GET /health/readiness', await status('/health/readiness')],
    ['GET /v1/models, no key', await status('/v1/models')],
    ['GET /v1/models, wrong key', await status('/v1/models', 'sk-refit-some-other-key')],
    [
      'GET /v1/models, right key',
      models === null ? await status('/v1/models', bench.masterKey) : `200: ${[...models].sort().join(', ')}`,
    ],
    ['POST /v1/chat/completions', said === null ? 'nothing to ask' : tellStatus(said.answer)],
    ['login on the wire', said === null ? 'nothing was sent' : tellLogin(said, bench)],
    ['tools offered upstream', said === null ? 'nothing was sent' : tellTools(said)],
  ].map(([what, told]) => [what, bench.safe(told as string)] as [string, string]);
}

function tellStatus(answer: HttpAnswer): string {
  return answer.kind === 'answered' ? String(answer.status) : `no answer on ${SERVICE_PORT}`;
}

function tellHealth(health: HealthOutcome): string {
  switch (health.kind) {
    case 'healthy':
      return `healthy after ${Math.round(health.milliseconds / 1000)} s`;
    case 'exited':
      return `it ended with ${health.exitCode}`;
    case 'no-health-check':
      return 'none';
    case 'unhealthy':
    case 'timed-out':
      return `${health.kind === 'unhealthy' ? 'unhealthy' : 'no answer'} after ${Math.round(health.milliseconds / 1000)} s`;
  }
}

/** Which header carried which secret; the secret itself is not told. */
function tellLogin({ requests }: Exchange, { token }: Bench): string {
  const [request] = requests;
  if (request === undefined) return 'nothing reached the upstream';
  const { authorization, 'x-api-key': key } = request.headers;
  const bearer =
    authorization === undefined ? [] : [authorization === `Bearer ${token}` ? 'the OAuth token' : 'another bearer'];
  return [...bearer, ...(key === undefined ? [] : ['an API key'])].join(' and ') || 'none';
}

function tellTools({ requests }: Exchange): string {
  if (requests.length === 0) return 'nothing reached the upstream';
  return String(Math.max(...requests.map(toolsOf)));
}

function toolsOf({ body }: UpstreamRequest): number {
  const parsed: unknown = parseJson(body);
  const tools = typeof parsed === 'object' && parsed !== null && 'tools' in parsed ? parsed.tools : null;
  return Array.isArray(tools) ? tools.length : 0;
}
