import { authMount, legacyVolume } from '../auth-volume.ts';
import { findRepair, type Repair } from '../auth-volume-repair.ts';
import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand, excerpt } from '../bench.ts';
import { answerOf, type ContainerAnswer, type ContainerCheck } from '../define.ts';
import { type ContainerEnd, runToEnd } from '../engine.ts';
import { type Entered, enter, startEnvironment, whyNoLogin } from '../enter.ts';
import { startLine } from '../source-lines.ts';

/** A volume that the old image wrote as root is refused with a command that mends it. */
export const volumeLegacy: ContainerCheck = {
  id: 'R17-volume-legacy',
  title: 'A volume of the old layout is refused with a command that mends it',
  severity: 'warn',
  level: 'run',
  description:
    'The image before the migration ran as root, and so is everything in its volume. Mounted again, claude cannot write the login and the container ends. A ' +
    'volume like that is made, the container is started with it, the command that it prints (or the README tells) is carried out on the volume, and the ' +
    'container is started again.',
  run: async (bench) => {
    const why = await whyNoLogin(bench);
    if (why !== null) return { kind: 'cannot', why };
    const volume = await legacyVolume(bench);
    const begin = (role: string) => enter(bench, { role, env: startEnvironment(bench), mounts: [authMount(volume)] });
    const refused = await begin('legacy-start');
    const output = refused.kind === 'looked' ? '' : refused.output;
    if (holdsToken(refused, bench.token)) return { kind: 'holds' };
    const told = findRepair(output) ?? findRepair(documentsOf(bench));
    const repair = told ?? {
      text: '',
      args: ['-R', `${BASE_CONTRACT.user}:${BASE_CONTRACT.user}`, BASE_CONTRACT.authFolder],
    };
    const mended = await carryOut(bench, repair, volume);
    const again = mended.kind === 'exited' && mended.exitCode === 0 ? await begin('mended-start') : null;
    const works = again !== null && holdsToken(again, bench.token);
    return judge(bench, refused, told, works, excerpt(bench, mended.stderr, 2));
  },
};

function judge(bench: Bench, refused: Entered, told: Repair | null, works: boolean, problem: string): ContainerAnswer {
  if (told !== null && works && refused.kind !== 'looked') return { kind: 'holds' };
  const command = `docker run --rm --user root --entrypoint chown -v VOLUME:${BASE_CONTRACT.authFolder} IMAGE -R ${BASE_CONTRACT.user}:${BASE_CONTRACT.user} ${BASE_CONTRACT.authFolder}`;
  const common = {
    ...startLine(bench),
    failureMode: 'FM-10',
    expected: 'the container ends and names the command that hands the volume over',
    byHand: byHand(bench, {
      command: ['true'],
      mounts: [authMount('the-old-volume')],
      env: Object.keys(startEnvironment(bench)),
    }),
    ...(works ? { next: `name the command; it was carried out and works: ${command}` } : {}),
  };
  if (refused.kind === 'looked') {
    const message = 'with a volume of the old layout the container starts without its login';
    return answerOf([{ ...common, message, seen: 'it starts, and the token is in no file' }]);
  }
  if (told === null) {
    const message = 'with a volume of the old layout the container ends, and nothing says how to mend it';
    return answerOf([{ ...common, message, seen: excerpt(bench, refused.output, 3) }]);
  }
  const seen = [bench.safe(told.text), problem].filter((line) => line !== '').join('\n');
  return answerOf([{ ...common, message: 'the command that is to mend a volume of the old layout does not', seen }]);
}

// Never the printed command itself: its arguments, for chown, on the volume that was made for it.
function carryOut(bench: Bench, { args }: Repair, volume: string): Promise<ContainerEnd> {
  return runToEnd(bench.session, {
    image: bench.image.facts.id,
    role: 'mend',
    user: '0:0',
    entrypoint: 'chown',
    command: args,
    mounts: [authMount(volume)],
    hardened: false,
  });
}

function holdsToken(seen: Entered, token: string): boolean {
  return seen.kind === 'looked' && (seen.look.login?.credentials?.text ?? '').includes(token);
}

function documentsOf({ tree }: Pick<Bench, 'tree'>): string {
  return tree
    .paths('*.md', 'docs/**/*.md')
    .map((path) => tree.tryReadText(path) ?? '')
    .join('\n');
}
