import { z } from 'zod';
import { RefitError } from '../../base/errors.ts';
import { askEngine, askEngineJson, callEngine, engineFault } from './call.ts';
import type { Engine } from './facts.ts';

const healthcheck = z.object({
  Test: z.array(z.string()).nullish(),
  /** Nanoseconds. */
  Interval: z.number().nullish(),
  Timeout: z.number().nullish(),
  StartPeriod: z.number().nullish(),
  Retries: z.number().nullish(),
});

const imageInspection = z.object({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Created: z.string().nullish(),
  Architecture: z.string(),
  Os: z.string(),
  Size: z.number(),
  Config: z.object({
    User: z.string().nullish(),
    Env: z.array(z.string()).nullish(),
    Entrypoint: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    WorkingDir: z.string().nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Healthcheck: healthcheck.nullish(),
  }),
  // Podman shows it here.
  HealthCheck: healthcheck.nullish(),
  Healthcheck: healthcheck.nullish(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }),
});

/** A health check as an image carries it; times in milliseconds, 0 where the engine's default holds. */
export interface ImageHealthcheck {
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
}

export interface ImageFacts {
  /** `sha256:…`. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `name@sha256:…`, for images that came from a registry. */
  readonly digests: readonly string[];
  readonly created: string;
  readonly platform: string;
  /** Bytes as the engine counts them, which differs between storage back ends. */
  readonly size: number;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  /** Null when the image has none. */
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingDirectory: string;
  /** `4000/tcp`, sorted. */
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly healthcheck: ImageHealthcheck | null;
  readonly layers: readonly string[];
}

/** Facts of a local image, by name or id; null when the engine has no such image. Never pulls. */
export async function inspectImage(engine: Engine, reference: string): Promise<ImageFacts | null> {
  const args = ['image', 'inspect', reference];
  const result = await callEngine(engine, args, { maxBuffer: 16 * 1024 * 1024 });
  if (result.end !== 'exited') throw engineFault(engine, args, result);
  if (result.failed) {
    // Silence is not absence: only an engine that still answers can say that it has no such image.
    await askEngine(engine, ['version', '--format', '{{json .}}']);
    return null;
  }
  const [first] = z.array(imageInspection).parse(JSON.parse(result.stdout.toString('utf8')));
  return first === undefined ? null : toFacts(first);
}

function toFacts(raw: z.infer<typeof imageInspection>): ImageFacts {
  const { Config: config } = raw;
  const check = config.Healthcheck ?? raw.Healthcheck ?? raw.HealthCheck;
  return {
    id: raw.Id.startsWith('sha256:') ? raw.Id : `sha256:${raw.Id}`,
    tags: (raw.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    digests: (raw.RepoDigests ?? []).filter((digest) => !digest.startsWith('<none>')),
    created: raw.Created ?? '',
    platform: `${raw.Os}/${raw.Architecture}`,
    size: raw.Size,
    user: config.User ?? '',
    env: Object.fromEntries((config.Env ?? []).map(splitVariable)),
    entrypoint: orNull(config.Entrypoint),
    command: orNull(config.Cmd),
    workingDirectory: config.WorkingDir ?? '',
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
    labels: config.Labels ?? {},
    healthcheck: check?.Test && check.Test.length > 0 && check.Test[0] !== 'NONE' ? toHealthcheck(check) : null,
    layers: raw.RootFS.Layers ?? [],
  };
}

function toHealthcheck(raw: z.infer<typeof healthcheck>): ImageHealthcheck {
  const milliseconds = (nanoseconds: number | null | undefined) => (nanoseconds ?? 0) / 1e6;
  return {
    test: raw.Test ?? [],
    interval: milliseconds(raw.Interval),
    timeout: milliseconds(raw.Timeout),
    startPeriod: milliseconds(raw.StartPeriod),
    retries: raw.Retries ?? 0,
  };
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

function orNull(list: readonly string[] | null | undefined): readonly string[] | null {
  return list && list.length > 0 ? list : null;
}

/** One layer of `history`, newest first; `createdBy` is untrimmed. */
export interface HistoryEntry {
  readonly createdBy: string;
  readonly comment: string;
}

const historyLine = z.object({ CreatedBy: z.string(), Comment: z.string().nullish() });

/** The commands that an image was built with, newest first. */
export async function imageHistory(engine: Engine, reference: string): Promise<readonly HistoryEntry[]> {
  const args = ['history', '--no-trunc', '--format', engine.kind === 'podman' ? 'json' : '{{json .}}', reference];
  const text = await askEngine(engine, args, { maxBuffer: 16 * 1024 * 1024 });
  const raw: unknown[] = text.trimStart().startsWith('[')
    ? z.array(z.unknown()).parse(JSON.parse(text))
    : text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line));
  return raw.map((entry) => {
    const { CreatedBy, Comment } = lowerOrUpper(entry);
    return { createdBy: CreatedBy, comment: Comment ?? '' };
  });
}

// Podman's JSON writes the same names in lower camel case.
function lowerOrUpper(entry: unknown): z.infer<typeof historyLine> {
  const docker = historyLine.safeParse(entry);
  if (docker.success) return docker.data;
  const podman = z.object({ createdBy: z.string().nullish(), comment: z.string().nullish() }).parse(entry);
  return { CreatedBy: podman.createdBy ?? '', Comment: podman.comment };
}

/** Gives an image one more local name. */
export async function tagImage(engine: Engine, reference: string, name: string): Promise<void> {
  await askEngine(engine, ['tag', reference, name]);
}

/** Fetches an image; false when no registry has it or none answers. @throws RefitError when the engine itself fails. */
export async function pullImage(
  engine: Engine,
  reference: string,
  options: { readonly timeout?: number; readonly signal?: AbortSignal } = {},
): Promise<boolean> {
  const result = await callEngine(engine, ['pull', '--quiet', reference], { timeout: 600_000, ...options });
  if (result.end === 'cancelled') throw new RefitError(`fetching ${reference} was interrupted`, { exitCode: 130 });
  return !result.failed;
}

/** Platforms that a registry offers for a reference (`linux/amd64`), or null when it cannot be asked. */
export async function offeredPlatforms(engine: Engine, reference: string): Promise<readonly string[] | null> {
  const shape = z.object({
    manifests: z.array(z.object({ platform: z.object({ os: z.string(), architecture: z.string() }).nullish() })),
  });
  // The engine itself asks a registry of its own machine without TLS; this call of the client has to be told.
  const local = engine.kind === 'docker' && /^(?:localhost|127\.[\d.]+)(?::\d+)?\//.test(reference);
  try {
    const args = ['manifest', 'inspect', ...(local ? ['--insecure'] : []), reference];
    const answer = shape.safeParse(await askEngineJson(engine, args));
    if (!answer.success) return null;
    return answer.data.manifests.flatMap(({ platform }) =>
      platform && platform.os !== 'unknown' ? [`${platform.os}/${platform.architecture}`] : [],
    );
  } catch (error) {
    if (error instanceof RefitError) return null;
    throw error;
  }
}
