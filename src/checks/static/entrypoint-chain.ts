import { defineCheck, type Finding } from '../define.ts';
import { BASE_ENTRYPOINT } from '../project/base-image.ts';
import { withoutWrappers } from '../project/start.ts';
import { followStart, type StartEvent, type StartEvents } from '../project/start-events.ts';
import { dockerfileOnBase, type JudgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S08-entrypoint-chain';
const EXPECTED = `${BASE_ENTRYPOINT} runs exactly once before the server`;

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

/** The base's entrypoint runs once, before the server. */
export const entrypointChain = defineCheck<Input>({
  id: ID,
  title: 'The base’s entrypoint runs once, before the server',
  severity: 'blocker',
  description:
    'The entrypoint of the base writes the OAuth login from the environment. An ENTRYPOINT of one’s own takes its place, and empties the inherited ' +
    'CMD: unless it calls the one of the base first, Claude is never logged in. The script is found through COPY and read path by path, so a call ' +
    'on a branch, in a function or after the server is seen as what it is.',
  examples: {
    bad: 'ENTRYPOINT ["litellm", "--config", "/app/config/litellm_config.yaml", "--port", "4000"]',
    good: 'CMD ["litellm", "--config", "/app/config/litellm_config.yaml", "--port", "4000"]',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = dockerfileOnBase(project);
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }) => {
    const overridden = overrides(project);
    if (project.start === null) return overridden;
    const followed = followStart(judged, project.start);
    return [...judgeStart(judged, project, followed), ...overridden];
  },
});

function judgeStart(judged: JudgedDockerfile, project: Project, followed: StartEvents): readonly Finding[] {
  const { entrypoint, cmd } = judged.stage;
  const { path } = judged;
  const given = loadedServices(project).some(({ command }) => command !== null);
  if (entrypoint === null && cmd === null) {
    if (given) return [];
    const line = judged.stage.base.line;
    return [finding(path, line, 'nothing starts the server: the base only sleeps', 'no CMD', 'add CMD ["litellm", …]')];
  }
  if (followed.unknown !== null && entrypoint !== null) return [unread(judged, followed.unknown, entrypoint.line)];
  const starts = decisive(followed.events, cmd !== null || given);
  const unchained = starts.find(({ chained }) => chained === 0);
  if (unchained !== undefined) return [notChained(judged, unchained, followed)];
  const twice = starts.find(({ chained }) => chained > 1);
  if (twice !== undefined) return [calledTwice(twice, followed)];
  const empty = followed.events.find(({ kind }) => kind === 'arguments');
  if (empty === undefined || cmd !== null || given || followed.events.some(({ kind }) => kind === 'server')) return [];
  const message = 'ENTRYPOINT empties the inherited CMD, and the script runs nothing but its arguments';
  return [finding(path, entrypoint?.line ?? 1, message, 'no CMD after ENTRYPOINT', 'add CMD ["litellm", …]')];
}

/** The places that decide: where the server starts; else where a script hands over, or simply ends. */
function decisive(events: readonly StartEvent[], hasCommand: boolean): readonly StartEvent[] {
  const servers = events.filter(({ kind }) => kind === 'server' || (kind === 'arguments' && hasCommand));
  if (servers.length > 0) return servers;
  const others = events.filter(({ kind }) => kind === 'arguments' || kind === 'other');
  return others.length > 0 ? others : events;
}

function notChained(judged: JudgedDockerfile, event: StartEvent, { calls }: StartEvents): Finding {
  const [late] = calls;
  const seen =
    late !== undefined
      ? `${late.path}:${late.line} calls it, which the server does not wait for`
      : event.command === null
        ? event.words.join(' ')
        : `${event.path} never calls it`;
  const place = late ?? (event.command === null ? { path: judged.path, line: event.line } : event);
  const message =
    late === undefined
      ? 'the entrypoint of the base never runs, so no login is written'
      : 'the entrypoint of the base is called after the server, so no login is written in time';
  const next = `${BASE_ENTRYPOINT} true, on a line before the server starts`;
  return finding(place.path, place.line, message, seen, next);
}

function calledTwice(event: StartEvent, { calls }: StartEvents): Finding {
  const last = calls.at(-1);
  const seen = calls.map(({ path, line }) => `${path}:${line}`).join(', ');
  const kept =
    calls.length < event.chained
      ? 'the ENTRYPOINT of the base is kept, and called again'
      : 'it is called more than once';
  return {
    ...finding(
      last?.path ?? event.path,
      last?.line ?? event.line,
      `the entrypoint of the base runs twice: ${kept}`,
      seen,
      'remove one of the calls',
    ),
    severity: 'error',
  };
}

function unread(judged: JudgedDockerfile, name: string, line: number): Finding {
  return {
    ...finding(
      judged.path,
      line,
      `cannot tell whether ${name} calls the entrypoint of the base: no file of the checkout is copied there`,
      name,
      `copy the script from the checkout, or let ENTRYPOINT be ${BASE_ENTRYPOINT}`,
    ),
    severity: 'warn',
  };
}

/** `entrypoint:` of a provider service takes the place of the image's own. */
function overrides(project: Project): readonly Finding[] {
  const scripts = new Set((project.start?.scripts ?? []).map(({ imagePath }) => imagePath));
  return project.composeFiles.flatMap(({ path, loaded, providerServices }) =>
    loaded === 'other'
      ? []
      : providerServices.flatMap(({ entrypoint, name }) => {
          if (entrypoint === null) return [];
          const written = typeof entrypoint.words === 'string' ? entrypoint.words : entrypoint.words.join(' ');
          const [first = ''] = withoutWrappers(written.split(/\s+/));
          if (written.includes('docker-entrypoint.sh') || scripts.has(first)) return [];
          const message = `entrypoint: of the service ${name} takes the place of the image’s own, so no login is written`;
          return [finding(path, entrypoint.line, message, written, 'remove entrypoint: and use command:')];
        }),
  );
}

const loadedServices = ({ composeFiles }: Project) =>
  composeFiles.flatMap(({ loaded, providerServices }) => (loaded === 'other' ? [] : providerServices));

function finding(path: Finding['path'] & string, line: number, message: string, seen: string, next: string): Finding {
  return {
    check: ID,
    severity: 'blocker',
    message,
    expected: EXPECTED,
    seen,
    subject: message,
    path,
    line,
    failureMode: 'FM-11',
    next,
  };
}
