import { authMount } from '../auth-volume.ts';
import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand, dockerfileLine, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { createVolume } from '../engine.ts';
import type { Look } from '../enter/program.ts';
import { enter, startEnvironment, whyNoLogin } from '../enter.ts';

/** A new volume in the place of the login belongs to claude and takes the login. */
export const volumeFresh: ContainerCheck = {
  id: 'R16-volume-fresh',
  title: 'A new volume in the place of the login belongs to claude',
  severity: 'error',
  level: 'run',
  description:
    'A new volume takes over the owner of the folder that it is mounted on. Where the image has no such folder, or one of root, the volume is of root, ' +
    'and the first start ends with "Permission denied".',
  run: async (bench) => {
    const why = await whyNoLogin(bench);
    if (why !== null) return { kind: 'cannot', why };
    const mounts = [authMount(await createVolume(bench.session, 'fresh'))];
    const seen = await enter(bench, { role: 'fresh', env: startEnvironment(bench), mounts });
    const common = {
      expected: `the volume belongs to uid ${BASE_CONTRACT.uid}, who can write it`,
      ...dockerfileLine(bench, 'USER'),
      failureMode: 'FM-10',
      next: `make the folder in the image: RUN mkdir -p ${BASE_CONTRACT.authFolder}, as ${BASE_CONTRACT.user}`,
      byHand: byHand(bench, {
        command: ['ls', '-lan', BASE_CONTRACT.authFolder],
        mounts: [authMount('a-new-volume')],
        env: Object.keys(startEnvironment(bench)),
      }),
    };
    if (seen.kind !== 'looked') {
      const message = 'the container does not start with a new volume';
      return answerOf([{ ...common, message, seen: excerpt(bench, seen.output, 3) }]);
    }
    const { login } = seen.look;
    if (login === undefined) return { kind: 'cannot', why: 'Python ended before the volume could be read' };
    return answerOf(judge(bench, login).map((one) => ({ ...common, ...one })));
  },
};

function judge(
  bench: Bench,
  { folder, credentials }: NonNullable<Look['login']>,
): readonly Pick<ContainerFinding, 'message' | 'seen'>[] {
  if (folder === null) return [{ message: 'the home of the login is another folder', seen: 'no ~/.claude' }];
  if (folder.uid !== BASE_CONTRACT.uid || !folder.writable) {
    const seen = `uid ${folder.uid}, ${folder.writable ? 'writable' : 'not writable'}`;
    return [{ message: 'a new volume does not belong to claude', seen }];
  }
  // That a start writes no login at all, with a volume or without, is R12's to tell.
  const lost = credentials !== null && !(credentials.text ?? '').includes(bench.token);
  return lost ? [{ message: 'the login in a new volume is not the one of the token', seen: 'another login' }] : [];
}
