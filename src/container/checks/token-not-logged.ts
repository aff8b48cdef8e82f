import { dockerfileLine } from '../bench.ts';
import { chat } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { containerLog } from '../engine.ts';
import { service } from '../service.ts';

/** No secret in the log. */
export const tokenNotLogged: ContainerCheck = {
  id: 'R15-token-not-logged',
  title: 'Neither the token nor the master key is in the log',
  severity: 'error',
  level: 'service',
  securitySeverity: 7,
  last: true,
  description:
    'Logs are kept, shipped and pasted. Looked for are the token and the master key of this run, which are random, in all that the container wrote ' +
    'from its start, through a chat and an error, to its end.',
  run: async (bench) => {
    const { container, startError } = await service(bench);
    if (startError !== null) return { kind: 'cannot', why: 'the server was never started: see H06-healthy' };
    await chat(bench);
    const { stdout, stderr } = await containerLog(bench.session.engine, container);
    const lines = `${stdout}\n${stderr}`.split('\n');
    const leaks = [
      { what: 'the token', secret: bench.token },
      { what: 'the master key', secret: bench.masterKey },
    ].filter(({ secret }) => lines.some((line) => line.includes(secret)));
    return answerOf(
      leaks.map(({ what, secret }) => ({
        message: `${what} is in the log of the container`,
        expected: 'no secret in the log',
        seen: bench.safe(lines.find((line) => line.includes(secret)) ?? '').slice(0, 300),
        ...dockerfileLine(bench, 'ENTRYPOINT'),
        next: 'take out what prints it; the start script is the first place to look',
        byHand: `${bench.session.engine.program} logs CONTAINER 2>&1 | grep -c sk-`,
      })),
    );
  },
};
