import { excerpt } from '../bench.ts';
import { parseJson, refusedChat } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { chatByHand, NOTHING_ASKED, providerLine } from '../exchange-findings.ts';

/** An upstream that refuses. */
export const upstreamError: ContainerCheck = {
  id: 'H13-upstream-error',
  title: 'A refusal upstream becomes an error of the API, and the server goes on',
  severity: 'warn',
  level: 'service',
  description:
    'A token expires. What the client then gets has to be an error that it can read, not an answer that looks like one, and the server has to go on.',
  run: async (bench) => {
    const exchange = await refusedChat(bench);
    if (exchange === null) return NOTHING_ASKED;
    const { answer, running } = exchange;
    const isError =
      answer.kind === 'answered' &&
      answer.status >= 400 &&
      /"error"/.test(answer.body) &&
      parseJson(answer.body) !== undefined;
    if (running && isError) return { kind: 'holds' };
    return answerOf([
      {
        message: running
          ? 'a refusal upstream does not become an error of the API'
          : 'a refusal upstream ends the server',
        expected: 'a status of 400 or more with an error in JSON, and the server still running',
        seen: answer.kind === 'no-answer' ? answer.reason : `${answer.status} ${excerpt(bench, answer.body, 3)}`,
        ...(await providerLine(bench, /async def acompletion|def completion/)),
        byHand: chatByHand(exchange),
      },
    ]);
  },
};
