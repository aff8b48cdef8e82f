import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { firstAnswer, NO_SERVER } from '../service.ts';
import { curl, tellAnswer } from '../tell-answer.ts';

/** Liveliness needs no key. */
export const liveliness: ContainerCheck = {
  id: 'H02-liveliness',
  title: 'The liveliness address answers 200 without a key',
  severity: 'blocker',
  level: 'service',
  description:
    'GET /health/liveliness is what probes ask: it needs no key and calls no model. A server that does not give it is up for nobody.',
  run: async (bench) => {
    const answer = await firstAnswer(bench);
    if (answer === null) return NO_SERVER;
    if (answer.status === 200) return { kind: 'holds' };
    return answerOf([
      {
        message: '/health/liveliness does not answer 200',
        expected: '200 without a key',
        seen: tellAnswer(bench, answer),
        ...dockerfileLine(bench, 'CMD'),
        byHand: curl('/health/liveliness'),
      },
    ]);
  },
};
