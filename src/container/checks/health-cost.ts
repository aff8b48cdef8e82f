import { dockerfileLine } from '../bench.ts';
import { unasked } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { NO_SERVER } from '../service.ts';

/** What the probes cost. */
export const healthCost: ContainerCheck = {
  id: 'H07-health-cost',
  title: 'The health check calls no model',
  severity: 'error',
  level: 'service',
  description:
    'GET /health makes one call to every model that is configured, on the account of the owner, as often as the health check runs. Counted by a fake ' +
    'upstream from the start of the container until its health was decided.',
  run: async (bench) => {
    const calls = await unasked(bench);
    if (calls === null) return NO_SERVER;
    if (calls.length === 0) return { kind: 'holds' };
    return answerOf([
      {
        message: `the health check called a model ${calls.length === 1 ? 'once' : `${calls.length} times`}`,
        expected: 'no call upstream before anybody asked anything',
        seen: `${calls.length} calls: ${[...new Set(calls.map(({ path }) => path))].join(', ')}`,
        ...dockerfileLine(bench, 'HEALTHCHECK'),
        failureMode: 'FM-02',
        byHand: "docker inspect --format '{{json .Config.Healthcheck.Test}}' IMAGE",
        next: 'ask /health/liveliness, which calls no model',
      },
    ]);
  },
};
