import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { askService, firstAnswer, NO_SERVER } from '../service.ts';
import { curl, tellAnswer } from '../tell-answer.ts';

/** The pages of the proxy. */
export const ui: ContainerCheck = {
  id: 'H12-ui',
  title: 'The pages of the proxy are served',
  severity: 'warn',
  level: 'service',
  description:
    'LiteLLM arranges its pages anew at the start, in a folder that the user has to be able to write. Where it cannot, /ui is missing.',
  run: async (bench) => {
    if ((await firstAnswer(bench)) === null) return NO_SERVER;
    const answer = await askService(bench, '/ui/', { timeout: 30 });
    if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 400) return { kind: 'holds' };
    return answerOf([
      {
        message: '/ui is not served',
        expected: 'a page, or the way to one',
        seen: tellAnswer(bench, answer),
        ...dockerfileLine(bench, 'RUN'),
        failureMode: 'FM-06',
        byHand: curl('/ui/'),
      },
    ]);
  },
};
