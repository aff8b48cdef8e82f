import { z } from 'zod';
import { nameOfCommand, unfold, withoutWrappers } from '../../checks/project/start.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import { type Bench, byHand, dockerfileLine, excerpt } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding, type SourceLine } from '../define.ts';
import { runToEnd } from '../engine.ts';
import { masterKeyName, startEnvironment } from '../enter.ts';
import { SERVICE_PORT } from '../service.ts';
import { HEALTH_PROGRAM } from './health-program/program.ts';

interface Probe {
  /** `CMD` and words, or `CMD-SHELL` and one text, as an image has it. */
  readonly test: readonly string[];
  readonly at: SourceLine;
  /** Seconds. */
  readonly timeout: number;
}

const endShape = z.object({ exitCode: z.number().nullable(), output: z.string() });
const answerShape = z.array(
  z.object({
    missing: z.array(z.string()),
    idle: endShape,
    serving: endShape,
    asked: z.array(z.object({ method: z.string(), path: z.string(), status: z.number() })),
  }),
);
type Tried = z.infer<typeof answerShape>[number];

/** The health check tells a server from none. */
export const healthProgram: ContainerCheck = {
  id: 'R09-health-program',
  title: 'The health check succeeds where the server answers and fails where nothing does',
  severity: 'error',
  level: 'run',
  description:
    'The whole command is run twice as the engine would run it, in a container without a server: with nothing listening it has to fail, and with a stand-in ' +
    'that answers as LiteLLM does (liveliness and readiness without a key, 401 on /health, 405 on HEAD) it has to succeed. A command that always ' +
    'succeeds hides a dead server; one whose program is not in the image is never healthy.',
  run: async (bench) => {
    const probes = probesOf(bench);
    if (probes.length === 0) return { kind: 'not-applicable', why: 'the image has no health check: I07 tells' };
    const request = probes.map(({ test, timeout }) => ({ test, timeout, programs: programsOf(test) }));
    const seconds = probes.reduce((sum, { timeout }) => sum + 2 * (timeout + 5), 60);
    const ended = await runToEnd(
      bench.session,
      {
        image: bench.image.facts.id,
        role: 'health',
        entrypoint: 'python',
        command: [
          '-c',
          HEALTH_PROGRAM,
          JSON.stringify({ probes: request, port: SERVICE_PORT, keyName: masterKeyName(bench) }),
        ],
        env: startEnvironment(bench),
        extra: ['--no-healthcheck'],
      },
      { timeout: seconds * 1000 },
    );
    if (ended.kind !== 'exited' || ended.exitCode !== 0) {
      return { kind: 'cannot', why: `python did not run the health check: ${excerpt(bench, ended.stderr, 2)}` };
    }
    const tried = answerShape.parse(JSON.parse(ended.stdout));
    return answerOf(probes.flatMap((probe, at) => judgeProbe(bench, probe, tried[at] as Tried)));
  },
};

/** The image's own, and those that a loaded compose file puts in its place. */
function probesOf(bench: Bench): readonly Probe[] {
  const { healthcheck } = bench.image.facts;
  const own =
    healthcheck === null || healthcheck.test[0] === 'NONE' || healthcheck.test.length < 2
      ? []
      : [{ test: healthcheck.test, at: dockerfileLine(bench, 'HEALTHCHECK'), timeout: 30 }];
  const composed = bench.project.composeFiles
    .filter(({ loaded }) => loaded !== 'other')
    .flatMap(({ path, providerServices }) =>
      providerServices.flatMap(({ healthcheck: one }): readonly Probe[] => {
        if (one === null || one.disabled || one.test === null) return [];
        const { words, line } = one.test;
        const test = typeof words === 'string' ? ['CMD-SHELL', words] : words;
        const at = { path, line };
        // Compose reads $$ as $.
        return test.length < 2 ? [] : [{ test: test.map((word) => word.replaceAll('$$', '$')), at, timeout: 30 }];
      }),
    );
  return [...own, ...composed];
}

/** The programs that the command names, in order. */
function programsOf([kind, ...words]: readonly string[]): readonly string[] {
  const commands =
    kind === 'CMD-SHELL'
      ? splitCommands(words[0] ?? '').map((command) => command.words.map(({ value }) => value))
      : [unfold(words)];
  const names = commands.map((command) => withoutWrappers(command)[0] ?? '');
  return [...new Set(names.filter((name) => /^[\w./+-]+$/.test(name)))];
}

/** What one command did in the two cases; empty when it told them apart. */
export function judgeProbe(bench: Bench, { test, at }: Probe, tried: Tried): readonly ContainerFinding[] {
  const { missing, idle, serving, asked } = tried;
  const [kind, ...words] = test;
  const common = {
    ...at,
    subject: `${at.path} health check`,
    byHand: byHand(bench, {
      entrypoint: kind === 'CMD-SHELL' ? 'sh' : (words[0] ?? ''),
      command: kind === 'CMD-SHELL' ? ['-c', words[0] ?? ''] : words.slice(1),
    }),
  };
  const [gone] = missing;
  if (serving.exitCode !== 0 && gone !== undefined) {
    const expected = 'a program that is in the image: python';
    const seen = `${nameOfCommand([gone])}: not found`;
    return [
      {
        ...common,
        message: `the health check calls ${gone}, which is not in the image`,
        expected,
        seen,
        failureMode: 'FM-01',
      },
    ];
  }
  const findings: ContainerFinding[] = [];
  const told = ({ exitCode, output }: Tried['idle']) =>
    [exitCode === null ? 'it did not end in time' : `exit code ${exitCode}`, excerpt(bench, output, 3)]
      .filter(Boolean)
      .join('\n');
  if (serving.exitCode !== 0) {
    const requests = asked.map(({ method, path, status }) => `${method} ${path} → ${status}`);
    const costly = asked.some(({ path }) => /^\/health\/?(?:\?|$)/.test(path));
    findings.push({
      ...common,
      message: 'the health check fails although a server answers',
      expected: `exit code 0 with a server on port ${SERVICE_PORT}`,
      seen: [told(serving), ...(requests.length === 0 ? ['it asked nothing on that port'] : requests)].join('\n'),
      ...(costly ? { failureMode: 'FM-02' } : {}),
      next: 'ask GET /health/liveliness on the port of the server',
    });
  }
  if (idle.exitCode === 0) {
    findings.push({
      ...common,
      message: 'the health check succeeds although nothing listens',
      expected: 'an exit code other than 0',
      seen: told(idle),
      next: 'let the command end with the result of its request',
    });
  }
  return findings;
}
