import { byHand, dockerfileLine, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { containerLog } from '../engine.ts';
import { service, serviceHealth } from '../service.ts';

/** The container becomes healthy by its own health check. */
export const healthy: ContainerCheck = {
  id: 'H06-healthy',
  title: 'The container becomes healthy by its own health check',
  severity: 'error',
  level: 'service',
  description:
    'Everything that waits for this service waits for this word. A probe that calls a program the image lacks, a path that needs a key, or a port ' +
    'where nothing listens leaves a server that works and is never healthy.',
  run: async (bench) => {
    const { container } = await service(bench);
    const outcome = await serviceHealth(bench);
    if (outcome.kind === 'healthy') return { kind: 'holds' };
    const log = await containerLog(bench.session.engine, container, 50);
    const finding = (seen: string, keyword = 'HEALTHCHECK'): ContainerFinding => ({
      message: 'the container does not become healthy',
      expected: 'healthy within the time that its health check allows',
      seen: [seen, ...excerpt(bench, `${log.stdout}\n${log.stderr}`, 12).split('\n')].join('\n'),
      ...dockerfileLine(bench, keyword),
      byHand: byHand(bench, { network: 'bridge', env: ['LITELLM_MASTER_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'] }),
    });
    switch (outcome.kind) {
      case 'unhealthy':
      case 'timed-out': {
        const last = outcome.runs.at(-1);
        const said = last === undefined ? 'its health check never ran' : `its health check ended with ${last.exitCode}`;
        return answerOf([finding([said, excerpt(bench, last?.output ?? '', 5)].join('\n'))]);
      }
      case 'exited': {
        const ended = outcome.outOfMemory ? 'it ran out of memory' : `it ended with exit code ${outcome.exitCode}`;
        const why = outcome.error === '' ? ended : `it could not be started: ${bench.safe(outcome.error)}`;
        return answerOf([finding(why, 'ENTRYPOINT')]);
      }
      case 'no-health-check':
        return answerOf([finding('the image has no health check')]);
    }
  },
};
