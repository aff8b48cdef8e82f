import { NEW_LOGIN } from '../../checks/project/compose-evidence.ts';
import { composeLine } from '../compose-model.ts';
import { stack } from '../compose-stack.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

/** The login outlives the container. */
export const composeRecreate: ContainerCheck = {
  id: 'C04-recreate',
  title: 'The login volume is still of use after the container is made anew',
  severity: 'warn',
  level: 'service',
  reads: 'stack',
  description:
    'An update makes the container anew and keeps the volume. What the first container wrote is there for the second, which can write it, and the ' +
    'service becomes healthy again.',
  run: async (bench) => {
    const outcome = await stack(bench);
    if (outcome.kind === 'not-applicable' || outcome.kind === 'cannot') return outcome;
    if (outcome.kind === 'down') return { kind: 'cannot', why: 'the stack does not come up (C03)' };
    const { recreated, set, provider } = outcome;
    if (recreated === null) return { kind: 'not-applicable', why: `no volume is mounted at ${NEW_LOGIN}` };
    if (recreated.healthy && recreated.kept) return { kind: 'holds' };
    return answerOf([
      {
        message: recreated.kept
          ? 'the new container does not become healthy'
          : 'the login does not outlive its container',
        expected: `healthy, with what the first container wrote in ${NEW_LOGIN}`,
        seen: recreated.seen,
        subject: provider,
        ...composeLine(set, provider, 'volumes', NEW_LOGIN),
        byHand: `${bench.session.engine.program} compose up --detach --force-recreate ${provider}`,
      },
    ]);
  },
};
