import { dockerfileLine, excerpt } from '../bench.ts';
import { chat, parseJson } from '../conversation.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { chatByHand, NOTHING_ASKED } from '../exchange-findings.ts';
import { UPSTREAM_REPLY } from '../fake-upstream.ts';

/** The login that reaches the vendor. */
export const oauthOnWire: ContainerCheck = {
  id: 'H08-oauth-on-wire',
  title: 'A chat carries the OAuth token, and nothing else, as its login',
  severity: 'blocker',
  level: 'service',
  securitySeverity: 7,
  description:
    'Whether a login works is only seen where the request arrives: a fake upstream on the same network records what a chat sends. It has to carry the ' +
    'token of CLAUDE_CODE_OAUTH_TOKEN as a bearer, with the flag that OAuth needs and without an API key, which would outrank it and be billed apart; ' +
    'and the answer has to come back in the shape of OpenAI.',
  run: async (bench) => {
    const exchange = await chat(bench);
    if (exchange === null) return NOTHING_ASKED;
    const { answer, requests } = exchange;
    const at = dockerfileLine(bench, 'ENTRYPOINT');
    const finding = (message: string, expected: string, seen: string, failureMode?: string): ContainerFinding => ({
      message,
      expected,
      seen: bench.safe(seen),
      ...at,
      ...(failureMode === undefined ? {} : { failureMode }),
      byHand: chatByHand(exchange),
    });
    const body = answer.kind === 'answered' ? excerpt(bench, answer.body, 4) : answer.reason;
    if (requests.length === 0)
      return answerOf([finding('a chat never reaches the upstream', 'a call of /v1/messages', body, 'FM-23')]);
    const found: ContainerFinding[] = [];
    const headers = requests.map((request) => request.headers);
    const bearer = headers.find((each) => each['authorization'] !== `Bearer ${bench.token}`);
    if (bearer !== undefined)
      found.push(
        finding(
          'a chat does not carry the OAuth token',
          'Authorization: Bearer with the token of CLAUDE_CODE_OAUTH_TOKEN',
          bearer['authorization'] === undefined ? 'no Authorization header' : 'another Authorization header',
          'FM-20',
        ),
      );
    if (headers.some((each) => each['x-api-key'] !== undefined))
      found.push(finding('a chat carries an API key', 'no x-api-key header', 'an x-api-key header', 'FM-20'));
    if (bearer === undefined && headers.some((each) => !/(?:^|,)\s*oauth-/.test(each['anthropic-beta'] ?? '')))
      found.push(
        finding(
          'a chat lacks the flag that OAuth needs',
          'anthropic-beta: oauth-…',
          headers[0]?.['anthropic-beta'] ?? 'no flag',
        ),
      );
    const status = answer.kind === 'answered' ? answer.status : 0;
    if (status !== 200 || !contentOf(answer.kind === 'answered' ? answer.body : '').includes(UPSTREAM_REPLY))
      found.push(
        finding("the upstream's answer does not come back", `200 with "${UPSTREAM_REPLY}"`, `${status} ${body}`),
      );
    return answerOf(found);
  },
};

/** The text of an answer in OpenAI's shape, empty when it has not that shape. */
function contentOf(body: string): string {
  const value = parseJson(body) as { choices?: { message?: { content?: unknown } }[] } | undefined;
  const content = value?.choices?.[0]?.message?.content;
  return typeof content === 'string' ? content : '';
}
