import { dockerfileLine } from '../bench.ts';
import { parseJson } from '../conversation.ts';
import { database } from '../database.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { askService, firstAnswer, NO_SERVER } from '../service.ts';
import { curl, tellAnswer } from '../tell-answer.ts';

/** Readiness, and the database behind it. */
export const readiness: ContainerCheck = {
  id: 'H03-readiness',
  title: 'The server says that it is ready',
  severity: 'error',
  level: 'service',
  description:
    'GET /health/readiness answers 200 and names the state of the database. Older versions say connected, newer ones healthy; a proxy without a database ' +
    'is ready too. With a database, it has to be connected.',
  run: async (bench) => {
    if ((await firstAnswer(bench)) === null) return NO_SERVER;
    const store = await database(bench);
    if (store.kind === 'cannot') return { kind: 'cannot', why: store.why };
    const answer = await askService(bench, '/health/readiness', { timeout: 30 });
    const said = answer.kind === 'answered' ? parseJson(answer.body) : undefined;
    const field = (name: string): string => {
      const value = typeof said === 'object' && said !== null ? (said as Record<string, unknown>)[name] : undefined;
      return typeof value === 'string' ? value : '';
    };
    const ready =
      answer.kind === 'answered' && answer.status === 200 && /^(?:healthy|connected)$/i.test(field('status'));
    const connected = bench.database.kind === 'none' || /^connected$/i.test(field('db'));
    if (ready && connected) return { kind: 'holds' };
    return answerOf([
      {
        message: ready
          ? 'the server is up, and not connected to its database'
          : 'the server does not say that it is ready',
        expected: bench.database.kind === 'none' ? '200, healthy or connected' : '200, and db: connected',
        seen: tellAnswer(bench, answer),
        ...dockerfileLine(bench, 'CMD'),
        byHand: curl('/health/readiness'),
      },
    ]);
  },
};
