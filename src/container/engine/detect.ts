import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { fsErrorCode } from '../../host/fs.ts';
import { callEngine } from './call.ts';
import type { Engine } from './facts.ts';

/** An engine that answers, or why there is none and what to do. */
export type EngineDetection =
  | { readonly kind: 'found'; readonly engine: Engine }
  | { readonly kind: 'none'; readonly reason: string; readonly hint: string };

const dockerVersion = z.object({
  Client: z.object({ Version: z.string() }),
  Server: z.object({ Version: z.string(), ApiVersion: z.string() }).nullish(),
});
const dockerInfo = z.object({
  Driver: z.string(),
  Architecture: z.string(),
  MemoryLimit: z.boolean().nullish(),
  PidsLimit: z.boolean().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
});
const podmanInfo = z.object({
  host: z.object({
    arch: z.string(),
    security: z.object({ rootless: z.boolean() }),
    cgroupControllers: z.array(z.string()).nullish(),
    remoteSocket: z.object({ path: z.string().nullish() }).nullish(),
  }),
  store: z.object({ graphDriverName: z.string() }),
  version: z.object({ Version: z.string(), APIVersion: z.string() }),
});
const composeVersion = z.object({ version: z.string() });

const QUICK_MS = 20_000;

/**
 * Finds an engine that answers: `program` when given, else docker, else podman. The client's own settings (context,
 * `DOCKER_HOST`, credentials) decide which engine that is.
 */
export async function detectEngine(program?: string): Promise<EngineDetection> {
  const candidates = program === undefined ? ['docker', 'podman'] : [program];
  let silent: EngineDetection | null = null;
  for (const candidate of candidates) {
    const detection = await detectOne(candidate);
    if (detection === 'not-installed') continue;
    if (detection.kind === 'found') return detection;
    silent ??= detection;
  }
  return (
    silent ?? {
      kind: 'none',
      reason: `there is no ${candidates.join(' and no ')} on PATH`,
      hint: 'install Docker Engine or Podman, or run with --level static',
    }
  );
}

async function detectOne(program: string): Promise<EngineDetection | 'not-installed'> {
  const name = await callEngine({ program }, ['--version'], { timeout: QUICK_MS });
  if (name.end === 'not-found') return 'not-installed';
  if (name.failed) {
    return { kind: 'none', reason: name.message, hint: `see what \`${program} --version\` says` };
  }
  // A docker command may be podman under another name.
  const isPodman = /podman/i.test(name.stdout.toString('utf8'));
  return isPodman ? detectPodman(program) : detectDocker(program);
}

async function detectDocker(program: string): Promise<EngineDetection> {
  const version = dockerVersion.safeParse(await json(program, ['version', '--format', '{{json .}}']));
  const endpoint = await dockerEndpoint(program);
  if (!version.success || !version.data.Server) return silentDocker(program, endpoint);
  const info = dockerInfo.safeParse(await json(program, ['info', '--format', '{{json .}}']));
  if (!info.success) return silentDocker(program, endpoint);
  const { Client: client, Server: server } = version.data;
  return {
    kind: 'found',
    engine: {
      kind: 'docker',
      program,
      clientVersion: client.Version,
      serverVersion: server.Version,
      apiVersion: server.ApiVersion,
      builder: await dockerBuilder(program, client.Version),
      composeVersion: await pluginVersion(program),
      rootless: (info.data.SecurityOptions ?? []).some((option) => /\bname=rootless\b/.test(option)),
      storageDriver: info.data.Driver,
      architecture: info.data.Architecture,
      limits: { memory: info.data.MemoryLimit === true, pids: info.data.PidsLimit === true },
      endpoint,
    },
  };
}

async function detectPodman(program: string): Promise<EngineDetection> {
  const info = podmanInfo.safeParse(await json(program, ['info', '--format', 'json']));
  if (!info.success) {
    return { kind: 'none', reason: 'podman does not answer', hint: `see what \`${program} info\` says` };
  }
  const { host, store, version } = info.data;
  const controllers = host.cgroupControllers ?? [];
  return {
    kind: 'found',
    engine: {
      kind: 'podman',
      program,
      clientVersion: version.Version,
      serverVersion: version.Version,
      apiVersion: version.APIVersion,
      builder: 'buildah',
      composeVersion: null,
      rootless: host.security.rootless,
      storageDriver: store.graphDriverName,
      architecture: host.arch,
      limits: { memory: controllers.includes('memory'), pids: controllers.includes('pids') },
      endpoint: host.remoteSocket?.path ?? '',
    },
  };
}

/**
 * Which builder `build` uses: a client from 23 on has BuildKit only as the buildx plug-in, an older one has it inside
 * and waits to be told.
 */
async function dockerBuilder(program: string, clientVersion: string): Promise<Engine['builder']> {
  const wish = process.env['DOCKER_BUILDKIT'];
  if (wish === '0') return 'legacy';
  if (Number.parseInt(clientVersion, 10) < 23) return wish === '1' ? 'buildkit' : 'legacy';
  const buildx = await callEngine({ program }, ['buildx', 'version'], { timeout: QUICK_MS });
  return buildx.failed ? 'legacy' : 'buildkit';
}

async function pluginVersion(program: string): Promise<string | null> {
  const answer = composeVersion.safeParse(await json(program, ['compose', 'version', '--format', 'json']));
  return answer.success ? answer.data.version.replace(/^v/, '') : null;
}

async function dockerEndpoint(program: string): Promise<string> {
  const host = process.env['DOCKER_HOST'];
  if (host && !process.env['DOCKER_CONTEXT']) return host;
  const answer = await json(program, ['context', 'inspect', '--format', '{{json .Endpoints.docker.Host}}']);
  return typeof answer === 'string' ? answer : '';
}

function silentDocker(program: string, endpoint: string): EngineDetection {
  const at = endpoint === '' ? '' : ` at ${endpoint}`;
  const socket = /^unix:\/\/(.+)$/.exec(endpoint)?.[1];
  const denied = socket !== undefined && socketAccess(socket) === 'EACCES';
  return denied
    ? {
        kind: 'none',
        reason: `no permission to use the Docker engine${at}`,
        hint: 'join the group that owns the socket (docker), or use a rootless engine',
      }
    : {
        kind: 'none',
        reason: `the Docker engine${at} does not answer`,
        hint: `start it, then see that \`${program} version\` names a server`,
      };
}

function socketAccess(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return fsErrorCode(error);
  }
}

/** What a call prints as JSON, whatever its exit code: `docker version` fails and still describes its client. */
async function json(program: string, args: readonly string[]): Promise<unknown> {
  const result = await callEngine({ program }, args, { timeout: QUICK_MS });
  try {
    return JSON.parse(result.stdout.toString('utf8'));
  } catch {
    return undefined;
  }
}
