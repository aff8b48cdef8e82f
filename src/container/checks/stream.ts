import { excerpt } from '../bench.ts';
import { parseJson, stream } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { chatByHand, NOTHING_ASKED, providerLine } from '../exchange-findings.ts';
import { UPSTREAM_REPLY } from '../fake-upstream.ts';

/** Streamed answers. */
export const streamed: ContainerCheck = {
  id: 'H09-stream',
  title: 'A streamed chat ends as it should',
  severity: 'warn',
  level: 'service',
  aboutProvider: true,
  description:
    'Most clients stream. A stream has to bring the text in chunks, say why it ended, and close with [DONE]; an error in the middle of a 200 is seen by ' +
    'nobody but the reader. It judges the code of the provider, which no step of a migration changes.',
  run: async (bench) => {
    const exchange = await stream(bench);
    if (exchange === null) return NOTHING_ASKED;
    const { answer } = exchange;
    const lines = answer.kind === 'answered' ? answer.body.split('\n').filter((line) => line.startsWith('data:')) : [];
    const chunks = lines.map((line) => line.slice(5).trim());
    const values = chunks.filter((chunk) => chunk !== '[DONE]').map(parseJson) as (Chunk | undefined)[];
    const text = values.map((value) => value?.choices?.[0]?.delta?.content ?? '').join('');
    const error = values.find((value) => value?.error !== undefined);
    const ended = chunks.includes('[DONE]') && values.some((value) => value?.choices?.[0]?.finish_reason === 'stop');
    const ok = answer.kind === 'answered' && answer.status === 200;
    if (ok && error === undefined && ended && text.includes(UPSTREAM_REPLY)) return { kind: 'holds' };
    const seen =
      answer.kind === 'no-answer'
        ? answer.reason
        : error !== undefined
          ? `an error in the stream: ${excerpt(bench, JSON.stringify(error.error), 2)}`
          : `${answer.status}, ${values.length} chunks, ${ended ? 'ended' : 'no end'}: ${excerpt(bench, answer.body, 2)}`;
    return answerOf([
      {
        message: 'a streamed chat does not come to its end',
        expected: 'chunks with the text, finish_reason stop, [DONE]',
        seen,
        ...(await providerLine(bench, /async def astreaming|def streaming/)),
        next: "mend the provider's streaming, or tell clients not to stream",
        byHand: chatByHand(exchange, ',"stream":true'),
      },
    ]);
  },
};

interface Chunk {
  readonly error?: unknown;
  readonly choices?: readonly { readonly delta?: { readonly content?: string }; readonly finish_reason?: string }[];
}
