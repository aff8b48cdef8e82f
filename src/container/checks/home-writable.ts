import { BASE_CONTRACT } from '../base-contract.ts';
import { byHand, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { folders } from '../folders.ts';

/** The home folder is writable by claude. */
export const homeWritable: ContainerCheck = {
  id: 'R03-home-writable',
  title: 'The user claude can write its home, .claude and .cache',
  severity: 'error',
  level: 'run',
  description:
    'At every start the base writes the login into ~/.claude and the first-run mark beside it, and ends the container when it cannot. Prisma and ' +
    'others keep what they fetch in ~/.cache. A step that ran as root with this home leaves folders there that claude cannot write.',
  run: async (bench) => {
    const { home } = await folders(bench);
    return answerOf(
      home.flatMap(({ path, writable, closed }) => {
        const shut = writable ? closed : [path];
        if (shut.length === 0) return [];
        return [
          {
            message: `${BASE_CONTRACT.user} cannot write ${shut.join(', ')}`,
            expected: `${path} belongs to ${BASE_CONTRACT.user}`,
            seen: 'no file can be made in it',
            subject: path,
            ...dockerfileLine(bench, 'USER'),
            next: `RUN chown -R ${BASE_CONTRACT.user}:${BASE_CONTRACT.user} ${path} after the step that ran as root`,
            byHand: byHand(bench, { entrypoint: 'touch', user: BASE_CONTRACT.user, command: [`${shut[0]}/x`] }),
          },
        ];
      }),
    );
  },
};
