import { byHand } from '../bench.ts';
import { composeLine } from '../compose-model.ts';
import { stack, stackFile } from '../compose-stack.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

/** The stack comes up with the image that was built, and with nothing else. */
export const composeUp: ContainerCheck = {
  id: 'C03-up',
  title: 'The stack comes up with the image that was built',
  severity: 'error',
  level: 'service',
  reads: 'stack',
  description:
    'Compose starts the provider and what it waits for, in its order, under a project of its own: from the image of this run by its id, never from ' +
    'the image: that the file names, with nothing published and no volume of the user. A service whose image is not in the engine is not fetched: the ' +
    'check then could not run. Without --database compose the database and its address are left out.',
  run: async (bench) => {
    const outcome = await stack(bench);
    if (outcome.kind === 'not-applicable' || outcome.kind === 'cannot') return outcome;
    const { set, provider } = outcome;
    const place = { subject: `${stackFile(set)} ${provider}`, byHand: byHand(bench, { network: 'bridge' }) };
    if (outcome.kind === 'down') {
      return answerOf([
        {
          message: `the stack of ${stackFile(set)} does not come up`,
          expected: 'every service that is needed healthy, or started where it has no health check',
          seen: outcome.said,
          ...place,
          ...composeLine(set, provider, 'depends_on'),
        },
      ]);
    }
    if (outcome.imageId === bench.image.facts.id) return { kind: 'holds' };
    return answerOf([
      {
        message: 'the stack ran another image than the one that was built',
        expected: bench.image.facts.id,
        seen: outcome.imageId,
        failureMode: 'FM-35',
        ...place,
        ...composeLine(set, provider, 'image'),
      },
    ]);
  },
};
