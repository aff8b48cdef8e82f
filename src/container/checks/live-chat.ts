import { dockerfileLine } from '../bench.ts';
import { parseJson } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { field, liveRequest } from '../live.ts';
import { tellAnswer } from '../tell-answer.ts';
import { tokenProblem } from './token-shape.ts';

/** One small request to the real service is answered. */
export const liveChat: ContainerCheck = {
  id: 'L01-live',
  title: 'A small request with the real login is answered',
  severity: 'error',
  level: 'service',
  last: true,
  description:
    'Only with --live and after a question: a container that can reach outside gets the token of the environment, is asked one thing of a few words, and is removed. ' +
    'What the server says that it cost is in the report. The claude command may make a small call of its own beside it.',
  run: async (bench) => {
    if (bench.live === undefined) return { kind: 'not-asked', why: 'no real login was asked for (--live)' };
    if (tokenProblem(bench.live.token) !== null)
      return { kind: 'cannot', why: 'the token has no proper shape: see L02-token-shape' };
    const outcome = await liveRequest(bench);
    if (outcome.kind === 'cannot') return outcome;
    const { answer } = outcome;
    const choices = answer.kind === 'answered' ? field(parseJson(answer.body), 'choices') : undefined;
    const text = Array.isArray(choices) ? field(field(choices[0], 'message'), 'content') : undefined;
    if (answer.kind === 'answered' && answer.status === 200 && typeof text === 'string' && text.trim() !== '')
      return { kind: 'holds' };
    return answerOf([
      {
        message: 'a request with the real login gets no answer',
        expected: '200 with some text',
        seen: tellAnswer(bench, answer),
        ...dockerfileLine(bench, 'CMD'),
        next: 'see that the token is still valid: claude setup-token makes a new one',
        byHand: 'CLAUDE_CODE_OAUTH_TOKEN=… claude -p "Answer with the word: yes"',
      },
    ]);
  },
};
