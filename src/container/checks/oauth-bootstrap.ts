import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand, dockerfileLine, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import type { Look } from '../enter/program.ts';
import { type Entered, entered, startEnvironment } from '../enter.ts';
import { readImagePath } from '../image-files.ts';
import { startCopyLine } from '../source-lines.ts';

type Login = NonNullable<Look['login']>;

/** The start of the container turns the token into a login. */
export const oauthBootstrap: ContainerCheck = {
  id: 'R12-oauth-bootstrap',
  title: 'The start turns the token into a login of claude',
  severity: 'error',
  level: 'run',
  description:
    'The start script of the base writes the token into ~/.claude/.credentials.json, readable by claude alone, and marks the first run as done. A ' +
    'new ENTRYPOINT that does not run it starts a server without a login; one that runs it twice, or as root, leaves files in the wrong hands. The ' +
    'container is started with a random token and what it wrote is read.',
  run: async (bench) => {
    const first = await entered(bench);
    if (first.kind !== 'looked') return answerOf([await notStarted(bench, first)]);
    const { login, process } = first.look;
    if (process !== undefined && process.uid !== BASE_CONTRACT.uid) {
      return { kind: 'cannot', why: `the container does not run as ${BASE_CONTRACT.user}: R01 tells` };
    }
    if (login === undefined) return { kind: 'cannot', why: 'Python ended before the login could be read' };
    const wrong = [...judgeLogin(login, bench.token), ...judgeChain(first.output)];
    return answerOf(
      wrong.map((one) => ({
        ...one,
        seen: bench.safe(one.seen),
        ...dockerfileLine(bench, 'ENTRYPOINT'),
        byHand: byHand(bench, {
          command: ['ls', '-la', BASE_CONTRACT.authFolder],
          env: Object.keys(startEnvironment(bench)),
        }),
      })),
    );
  },
};

/** What is wrong with the files of a login. */
export function judgeLogin({ credentials, settings }: Login, token: string): readonly ContainerFinding[] {
  const at = `${BASE_CONTRACT.authFolder}/.credentials.json`;
  if (credentials === null) {
    const next = `let the ENTRYPOINT run ${BASE_CONTRACT.entrypoint} once, before the server`;
    return [
      {
        message: 'the start writes no login',
        expected: `the token in ${at}`,
        seen: 'no such file',
        failureMode: 'FM-11',
        next,
      },
    ];
  }
  const findings: ContainerFinding[] = [];
  const owner = `uid ${BASE_CONTRACT.uid}, mode 600`;
  const seen = `uid ${credentials.uid}, mode ${credentials.mode.toString(8)}`;
  if (seen !== owner) findings.push({ message: 'the login is not readable by claude alone', expected: owner, seen });
  if (accessToken(credentials.text) !== token) {
    findings.push({
      message: 'the login does not hold the token that the container was given',
      expected: 'a JSON file with the token in claudeAiOauth.accessToken',
      seen: accessToken(credentials.text) === null ? 'no JSON, or no token in it' : 'another token',
      subject: 'token',
    });
  }
  if (flag(settings?.text ?? null) !== true) {
    findings.push({
      message: 'the first run is not marked as done',
      expected: 'hasCompletedOnboarding: true in ~/.claude.json',
      seen: settings === null ? 'no such file' : 'another value',
      subject: 'onboarding',
    });
  }
  return findings;
}

/** The base says this once each time that it sets up a login. */
export function judgeChain(output: string): readonly ContainerFinding[] {
  const times = output.split(BASE_CONTRACT.loginLine).length - 1;
  if (times < 2) return [];
  return [
    {
      message: 'the start script of the base runs more than once',
      expected: `"${BASE_CONTRACT.loginLine}" once`,
      seen: `${times} times`,
      subject: 'chain',
      failureMode: 'FM-11',
      next: `run ${BASE_CONTRACT.entrypoint} in one place only`,
    },
  ];
}

async function notStarted(bench: Bench, first: Exclude<Entered, { kind: 'looked' }>): Promise<ContainerFinding> {
  const common = {
    expected: 'a container that starts',
    byHand: byHand(bench, { command: ['true'], env: Object.keys(startEnvironment(bench)) }),
  };
  const tail = excerpt(bench, first.output, 4);
  const script = bench.image.facts.entrypoint?.[0];
  if (
    first.kind === 'ended' &&
    script?.startsWith('/') &&
    /permission denied|no such file|exec format/i.test(first.output)
  ) {
    const [file] = (await readImagePath(bench, script, { content: true })) ?? [];
    const why =
      file === undefined ? 'is not in the image' : whyNotRun(file.mode, file.content?.toString('latin1') ?? '');
    if (why !== null) {
      return {
        ...common,
        message: `the start script ${script} ${why}`,
        seen: tail,
        ...startCopyLine(bench),
        failureMode: 'FM-18',
      };
    }
  }
  const message =
    first.kind === 'idle' ? 'the container runs on without a server' : 'the container ends as soon as it starts';
  const seen = [first.kind === 'ended' ? `exit code ${first.exitCode}` : 'no process of a server', tail].join('\n');
  return { ...common, message, seen, ...dockerfileLine(bench, 'ENTRYPOINT') };
}

/** Why a kernel refuses to run a script, or null when that is not it. */
export function whyNotRun(mode: number, text: string): string | null {
  if ((mode & 0o111) !== 0o111) return 'is not executable';
  const [first = ''] = text.split('\n');
  if (first.startsWith('#!') && first.endsWith('\r')) return 'has Windows line endings';
  return first.startsWith('#!') || text.startsWith('\u007fELF') ? null : 'has no first line that names its shell';
}

function accessToken(text: string | null): string | null {
  const login = objectOf(objectOf(parse(text))?.['claudeAiOauth']);
  return typeof login?.['accessToken'] === 'string' ? login['accessToken'] : null;
}

const flag = (text: string | null): unknown => objectOf(parse(text))?.['hasCompletedOnboarding'];

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
}
