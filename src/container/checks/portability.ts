import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { enter, startEnvironment, whyNoLogin } from '../enter.ts';
import { startLine } from '../source-lines.ts';

const OTHER_UID = '4242:0';
/** Without these options an engine gives the folder to root. */
const OWN_HOME = `${BASE_CONTRACT.home}:uid=${BASE_CONTRACT.uid},gid=${BASE_CONTRACT.gid},mode=0700`;

/** The login is set up under another uid and on a read-only root as well. */
export const portability: ContainerCheck = {
  id: 'R20-portability',
  title: 'The start works under another uid, and on a read-only root',
  severity: 'info',
  level: 'run',
  description:
    'Some platforms give every container a uid of their own, others a root that cannot be written. With a home that is writable (HOME, and memory-backed ' +
    'folders for /tmp and the home) the start script has to set up the login in both. Without HOME another uid cannot work: the base then writes to /. ' +
    'What the server itself writes later is not part of this.',
  run: async (bench) => {
    const why = await whyNoLogin(bench);
    if (why !== null) return { kind: 'cannot', why };
    const env = startEnvironment(bench);
    const [other, readOnly] = await Promise.all([
      enter(bench, { role: 'other-uid', env: { ...env, HOME: '/tmp' }, user: OTHER_UID, tmpfs: ['/tmp'] }),
      enter(bench, { role: 'read-only', env, readOnlyRoot: true, tmpfs: ['/tmp', OWN_HOME] }),
    ]);
    return answerOf([
      ...told(bench, other, `under uid ${OTHER_UID}`, { user: OTHER_UID, tmpfs: ['/tmp'] }),
      ...told(bench, readOnly, 'on a read-only root', { readOnlyRoot: true, tmpfs: ['/tmp', OWN_HOME] }),
    ]);
  },
};

function told(
  bench: Bench,
  seen: Awaited<ReturnType<typeof enter>>,
  how: string,
  spec: Pick<Parameters<typeof byHand>[1], 'user' | 'tmpfs' | 'readOnlyRoot'>,
): readonly ContainerFinding[] {
  if (seen.kind === 'looked') return [];
  const names = Object.keys(startEnvironment(bench));
  return [
    {
      message: `the container does not start ${how}`,
      expected: 'a start, where the home can be written',
      seen: [seen.kind === 'ended' ? `exit code ${seen.exitCode}` : 'no server', excerpt(bench, seen.output, 3)].join(
        '\n',
      ),
      subject: how,
      ...startLine(bench),
      failureMode: 'FM-25',
      byHand: byHand(bench, {
        ...spec,
        command: ['true'],
        env: [...names, ...(spec.user === undefined ? [] : ['HOME'])],
      }),
    },
  ];
}
