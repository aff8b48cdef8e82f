import { type Bench, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';

/** The image carries the health check of its Dockerfile, with its times. */
export const healthcheckConfig: ContainerCheck = {
  id: 'I07-healthcheck-config',
  title: 'The image carries its health check, with all its times',
  severity: 'error',
  level: 'image',
  description:
    'What an engine will run is what the image carries. Podman’s own image format drops a HEALTHCHECK with no more than a warning. Without a start ' +
    'period the failures of a slow first start count, and whatever waits for the service gives up.',
  run: async (bench) => {
    const check = bench.image.facts.healthcheck;
    if (check === null) return answerOf([lost(bench)]);
    const times: readonly (readonly [string, number, boolean])[] = [
      ['--start-period', check.startPeriod, true],
      ['--interval', check.interval, false],
      ['--timeout', check.timeout, false],
      ['--retries', check.retries, false],
    ];
    return answerOf(
      times
        .filter(([, value]) => value === 0)
        .map(([flag, , matters]) => ({
          ...(matters ? { failureMode: 'FM-37' } : { severity: 'info' as const }),
          message: `the health check has no ${flag}`,
          expected: `HEALTHCHECK ${flag}=…`,
          seen: matters ? 'none: every failure of the start counts' : "none: the engine's own",
          subject: flag,
          ...dockerfileLine(bench, 'HEALTHCHECK'),
          next: `write ${flag} in HEALTHCHECK`,
          byHand: byHandOf(bench),
        })),
    );
  },
};

function lost(bench: Bench): ContainerFinding {
  const written = bench.judged.stage.healthchecks.some(({ kind }) => kind === 'command');
  const podman = bench.session.engine.kind === 'podman';
  return {
    message: written ? 'the health check of the Dockerfile is not in the image' : 'the image has no health check',
    expected: 'a HEALTHCHECK',
    seen: written && podman ? 'none: the OCI format of Podman has no place for it' : 'none',
    ...dockerfileLine(bench, 'HEALTHCHECK'),
    ...(written && podman ? { failureMode: 'FM-26', next: 'build with podman build --format docker' } : {}),
    byHand: byHandOf(bench),
  };
}

function byHandOf({ session, image }: Bench): string {
  return `${session.engine.program} image inspect --format '{{json .Config.Healthcheck}}' ${image.name}`;
}
