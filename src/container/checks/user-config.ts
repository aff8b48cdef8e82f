import { BASE_CONTRACT, userAgrees } from '../base-contract.ts';
import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

/** The image says that it runs as claude. */
export const userConfig: ContainerCheck = {
  id: 'I03-user',
  title: 'The image says that it runs as claude',
  severity: 'blocker',
  level: 'image',
  securitySeverity: 6,
  description:
    'The login, the home folder and the owner of every copied file are those of claude. An image whose last user is root, or anybody else, starts ' +
    'the server with rights it must not have, or without the files it needs.',
  run: async (bench) => {
    const { user } = bench.image.facts;
    if (userAgrees(user)) return { kind: 'holds' };
    return answerOf([
      {
        message: `the image runs as ${user === '' ? 'root' : user}`,
        expected: `${BASE_CONTRACT.user} (${BASE_CONTRACT.uid}:${BASE_CONTRACT.gid})`,
        seen: user === '' ? 'no user set: root' : user,
        ...dockerfileLine(bench, 'USER'),
        next: `USER ${BASE_CONTRACT.user} after the last step that needs root`,
        byHand: `${bench.session.engine.program} image inspect --format '{{.Config.User}}' ${bench.image.name}`,
      },
    ]);
  },
};
