import { BASE_CONTRACT } from '../base-contract.ts';
import { byHand, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { enter, masterKeyName, startEnvironment, whyNotEntered } from '../enter.ts';
import { startLine } from '../source-lines.ts';

/** Without a token the container starts and writes no login. */
export const noToken: ContainerCheck = {
  id: 'R14-no-token',
  title: 'Without a token the container starts and writes no login',
  severity: 'warn',
  level: 'run',
  description:
    'A token may come later, from a volume that holds a login or from another way to authenticate. A start script that needs one keeps the container from ' +
    'coming up; one that writes an empty login hides the real one.',
  run: async (bench) => {
    const why = await whyNotEntered(bench);
    if (why !== null) return { kind: 'cannot', why };
    const name = masterKeyName(bench);
    const { CLAUDE_CODE_OAUTH_TOKEN: _token, ...env } = startEnvironment(bench);
    const seen = await enter(bench, { role: 'no-token', env });
    const common = {
      ...startLine(bench),
      byHand: byHand(bench, { command: ['ls', '-la', BASE_CONTRACT.authFolder], env: [name] }),
    };
    if (seen.kind !== 'looked') {
      const told = [seen.kind === 'ended' ? `exit code ${seen.exitCode}` : 'no server', excerpt(bench, seen.output, 3)];
      return answerOf([
        {
          ...common,
          message: 'the container does not start without a token',
          expected: 'a start',
          seen: told.join('\n'),
        },
      ]);
    }
    const { login } = seen.look;
    if (login === undefined) return { kind: 'cannot', why: 'Python ended before the login could be read' };
    if (login.credentials === null) return { kind: 'holds' };
    const told = `a file of ${login.credentials.text?.length ?? 0} characters`;
    return answerOf([
      {
        ...common,
        message: 'a login is written although there is no token',
        expected: 'no .credentials.json',
        seen: told,
      },
    ]);
  },
};
