import { BASE_CONTRACT } from '../base-contract.ts';
import { byHand, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { inToolbox } from '../toolbox.ts';

/** A process of the image does not run as root. */
export const uid: ContainerCheck = {
  id: 'R01-uid',
  title: 'A process of the image does not run as root',
  severity: 'blocker',
  level: 'run',
  securitySeverity: 6,
  description:
    'A name in the settings of an image is a promise; the number that a process gets is the fact. It has to be that of claude, who owns the login ' +
    'and the copied files.',
  run: async (bench) => {
    const expected = String(BASE_CONTRACT.uid);
    const ended = await inToolbox(bench, ['id', '-u']);
    const seen = ended.stdout.trim();
    if (ended.kind !== 'exited' || ended.exitCode !== 0) {
      return { kind: 'cannot', why: `id -u did not answer: ${bench.safe(ended.stderr).trim()}` };
    }
    if (seen === expected) return { kind: 'holds' };
    return answerOf([
      {
        message: seen === '0' ? 'a process of the image runs as root' : `a process of the image runs as uid ${seen}`,
        expected: `uid ${expected}`,
        seen: `uid ${seen}`,
        ...dockerfileLine(bench, 'USER'),
        next: `USER ${BASE_CONTRACT.user} after the last step that needs root`,
        byHand: byHand(bench, { entrypoint: 'id', command: ['-u'] }),
      },
    ]);
  },
};
