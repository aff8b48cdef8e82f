import type { DockerfileArg, DockerfileVariable, FinalStage } from '../../src/authoring.ts';
import type { Unplaced } from './old-commands.ts';
import { BASE_WORKDIR } from './old-dockerfile.ts';

export interface Carried {
  /** Whole lines of the new Dockerfile. */
  readonly lines: readonly string[];
  readonly unplaced: readonly Unplaced[];
}

/** Names that the template or the base image sets. */
const OWN_NAMES = new Set(['PORT', 'VIRTUAL_ENV', 'HOME', 'NODE_PATH', 'DEBIAN_FRONTEND', 'IS_SANDBOX']);
/** Settings of the tools that installed into the old image. */
const OF_BUILD = /^(?:NODE_(?:VERSION|MAJOR)|NVM_\w+|POETRY_\w+|PIP_\w+|UV_\w+|PYTHON_VERSION)$/;
const OUTRANKING =
  /^(?:ANTHROPIC_(?:API_KEY|AUTH_TOKEN)|CLAUDE_CODE_USE_(?:BEDROCK|VERTEX|FOUNDRY)|CLAUDE_CODE_OAUTH_TOKEN)$/;
const SECRET = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|DATABASE_URL)$/;
const REPLACED = new Set(
  'FROM RUN COPY ADD ENV LABEL EXPOSE WORKDIR HEALTHCHECK ENTRYPOINT CMD ARG USER VOLUME'.split(' '),
);

/** ENV, LABEL, EXPOSE and STOPSIGNAL that go over as they are, and notes for every other instruction without a place. */
export function carryInstructions(stage: FinalStage): Carried {
  const lines: string[] = [];
  const unplaced: Unplaced[] = [];
  const kept = new Set<string>();
  for (const variable of latest(stage.env)) {
    if (variable.name === 'PATH') {
      const path = searchPath(stage);
      lines.push(...path.lines);
      unplaced.push(...path.unplaced);
      continue;
    }
    if (OF_BUILD.test(variable.name)) {
      const message = `ENV ${variable.name} not carried over: only the build of the old image read it`;
      unplaced.push({ severity: 'info', line: variable.line, message });
      continue;
    }
    const own = argumentsOf(variable, stage.args);
    const why = whyNoEnv(own === null ? variable : { ...variable, open: [] });
    if (why === null) lines.push(...withArguments('ENV', variable, own, kept));
    else if (why !== '')
      unplaced.push({
        severity: 'todo',
        line: variable.line,
        message: `ENV ${variable.name} not carried over: ${why}`,
      });
  }
  for (const label of latest(stage.labels)) {
    const own = argumentsOf(label, stage.args);
    if (label.open.length === 0 || own !== null) lines.push(...withArguments('LABEL', label, own, kept));
    else
      unplaced.push({
        severity: 'info',
        line: label.line,
        message: `LABEL ${label.name} not carried over: ${label.open.join(', ')} has no value`,
      });
  }
  for (const { value, line } of stage.exposes) {
    if (/^4000(?:\/tcp)?$/.test(value)) continue;
    if (/^\d+(?:-\d+)?(?:\/(?:tcp|udp))?$/.test(value)) lines.push(`EXPOSE ${value}`);
    else unplaced.push({ severity: 'info', line, message: `EXPOSE ${value} not carried over` });
  }
  const stopSignal = stage.instructions.findLast(({ keyword }) => keyword === 'STOPSIGNAL');
  if (stopSignal !== undefined && /^\w+$/.test(stopSignal.args.text)) lines.push(`STOPSIGNAL ${stopSignal.args.text}`);
  unplaced.push(...others(stage).filter(({ message }) => !kept.has(message)));
  return { lines: [...new Set(lines)], unplaced };
}

/** Folders of the search path that the new image has or does not need: of its base, of an environment of packages, of root. */
const OTHER_FOLDER =
  /venv|^\/(?:usr|s?bin|root)(?:\/|$)|^\/home\/|\/\.(?:local|poetry|cargo|npm)[\w-]*(?:\/|$)|\/(?:poetry|node)[\w.-]*(?:\/|$)/;

/** Folders of the project go in front of the search path of the base; every other is named. */
function searchPath({ env, workdir }: FinalStage): Pick<Carried, 'lines' | 'unplaced'> {
  const settings = env.filter(({ name }) => name === 'PATH');
  const lines: string[] = [];
  const unplaced: Unplaced[] = [];
  for (const { value, line } of settings) {
    const folders = value.split(':').filter((part) => part !== '' && !/^\$/.test(part));
    const strange = folders.filter((part) => !OTHER_FOLDER.test(part) && !isInProject(part, workdir));
    const own = folders.filter((part) => !OTHER_FOLDER.test(part) && isInProject(part, workdir));
    if (own.length > 0) lines.push(`ENV PATH=${own.join(':')}:\${PATH}`);
    if (strange.length > 0) {
      const message = `ENV PATH not carried over: the new image has no ${strange.join(', ')}`;
      unplaced.push({ severity: 'todo', line, message });
    } else if (own.length === 0 && folders.some((part) => !part.startsWith('/usr/'))) {
      const message = 'ENV PATH not carried over: its folders are of the old image';
      unplaced.push({ severity: 'info', line, message });
    }
  }
  return { lines: [...new Set(lines)], unplaced };
}

