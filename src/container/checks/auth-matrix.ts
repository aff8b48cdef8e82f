import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import type { HttpAnswer } from '../probe.ts';
import { askService, firstAnswer, NO_SERVER } from '../service.ts';
import { curl, tellAnswer } from '../tell-answer.ts';

/** Who is let in. */
export const authMatrix: ContainerCheck = {
  id: 'H04-auth-matrix',
  title: 'Nobody is let in without the master key',
  severity: 'blocker',
  level: 'service',
  securitySeverity: 9,
  description:
    'Asked for its models three times: without a key and with a wrong one the server refuses, with the right one it answers. Whoever gets in speaks to ' +
    'Claude on the account of the owner.',
  run: async (bench) => {
    if ((await firstAnswer(bench)) === null) return NO_SERVER;
    const get = (key?: string) =>
      askService(bench, '/v1/models', { ...(key === undefined ? {} : { key }), timeout: 30 });
    const [none, wrong, right] = await Promise.all([get(), get('sk-refit-some-other-key'), get(bench.masterKey)]);
    const refused = (answer: HttpAnswer) => answer.kind === 'answered' && answer.status >= 400 && answer.status < 500;
    const findings: ContainerFinding[] = [];
    const add = (message: string, expected: string, answer: HttpAnswer, byHand: string): void => {
      findings.push({
        message,
        expected,
        seen: tellAnswer(bench, answer),
        ...dockerfileLine(bench, 'ENTRYPOINT'),
        byHand,
      });
    };
    if (!refused(none)) add('the server answers without a key', '401 or another refusal', none, curl('/v1/models'));
    if (!refused(wrong))
      add('the server answers with a wrong key', '400, 401 or another refusal', wrong, curl('/v1/models', 'sk-wrong'));
    if (right.kind !== 'answered' || right.status !== 200)
      add('the server refuses its own master key', '200', right, curl('/v1/models', '$LITELLM_MASTER_KEY'));
    return answerOf(findings.map((finding) => ({ ...finding, failureMode: 'FM-33' })));
  },
};
