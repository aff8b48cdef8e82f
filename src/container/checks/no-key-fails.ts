import { type Bench, byHand, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { type ContainerEnd, runToEnd } from '../engine.ts';
import { masterKeyName, whyNotEntered } from '../enter.ts';
import { serviceSettings } from '../service-settings.ts';
import { startLine } from '../source-lines.ts';

/** A guard refuses within a second; a server that comes up is stopped after this. */
const LIMIT_MS = 30_000;
const WRONG_KEY = 'a-key-of-the-wrong-shape';

/** Without a proper master key the container ends, and says so. */
export const noKeyFails: ContainerCheck = {
  id: 'R10-no-key-fails',
  title: 'Without a proper master key the container ends with a clear message',
  severity: 'error',
  level: 'run',
  securitySeverity: 8,
  description:
    'The master key is all that stands between the network and a Claude login. Most releases of LiteLLM start without one, and with one that does not begin with ' +
    'sk- they start and refuse every request. So the container is started without a key and with a key of the wrong shape, and has to end by itself, with a ' +
    'message that names the variable and does not show its value.',
  run: async (bench) => {
    const name = masterKeyName(bench);
    const token = { CLAUDE_CODE_OAUTH_TOKEN: bench.token };
    const [without, wrong] = await Promise.all([
      startWith(bench, token),
      startWith(bench, { ...token, [name]: WRONG_KEY }),
    ]);
    const findings = [
      ...judgeRefusal(bench, without, name, `without ${name}`, 'is not set'),
      ...judgeRefusal(bench, wrong, name, `with a ${name} that does not start with sk-`, 'must start with sk-'),
    ];
    // Where nothing starts at all there was nobody to refuse.
    const why = findings.length === 0 ? null : await whyNotEntered(bench);
    return why === null ? answerOf(findings) : { kind: 'cannot', why };
  },
};

function startWith(bench: Bench, env: Readonly<Record<string, string>>): Promise<ContainerEnd> {
  const settings = serviceSettings(bench.project);
  const spec = {
    image: bench.image.facts.id,
    role: 'no-key',
    env: { ...settings.env, ...env },
    ...(settings.command !== undefined && { command: settings.command }),
    extra: ['--no-healthcheck'],
  };
  return runToEnd(bench.session, spec, { timeout: LIMIT_MS });
}

/** Judges one start that must be refused. */
export function judgeRefusal(
  bench: Bench,
  ended: ContainerEnd,
  name: string,
  how: string,
  why: string,
): readonly ContainerFinding[] {
  const output = `${ended.stdout}\n${ended.stderr}`;
  const finding = (message: string, seen: string): ContainerFinding => ({
    message,
    expected: `an exit code other than 0 and a message about ${name}`,
    seen,
    subject: how,
    ...startLine(bench),
    failureMode: 'FM-33',
    next: `let the start script end with a message when ${name} ${why}`,
    byHand: byHand(bench, { env: ['CLAUDE_CODE_OAUTH_TOKEN'] }),
  });
  if (ended.kind === 'too-much-output')
    return [finding(`the container floods its log ${how}`, excerpt(bench, output, 1))];
  if (ended.kind !== 'exited')
    return [finding(`the container goes on ${how}`, `it still ran after ${LIMIT_MS / 1000} s`)];
  if (ended.exitCode === 0) return [finding(`the container ends as if all were well ${how}`, 'exit code 0')];
  if (output.includes(WRONG_KEY))
    return [finding(`the container writes the key into its log ${how}`, 'the value of the key')];
  if (/master.?key/i.test(output)) return [];
  const seen = [`exit code ${ended.exitCode}`, excerpt(bench, output, 4)].join('\n');
  return [finding(`the container ends ${how}, and does not say why`, seen)];
}
