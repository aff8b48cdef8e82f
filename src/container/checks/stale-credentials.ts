import { z } from 'zod';
import { authMount, staleLogin } from '../auth-volume.ts';
import { type Bench, byHand, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { runToEnd } from '../engine.ts';
import { type Entered, enter, entered, startEnvironment, whyNoLogin } from '../enter.ts';
import { startLine } from '../source-lines.ts';
import { imageVersions } from '../versions.ts';

const statusShape = z.object({ loggedIn: z.boolean() });

/** A fresh token takes the place of an old login in the volume. */
export const staleCredentials: ContainerCheck = {
  id: 'R18-stale-credentials',
  title: 'A fresh token takes the place of an old login',
  severity: 'warn',
  level: 'run',
  description:
    'Releases of the claude command differ in what they take first, a stored login or the token of the environment. With an expired login in the volume and a ' +
    'fresh token in the environment the start has to put the fresh one into the file. Where the command can tell its status, it must not say that ' +
    'nobody is logged in; that it says somebody is proves nothing, and is not taken as proof.',
  run: async (bench) => {
    const why = await whyNoLogin(bench);
    if (why !== null) return { kind: 'cannot', why };
    const { volume, token } = await staleLogin(bench);
    const seen = await enter(bench, { role: 'stale-start', env: startEnvironment(bench), mounts: [authMount(volume)] });
    const file = judgeFile(bench, seen, token);
    return answerOf(file.length > 0 ? file : await judgeStatus(bench, volume));
  },
};

function finding(bench: Bench, message: string, expected: string, seen: string): ContainerFinding {
  return {
    message,
    expected,
    seen,
    ...startLine(bench),
    failureMode: 'FM-22',
    next: 'let the start write the login from the token each time, as the base does',
    byHand: byHand(bench, {
      command: ['cat', '.credentials.json'],
      mounts: [authMount('a-volume-with-an-old-login')],
      env: Object.keys(startEnvironment(bench)),
    }),
  };
}

function judgeFile(bench: Bench, seen: Entered, old: string): readonly ContainerFinding[] {
  if (seen.kind !== 'looked') {
    const message = 'the container does not start with an old login in the volume';
    return [finding(bench, message, 'a start', excerpt(bench, seen.output, 3))];
  }
  const text = seen.look.login?.credentials?.text ?? '';
  if (!text.includes(old)) return [];
  return [
    finding(
      bench,
      'the old login stays in the volume beside a fresh token',
      'the fresh token in the file',
      'the old one',
    ),
  ];
}

/** Only a command that has this question is asked, and only its no is heard. */
async function judgeStatus(bench: Bench, volume: string): Promise<readonly ContainerFinding[]> {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)\./.exec((await imageVersions(bench)).cli ?? '') ?? [];
  const first = await entered(bench);
  const asks = Number(major) * 1000 + Number(minor) >= 2001;
  if (!asks || first.kind !== 'looked' || first.how !== 'as-command') return [];
  const ended = await runToEnd(bench.session, {
    image: bench.image.facts.id,
    role: 'status',
    command: ['claude', 'auth', 'status', '--json'],
    env: { ...startEnvironment(bench), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    mounts: [authMount(volume)],
    extra: ['--no-healthcheck'],
  });
  const json = /\{[\s\S]*\}/.exec(ended.stdout)?.[0];
  const status = json === undefined ? null : statusShape.safeParse(parse(json));
  if (status?.success !== true || status.data.loggedIn) return [];
  const message = 'the claude command says that nobody is logged in, with a fresh token in the environment';
  return [finding(bench, message, 'loggedIn: true', 'loggedIn: false')];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
