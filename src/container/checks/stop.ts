import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { inspectContainer, stopContainer } from '../engine.ts';
import { service } from '../service.ts';

/** Four times the limit of the engine: on a busy machine a server that ends by itself takes its time. */
const STOP_SECONDS = 40;

/** It ends when asked. */
export const stop: ContainerCheck = {
  id: 'R21-stop',
  title: 'The server ends when it is asked to',
  severity: 'warn',
  level: 'service',
  last: true,
  description:
    'A stop sends SIGTERM to the first process. A script that started the server without exec keeps the signal to itself: the engine waits, then kills, ' +
    'requests are cut off, and the exit code is 137.',
  run: async (bench) => {
    const { container } = await service(bench);
    const before = await inspectContainer(bench.session.engine, container);
    if (before?.running !== true)
      return { kind: 'cannot', why: 'the server ended before it was asked to: see H06-healthy' };
    const milliseconds = await stopContainer(bench.session, container, STOP_SECONDS);
    const after = await inspectContainer(bench.session.engine, container);
    if (after?.exitCode !== 137) return { kind: 'holds' };
    return answerOf([
      {
        message: 'the server does not end when it is asked to',
        expected: `an end within ${STOP_SECONDS} s of SIGTERM`,
        seen: `killed after ${Math.round(milliseconds / 1000)} s, exit code 137`,
        ...dockerfileLine(bench, 'ENTRYPOINT'),
        failureMode: 'FM-40',
        next: 'start the server with exec, as the last line of the script',
        byHand: `${bench.session.engine.program} stop CONTAINER`,
      },
    ]);
  },
};
