import type { DockerfileVariable, FinalStage } from '../../src/authoring.ts';
import type { Unplaced } from './old-commands.ts';
import { BASE_WORKDIR } from './old-dockerfile.ts';

export interface Carried {
  /** Whole lines of the new Dockerfile. */
  readonly lines: readonly string[];
  readonly unplaced: readonly Unplaced[];
}

/** Names that the template or the base image sets. */
const OWN_NAMES = new Set(['PORT', 'VIRTUAL_ENV', 'HOME', 'NODE_PATH', 'DEBIAN_FRONTEND', 'IS_SANDBOX']);
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
  for (const variable of latest(stage.env)) {
    const why = whyNoEnv(variable);
    if (why === null) lines.push(`ENV ${variable.name}=${quote(variable.value)}`);
    else if (why !== '')
      unplaced.push({
        severity: 'todo',
        line: variable.line,
        message: `ENV ${variable.name} not carried over: ${why}`,
      });
  }
  for (const label of latest(stage.labels)) {
    if (label.open.length === 0) lines.push(`LABEL ${quoteName(label.name)}=${quote(label.value)}`);
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
  unplaced.push(...others(stage));
  return { lines: [...new Set(lines)], unplaced };
}

/** The last value of each name, at its first place. */
function latest(variables: readonly DockerfileVariable[]): readonly DockerfileVariable[] {
  const byName = new Map<string, DockerfileVariable>();
  for (const one of variables) byName.set(one.name, one);
  return [...byName.values()];
}

function whyNoEnv({ name, value, open }: DockerfileVariable): string | null {
  if (OWN_NAMES.has(name) || (name === 'PATH' && /^\/(?:root|usr\/local)/.test(value))) return '';
  if (name === 'PYTHONPATH') return isCovered(value) ? '' : `it held ${value}; the new image has ${BASE_WORKDIR}`;
  if (OUTRANKING.test(name)) return 'it decides about the login, which comes from the environment at run time';
  if (SECRET.test(name)) return 'it looks like a secret; pass it at run time';
  if (/\/root(?:\/|$)|python\d\.\d+/.test(value)) return 'its value names a path of the old image';
  if (open.length > 0) return `${open.join(', ')} has no value in the new Dockerfile`;
  return null;
}

const isCovered = (value: string): boolean =>
  value.split(':').every((part) => part === '' || part.replace(/\/$/, '') === BASE_WORKDIR);

function others(stage: FinalStage): readonly Unplaced[] {
  const found: Unplaced[] = [];
  const add = (severity: Unplaced['severity'], line: number, message: string): void => {
    found.push({ severity, line, message });
  };
  for (const { name, line } of stage.args) add('info', line, `ARG ${name} not carried over`);
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