const isInProject = (folder: string, workdir: string): boolean =>
  [BASE_WORKDIR, workdir.replace(/\/$/, '')].some((root) => root !== '' && folder.startsWith(`${root}/`)) &&
  !folder.includes('$');

/** The build arguments that a value is made of, so that whoever builds may still set them; null when there is more in it. */
function argumentsOf({ raw }: DockerfileVariable, args: readonly DockerfileArg[]): readonly DockerfileArg[] | null {
  const names = [...raw.matchAll(/(?<!\\)\$(?:\{(\w+)(?::?[-+][^{}$]*)?\}|(\w+))/g)].map(
    ([, braced, bare]) => braced ?? bare,
  );
  if (names.length === 0 || names.length !== [...raw.matchAll(/(?<!\\)\$/g)].length) return null;
  const found = names.map((name) => args.findLast((arg) => arg.name === name));
  return found.includes(undefined) ? null : (found as readonly DockerfileArg[]);
}

/** The line of a variable or label; with the arguments that it is made of before it, each once. */
function withArguments(
  keyword: 'ENV' | 'LABEL',
  { name, value, raw }: DockerfileVariable,
  own: readonly DockerfileArg[] | null,
  kept: Set<string>,
): readonly string[] {
  if (own === null) return [`${keyword} ${quoteName(name)}=${quote(value)}`];
  for (const arg of own) kept.add(notCarried(arg.name));
  const quoted = /^["']/.test(raw) || !/\s/.test(raw) ? raw : `"${raw}"`;
  return [
    ...own.map((arg) => (arg.value === null ? `ARG ${arg.name}` : `ARG ${arg.name}=${quote(arg.value)}`)),
    `${keyword} ${quoteName(name)}=${quoted}`,
  ];
}

const notCarried = (name: string): string => `ARG ${name} not carried over`;

/** The last value of each name, at its first place. */
function latest(variables: readonly DockerfileVariable[]): readonly DockerfileVariable[] {
  const byName = new Map<string, DockerfileVariable>();
  for (const one of variables) byName.set(one.name, one);
  return [...byName.values()];
}

function whyNoEnv({ name, value, open }: DockerfileVariable): string | null {
  if (OWN_NAMES.has(name)) return '';
  // Its folders go into the line of the template.
  if (name === 'PYTHONPATH') return '';
  if (OUTRANKING.test(name)) return 'it decides about the login, which comes from the environment at run time';
  if (SECRET.test(name)) return 'it looks like a secret; pass it at run time';
  if (/\/root(?:\/|$)|python\d\.\d+/.test(value)) return 'its value names a path of the old image';
  if (open.length > 0) return `${open.join(', ')} has no value in the new Dockerfile`;
  return null;
}

function others(stage: FinalStage): readonly Unplaced[] {
  const found: Unplaced[] = [];
  const add = (severity: Unplaced['severity'], line: number, message: string): void => {
    found.push({ severity, line, message });
  };
  for (const { name, line } of stage.args) add('info', line, notCarried(name));
  for (const { value, line } of stage.users) {
    if (!/^(?:root|0|claude)(?::|$)/.test(value)) add('info', line, `USER ${value} is now claude`);
  }
  for (const { value, line } of stage.volumes)
    add(
      value === '/root/.claude' ? 'info' : 'todo',
      line,
      `VOLUME ${value} not carried over: mount it where the container is run`,
    );
  for (const { keyword, line, args } of stage.instructions) {
    if (keyword === 'WORKDIR' && args.text.replace(/\/$/, '') !== BASE_WORKDIR) {
      add('info', line, `WORKDIR ${args.text}: the new image works in ${BASE_WORKDIR}`);
    } else if (keyword === 'SHELL') {
      add('info', line, `SHELL not carried over: no RUN that needs it is left`);
    } else if (!REPLACED.has(keyword) && !(keyword === 'STOPSIGNAL' && /^\w+$/.test(args.text))) {
      add('todo', line, `${keyword} not carried over: ${args.text}`);
    }
  }
  return found;
}

const quote = (value: string): string =>
  /^[\w@%+:,./=-]+$/.test(value) ? value : `"${value.replace(/[\\"$]/g, '\\$&')}"`;

const quoteName = (name: string): string => (/^[\w./-]+$/.test(name) ? name : JSON.stringify(name));
