import type { RepoPath } from '../../base/repo-path.ts';
import { maskSecrets } from '../../base/secrets.ts';
import { type DockerfileHealthcheck, resolveImagePath } from '../../editors/dockerfile.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import { readShellScript } from '../project/shell-script.ts';
import { nameOfCommand, unfold, withoutWrappers } from '../project/start.ts';
import { followStart, type StartEvent } from '../project/start-events.ts';
import { dockerfileOnBase, type JudgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S11-healthcheck-static';
const GOOD = 'http://127.0.0.1:4000/health/liveliness';
/** Programs that health checks like to call and the base does not promise. */
const NOT_IN_BASE = new Set(['curl', 'wget', 'nc', 'netcat', 'ncat', 'http', 'httpie', 'jq', 'telnet', 'lynx']);

/** `/health…` of an address or alone, not as a part of another path (`/app/health.py`). */
const HEALTH_PATH = /(?:https?:\/\/[^\s'"/]+|:\d+|[\s'"`}]|^)(\/health(?:\/[\w-]+)*)(?![\w.-])/gm;

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

/** A probe as one of its two homes writes it. */
interface Probe {
  readonly path: RepoPath;
  readonly line: number;
  readonly words: readonly string[];
  readonly text: string;
  readonly shell: boolean;
  readonly startPeriod: string | null;
}

/** The health check asks the right question with a program that is there. */
export const healthcheckStatic = defineCheck<Input>({
  id: ID,
  title: 'The health check asks the right question with a program that is there',
  severity: 'error',
  description:
    'The base promises neither curl nor wget, so a probe that calls them is never healthy. /health needs a key and makes a paid call to every ' +
    'model each time; /health/liveliness and /health/readiness do not. LiteLLM answers HEAD with 405. Without a start period a slow first start ' +
    'counts as failed, and what depends on it never starts.',
  examples: {
    bad: 'HEALTHCHECK CMD curl -f http://localhost:4000/health || exit 1',
    good: `HEALTHCHECK --start-period=120s CMD ["python", "-c", "import urllib.request as u; u.urlopen('${GOOD}', timeout=8)"]`,
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = dockerfileOnBase(project);
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }, tree) => {
    const inCompose = composeProbes(project);
    const all = judged.stage.healthchecks;
    const last = all.at(-1);
    const findings: Finding[] = [];
    if (last === undefined || last.kind === 'none') {
      if (inCompose.length === 0) findings.push(missing(judged, last));
    } else {
      if (all.length > 1) findings.push(severalOf(judged, all));
      const probe = {
        path: judged.path,
        line: last.line,
        words: last.words,
        text: last.text,
        shell: last.form === 'shell',
        startPeriod: periodOf(last),
      };
      findings.push(...judgeProbe(probe, judged, project, tree));
      const byCompose = inCompose.length > 0 && inCompose.every(({ startPeriod }) => !isNoPeriod(startPeriod));
      if (isNoPeriod(probe.startPeriod) && !byCompose) {
        const seen = probe.startPeriod === null ? null : `--start-period=${probe.startPeriod}`;
        findings.push(withoutPeriod(probe, '--start-period=120s', seen));
      }
    }
    const imagePeriod = last === undefined ? null : periodOf(last);
    for (const probe of inCompose) {
      findings.push(...judgeProbe(probe, judged, project, tree));
      // What the service does not set it takes from the image.
      if (isNoPeriod(probe.startPeriod ?? imagePeriod)) findings.push(withoutPeriod(probe, 'start_period: 120s', null));
    }
    return [...findings, ...switchedOff(project)];
  },
});

function composeProbes({ composeFiles }: Project): readonly Probe[] {
  return composeFiles.flatMap(({ path, loaded, providerServices }) =>
    loaded === 'other'
      ? []
      : providerServices.flatMap(({ healthcheck }): Probe[] => {
          if (healthcheck === null || healthcheck.disabled || healthcheck.test === null) return [];
          const { words: test, line } = healthcheck.test;
          if (test === 'NONE' || test[0] === 'NONE') return [];
          const shell = typeof test === 'string' || test[0] === 'CMD-SHELL';
          const text = typeof test === 'string' ? test : test.slice(1).join(' ');
          const words = shell ? splitCommands(text).flatMap(valuesOf) : (test as readonly string[]).slice(1);
          return [{ path, line, words, text, shell, startPeriod: healthcheck.startPeriod }];
        }),
  );
}

const valuesOf = ({ words }: ReturnType<typeof splitCommands>[number]): readonly string[] =>
  words.map(({ value }) => value);

function judgeProbe(probe: Probe, judged: JudgedDockerfile, project: Project, tree: ReadonlyTree): readonly Finding[] {
  const scripts = probeScripts(probe, judged, project, tree);
  const text = [probe.text, ...scripts.map((script) => script.text)].join('\n');
  return [
    ...judgeProgram(probe, judged, scripts),
    ...judgeAddress(probe, text),
    ...judgePort(probe, text, judged, project),
    ...judgeMethod(probe, text),
    ...judgeKey(probe),
  ];
}

interface ProbeScript {
  readonly path: RepoPath;
  readonly text: string;
}

/** The scripts of the checkout that the probe runs. */
function probeScripts(
  { words }: Probe,
  { stage }: JudgedDockerfile,
  { imageLayout }: Project,
  tree: ReadonlyTree,
): readonly ProbeScript[] {
  return unfold(words).flatMap((word) => {
    const bare = word === '' || word.includes('/') ? [] : [`/usr/local/bin/${word}`, `/usr/bin/${word}`];
    const file = [word, resolveImagePath(stage.workdir, word), ...bare]
      .map((one) => imageLayout.get(one))
      .find(Boolean);
    const text = file === undefined ? null : tree.tryReadText(file.path);
    return file === undefined || text === null ? [] : [{ path: file.path, text }];
  });
}

function judgeProgram(probe: Probe, judged: JudgedDockerfile, scripts: readonly ProbeScript[]): readonly Finding[] {
  const inScripts = scripts
    .filter(({ path, text }) => !path.endsWith('.py') && !/^#!.*(?:python|node)/.test(text))
    .flatMap(({ text }) => readShellScript(text).commands.map(({ command }) => valuesOf(command)));
  const commands = [...(probe.shell ? splitCommands(probe.text).map(valuesOf) : [probe.words]), ...inScripts];
  const programs = commands.map((words) => nameOfCommand(withoutWrappers(words)));
  const absent = programs.find((name) => NOT_IN_BASE.has(name) && !isInstalled(judged, name));
  if (absent === undefined) return [];
  return [
    finding(probe, {
      message: `the health check calls ${absent}, which the base image does not promise`,
      expected: 'a program of the base: python',
      seen: maskSecrets(probe.text),
      failureMode: 'FM-01',
    }),
  ];
}

function isInstalled({ runs, stage }: JudgedDockerfile, program: string): boolean {
  const copied = stage.copies.some(({ destination, from }) => from !== null && destination.endsWith(`/${program}`));
  return (
    copied ||
    runs.some(({ commands }) =>
      commands.some(({ words }) => {
        const values = words.map(({ value }) => value).filter((value) => value !== 'sudo');
        const installs = /^(?:apt|apt-get|apk|dnf|yum|microdnf|pip3?|uv)$/.test(nameOfCommand(values));
        const named = values.some(
          (value) => value.split('=')[0] === program || (program === 'nc' && /^netcat/.test(value)),
        );
        return installs && named && values.some((value) => /^(?:install|add)$/.test(value));
      }),
    )
  );
}

function judgeAddress(probe: Probe, text: string): readonly Finding[] {
  const paths = [...text.matchAll(HEALTH_PATH)].map(([, path = '']) => path);
  const wrong = paths.find((path) => !/^\/health\/(?:liveliness|liveness|readiness)$/.test(path));
  if (paths.length > 0 && wrong === undefined) return [];
  const address = /https?:\/\/[^\s'"\\)]+/.exec(text)?.[0];
  if (wrong === undefined && address === undefined) {
    const seen = maskSecrets(probe.text);
    const message = 'cannot tell what the health check asks the server';
    return [{ ...finding(probe, { message, expected: `GET ${GOOD}`, seen, failureMode: 'FM-02' }), severity: 'warn' }];
  }
  return [
    finding(probe, {
      message:
        wrong === undefined
          ? 'the health check asks for something else than the health of the proxy'
          : `the health check asks ${wrong}, which needs a key and may call every model`,
      expected: `GET ${GOOD}`,
      seen: wrong ?? maskSecrets(address ?? ''),
      failureMode: 'FM-02',
    }),
  ];
}

const OWN_ADDRESS = /(?:https?:\/\/)(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[/'"\s?)]|$)/g;

/** A probe of another port than the one that the server is told asks somebody else, or nobody. */
function judgePort(probe: Probe, text: string, judged: JudgedDockerfile, { start }: Project): readonly Finding[] {
  const served = start === null ? new Set<string>() : portsServed(followStart(judged, start).events);
  const asked = [...text.matchAll(OWN_ADDRESS)].map(([, port = '80']) => port);
  const other = asked.find((port) => !served.has(port));
  const [known] = served;
  if (known === undefined || other === undefined || asked.some((port) => served.has(port))) return [];
  return [
    finding(probe, {
      message: `the health check asks port ${other}, and the server listens on ${known}`,
      expected: `GET ${GOOD.replace('4000', known)}`,
      seen: `port ${other}`,
      failureMode: 'FM-13',
    }),
  ];
}

/** The ports in the commands of the servers; a server whose port is not written out tells none. */
function portsServed(events: readonly StartEvent[]): ReadonlySet<string> {
  return new Set(
    events
      .filter(({ kind }) => kind === 'server')
      .flatMap(({ raw }) => /(?:^| )--port[= ](\d+)(?= |$)/.exec(raw.join(' '))?.[1] ?? []),
  );
}

function judgeMethod(probe: Probe, text: string): readonly Finding[] {
  const head = /(?:^|\s)(--spider|--head|-I)(?:\s|$)|(?:method\s*=\s*|-X\s*|["'])(HEAD)\b/.exec(text);
  if (head === null) return [];
  const seen = head[1] ?? head[2] ?? 'HEAD';
  return [
    finding(probe, { message: 'the health check sends HEAD, which LiteLLM answers with 405', expected: 'GET', seen }),
  ];
}

/** A key in an argument is in the list of processes, and in the image when it is written out. */
function judgeKey(probe: Probe): readonly Finding[] {
  const inShell = probe.shell ? /\$\{?(\w*(?:KEY|TOKEN|SECRET|PASSWORD)\w*)/.exec(probe.text)?.[1] : undefined;
  const literal = /[Bb]earer\s+(sk-[^\s"'\\]+)/.exec(probe.text)?.[1];
  if (inShell === undefined && literal === undefined) return [];
  return [
    finding(probe, {
      message: 'the health check carries a key on its command line',
      expected: `no key: ${GOOD} needs none`,
      seen: inShell === undefined ? 'a key written out after Bearer' : `$${inShell}`,
    }),
  ];
}

function periodOf({ flags }: DockerfileHealthcheck): string | null {
  return flags.find(({ name }) => name === 'start-period')?.value ?? null;
}

const isNoPeriod = (period: string | null): boolean => period === null || /^0+(?:[a-z]*)$/.test(period);

function withoutPeriod({ path, line }: Probe, expected: string, seen: string | null): Finding {
  return {
    check: ID,
    severity: 'error',
    message: 'the health check has no start period, so a slow first start counts as failed',
    expected,
    seen: seen ?? `no ${expected.split(/[=:]/)[0]}`,
    subject: 'start period',
    path,
    line,
    failureMode: 'FM-37',
    next: `add ${expected} to the health check`,
  };
}

function switchedOff({ composeFiles }: Project): readonly Finding[] {
  return composeFiles.flatMap(({ path, loaded, providerServices }) =>
    loaded === 'other'
      ? []
      : providerServices.flatMap(({ name, healthcheck }): readonly Finding[] => {
          const test = healthcheck?.test?.words;
          const isNone = test === 'NONE' || (typeof test !== 'string' && test?.[0] === 'NONE');
          if (healthcheck === null || !(healthcheck.disabled || isNone)) return [];
          return [
            {
              check: ID,
              severity: 'warn',
              message: `the service ${name} switches the health check off`,
              expected: 'one health check',
              seen: healthcheck.disabled ? 'disable: true' : 'test: NONE',
              subject: `${name} off`,
              path,
              line: healthcheck.line,
              next: 'remove the line, so that the health check of the image counts',
            },
          ];
        }),
  );
}

function missing(judged: JudgedDockerfile, none: DockerfileHealthcheck | undefined): Finding {
  return {
    check: ID,
    severity: 'error',
    message: 'the image has no health check, and the base brings none',
    expected: 'one HEALTHCHECK',
    seen: none === undefined ? 'no HEALTHCHECK' : 'HEALTHCHECK NONE',
    subject: 'missing',
    path: judged.path,
    line: none?.line ?? judged.stage.base.line,
    next: `add HEALTHCHECK --start-period=120s with a GET of ${GOOD}`,
  };
}

function severalOf(judged: JudgedDockerfile, all: readonly DockerfileHealthcheck[]): Finding {
  const lines = all.map(({ line }) => line);
  return {
    check: ID,
    severity: 'error',
    message: `${all.length} health checks, of which only the last one counts`,
    expected: 'one HEALTHCHECK',
    seen: `lines ${lines.join(', ')}`,
    subject: 'several',
    path: judged.path,
    line: lines[0] ?? 1,
    next: 'remove all but one',
  };
}

function finding(
  { path, line }: Probe,
  told: Pick<Finding, 'message' | 'expected' | 'seen'> & { readonly failureMode?: string },
): Finding {
  const next = `python -c "import urllib.request as u; u.urlopen('${GOOD}', timeout=8)"`;
  return { check: ID, severity: 'error', subject: told.message, path, line, next, ...told };
}
