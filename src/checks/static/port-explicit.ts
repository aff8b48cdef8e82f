import { defineCheck, type Finding } from '../define.ts';
import { followStart, type StartEvent } from '../project/start-events.ts';
import { dockerfileOnBase, type JudgedDockerfile, type Project, readProject, type StartScript } from '../project.ts';

const ID = 'S12-port-explicit';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
  readonly servers: readonly StartEvent[];
}

/** The server is told its port. */
export const portExplicit = defineCheck<Input>({
  id: ID,
  title: 'The server is told its port',
  severity: 'error',
  description:
    'The base sets PORT=3000 for everything that is built on it, and LiteLLM takes its port from PORT unless --port says otherwise. A server without ' +
    'either listens on 3000, where nobody looks. A default for an unset PORT changes nothing: it is set.',
  examples: {
    bad: 'CMD ["litellm", "--config", "/app/config/litellm_config.yaml"]',
    good: 'CMD ["litellm", "--config", "/app/config/litellm_config.yaml", "--port", "4000"]',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = dockerfileOnBase(project);
    if (judged.kind === 'skip') return judged;
    const events = project.start === null ? [] : followStart(judged, project.start).events;
    const servers = events.filter(({ kind }) => kind === 'server');
    if (servers.length === 0) return { kind: 'skip', why: `nothing that ${judged.path} starts is a known server` };
    return { kind: 'applies', input: { judged, project, servers } };
  },
  run: ({ judged, project, servers }) => {
    if (judged.stage.env.some(({ name, value }) => name === 'PORT' && value !== '')) return [];
    const byCompose = project.composeFiles.some(
      ({ loaded, providerServices }) =>
        loaded !== 'other' &&
        providerServices.some(({ environment }) =>
          environment.some(({ name, value }) => name === 'PORT' && value !== null),
        ),
    );
    const scripts = project.start?.scripts ?? [];
    const seen = new Set<string>();
    return servers.flatMap((server) => {
      const place = `${server.path}:${server.line}`;
      const why = byCompose ? null : inheritsPort(server, scripts);
      if (why === null || seen.has(place)) return [];
      seen.add(place);
      return [finding(server, why)];
    });
  },
});

/** What of the start leaves the port to PORT, or null when it is told. */
function inheritsPort(server: StartEvent, scripts: readonly StartScript[]): string | null {
  const { raw, script } = server;
  if (script !== null && setsPort(script)) return null;
  const python = raw.find((word) => word.endsWith('.py'));
  const started = scripts.find(
    ({ imagePath }) => python !== undefined && imagePath.endsWith(`/${python.slice(python.lastIndexOf('/') + 1)}`),
  );
  if (started !== undefined) return portOfPython(started);
  const at = raw.findIndex((word) => /^(?:--port|-p|--bind|-b)$/.test(word));
  const joined = raw.find((word) => /^--(?:port|bind)=/.test(word));
  const value = joined ?? (at === -1 ? undefined : raw[at + 1]) ?? portInVariables(raw, script);
  if (value === undefined)
    return /(?:^|\/)uvicorn$/.test(raw.find((word) => /uvicorn$/.test(word)) ?? '') ? null : 'no --port';
  return /\$\{?PORT\b/.test(value) ? value : null;
}

/** The port in a variable that holds options: `args=(--port 4000)` for `litellm "${args[@]}"`. */
function portInVariables(raw: readonly string[], script: StartScript | null): string | undefined {
  for (const word of raw) {
    const name = /^\$\{?(\w+)/.exec(word)?.[1];
    if (name === undefined || script === null) continue;
    const given = new RegExp(`(?:^|[\\s;])${name}\\+?=[^\\n]*?--port(?:=|[\\s"']+)([^\\s"')]+)`, 'm').exec(script.text);
    const lines = new RegExp(`(?:^|[\\s;])${name}\\+?=\\([^)]*?--port(?:=|[\\s"']+)([^\\s"')]+)`, 'm').exec(
      script.text,
    );
    const port = given?.[1] ?? lines?.[1];
    if (port !== undefined) return port;
  }
  return undefined;
}

/** A plain `PORT=4000` of the script, or one that it takes away; one that falls back from itself keeps what the base has set. */
function setsPort({ shell }: StartScript): boolean {
  return (shell?.commands ?? []).some(({ command }) =>
    command.words[0]?.value === 'unset'
      ? command.words.some(({ value }) => value === 'PORT')
      : [...command.assignments, ...command.words.slice(1)].some(({ value }) => /^PORT=(?!.*\$)\S/.test(value)),
  );
}

function portOfPython({ text }: StartScript): string | null {
  const call = /(?:uvicorn\.run|run_server)\([\s\S]*?\)\s*$/m.exec(text)?.[0] ?? text;
  const port = /\bport\s*=\s*([^\n,]+(?:\([^\n]*\))?)/.exec(call)?.[1];
  if (port === undefined) return /run_server/.test(call) ? 'no port' : null;
  if (/^\d+/.test(port)) return null;
  return /(?:environ|getenv)[^\n]*["']PORT["']/.test(text) ? `port=${port.trim()}` : null;
}

function finding(server: StartEvent, why: string): Finding {
  return {
    check: ID,
    severity: 'error',
    message: 'the server takes its port from PORT, which the base sets to 3000',
    expected: '--port 4000, or ENV PORT=4000',
    seen: why === 'no --port' ? server.raw.join(' ') : why,
    subject: 'port',
    path: server.path,
    line: server.line,
    failureMode: 'FM-13',
    next: 'add --port 4000 to the command, or ENV PORT=4000 to the Dockerfile',
  };
}
