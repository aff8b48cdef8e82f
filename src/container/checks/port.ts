import { BASE_CONTRACT } from '../base-contract.ts';
import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { inspectContainer } from '../engine.ts';
import { firstAnswer, listeningPorts, SERVICE_PORT, service } from '../service.ts';

/** The server listens on 4000, for others too, and on nothing else that the base left behind. */
export const port: ContainerCheck = {
  id: 'H01-port',
  title: 'The server answers on port 4000 and on no other',
  severity: 'blocker',
  level: 'service',
  description:
    'The base sets PORT=3000, LiteLLM reads PORT, and a server that nobody told otherwise listens where nobody looks for it. Asked from a second ' +
    'container on an internal network, so that a server bound to its own loopback address is seen for what it is. Nothing is published on the host.',
  run: async (bench) => {
    const { container } = await service(bench);
    const answer = await firstAnswer(bench);
    const running = (await inspectContainer(bench.session.engine, container))?.running === true;
    if (answer === null && !running) return { kind: 'cannot', why: 'the server ended: see H06-healthy' };
    const { open, own } = await listeningPorts(bench);
    const inherited = Number(BASE_CONTRACT.inheritedPort);
    if (answer !== null && !open.includes(inherited)) return { kind: 'holds' };
    const alone = answer === null && own.includes(SERVICE_PORT);
    if (answer === null && open.length === 0 && !alone)
      return { kind: 'cannot', why: 'nothing listens at all: see H06-healthy' };
    return answerOf([
      {
        message: tell(answer === null, alone, inherited),
        expected: `one server, on ${SERVICE_PORT}, reachable from other containers`,
        seen: [told('open to others', open), told('open to the container alone', own)].join('; '),
        ...dockerfileLine(bench, 'CMD'),
        ...(alone ? {} : { failureMode: 'FM-13' }),
        next: alone
          ? '--host 0.0.0.0 in the command, or ENV HOST=0.0.0.0'
          : `ENV PORT=${SERVICE_PORT}, or --port ${SERVICE_PORT} in the command`,
        byHand: `${bench.session.engine.program} run --rm --env LITELLM_MASTER_KEY --publish 127.0.0.1:${SERVICE_PORT}:${SERVICE_PORT} ${bench.image.name}`,
      },
    ]);
  },
};

function tell(silent: boolean, alone: boolean, inherited: number): string {
  if (alone) return `the server listens on port ${SERVICE_PORT} for its own container alone`;
  return silent ? `nothing answers on port ${SERVICE_PORT}` : `something listens on port ${inherited} too`;
}

const told = (what: string, ports: readonly number[]): string =>
  `${what}: ${ports.length === 0 ? 'no port' : ports.join(', ')}`;
