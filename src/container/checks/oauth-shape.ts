import { z } from 'zod';
import { type Bench, byHand } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { entered, whyNotEntered } from '../enter.ts';
import { importsOfCode, loaded } from '../load.ts';
import { imageVersions } from '../versions.ts';

/** From this version on a stored login counts only with the scope of an inference token. */
const DEMANDING: readonly number[] = [2, 1, 81];
const SCOPE = 'user:inference';
const shape = z.object({ claudeAiOauth: z.object({ expiresAt: z.unknown(), scopes: z.array(z.string()).catch([]) }) });

/** The claude command of the image would accept the login that the base writes. */
export const oauthShape: ContainerCheck = {
  id: 'R13-oauth-shape',
  title: 'The claude command accepts the login that the base writes',
  severity: 'warn',
  level: 'run',
  reads: 'loaded',
  description:
    'The base writes the token with the scopes read and write and a date as text; from 2.1.81 on the claude command takes a stored login only with the scope ' +
    'user:inference and a number of milliseconds. Then nobody is logged in by the volume alone: the token has to be in the environment at every ' +
    'start. The cause lies in the base, so this is a warning.',
  run: async (bench) => {
    const why = await whyNotEntered(bench);
    const first = await entered(bench);
    if (why !== null || first.kind !== 'looked') return { kind: 'cannot', why: why ?? '' };
    const text = first.look.login?.credentials?.text ?? null;
    if (text === null) return { kind: 'not-applicable', why: 'the start writes no login: R12 tells' };
    const version = await commandVersion(bench);
    if (version === null) return { kind: 'cannot', why: 'the claude command tells no version' };
    const wrong = judgeShape(text, version);
    if (wrong === null) return { kind: 'holds' };
    return answerOf([
      {
        message: `claude ${version} does not take the login that the base writes`,
        expected: `scopes with ${SCOPE}, and expiresAt as a number`,
        seen: wrong,
        path: bench.judged.path,
        line: bench.judged.stage.base.line,
        failureMode: 'FM-21',
        next: 'nothing in this checkout: keep CLAUDE_CODE_OAUTH_TOKEN in the environment at every start',
        byHand: byHand(bench, { command: ['claude', 'auth', 'status'], env: ['CLAUDE_CODE_OAUTH_TOKEN'] }),
      },
    ]);
  },
};

/** Which version the server runs: that of the SDK where it brings one. */
async function commandVersion(bench: Bench): Promise<string | null> {
  const look = await loaded(bench);
  const used = new Set((await importsOfCode(bench)).map(({ module }) => module.split('.')[0]));
  const own = look?.cli?.find(({ sdk, onPath }) => used.has(sdk) && !onPath);
  const told = own === undefined || own.version === '' ? (await imageVersions(bench)).cli : own.version;
  return /\d+\.\d+\.\d+/.exec(told ?? '')?.[0] ?? null;
}

/** What such a command would miss in a login file, or null. */
export function judgeShape(text: string, version: string): string | null {
  const numbers = version.split('.').map(Number);
  const at = DEMANDING.findIndex((part, index) => (numbers[index] ?? 0) !== part);
  if (at !== -1 && (numbers[at] ?? 0) < (DEMANDING[at] as number)) return null;
  let login: z.infer<typeof shape>['claudeAiOauth'];
  try {
    login = shape.parse(JSON.parse(text)).claudeAiOauth;
  } catch {
    return 'no login in JSON';
  }
  const missing = [
    ...(login.scopes.includes(SCOPE) ? [] : [`scopes ${login.scopes.join(', ') || 'none'}`]),
    ...(typeof login.expiresAt === 'number' ? [] : ['expiresAt as text']),
  ];
  return missing.length === 0 ? null : missing.join('; ');
}
