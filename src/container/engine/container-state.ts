import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { RefitError } from '../../base/errors.ts';
import { askEngine, callEngine, engineFault } from './call.ts';
import type { Engine } from './facts.ts';
import type { Session } from './session.ts';

const health = z.object({
  Status: z.string(),
  FailingStreak: z.number().nullish(),
  Log: z.array(z.object({ Start: z.string(), End: z.string(), ExitCode: z.number(), Output: z.string() })).nullish(),
});
const containerInspection = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    ExitCode: z.number(),
    OOMKilled: z.boolean().nullish(),
    Error: z.string().nullish(),
    StartedAt: z.string(),
    FinishedAt: z.string(),
    Health: health.nullish(),
    // Podman's older name.
    Healthcheck: health.nullish(),
  }),
  NetworkSettings: z
    .object({ Networks: z.record(z.string(), z.object({ IPAddress: z.string().nullish() })).nullish() })
    .nullish(),
});

/** One run of a health check. */
export interface HealthRun {
  readonly exitCode: number;
  readonly output: string;
  readonly milliseconds: number;
}

export interface ContainerState {
  readonly id: string;
  readonly image: string;
  readonly status: string;
  readonly running: boolean;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** What the engine says about a failed start. */
  readonly error: string;
  /** Null when it never started. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Null when the container has no health check. */
  readonly health: { readonly status: string; readonly runs: readonly HealthRun[] } | null;
  /** Its address in each network by the network's name, while it runs. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** State of a container; null when the engine has no such container. */
export async function inspectContainer(engine: Engine, container: string): Promise<ContainerState | null> {
  const args = ['container', 'inspect', container];
  const result = await callEngine(engine, args);
  if (result.end !== 'exited') throw engineFault(engine, args, result);
  if (result.failed) {
    await askEngine(engine, ['version', '--format', '{{json .}}']);
    return null;
  }
  const [raw] = z.array(containerInspection).parse(JSON.parse(result.stdout.toString('utf8')));
  if (raw === undefined) return null;
  const { State: state } = raw;
  const check = state.Health ?? state.Healthcheck;
  return {
    id: raw.Id,
    image: raw.Image,
    status: state.Status,
    running: state.Running,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled === true,
    error: state.Error ?? '',
    startedAt: toDate(state.StartedAt),
    finishedAt: toDate(state.FinishedAt),
    health: check && check.Status !== '' && check.Status !== 'none' ? toHealth(check) : null,
    addresses: Object.fromEntries(
      Object.entries(raw.NetworkSettings?.Networks ?? {}).flatMap(([name, { IPAddress: address }]) =>
        address ? [[name, address]] : [],
      ),
    ),
  };
}

function toHealth(raw: z.infer<typeof health>): ContainerState['health'] {
  const runs = (raw.Log ?? []).map(({ Start, End, ExitCode, Output }) => ({
    exitCode: ExitCode,
    output: Output,
    milliseconds: Date.parse(End) - Date.parse(Start),
  }));
  return { status: raw.Status, runs };
}

// The engine writes the year 1 for "never".
function toDate(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1971 ? null : date;
}

/** What waiting for health ended with; `milliseconds` since the start of the container. */
export type HealthOutcome =
  | { readonly kind: 'healthy'; readonly milliseconds: number }
  | { readonly kind: 'unhealthy' | 'timed-out'; readonly milliseconds: number; readonly runs: readonly HealthRun[] }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly outOfMemory: boolean; readonly error: string }
  | { readonly kind: 'no-health-check' };

/**
 * Waits until the container's own health check has an answer.
 * @throws RefitError when the container is gone or the session was stopped (exit 130).
 */
export async function waitForHealth(
  session: Session,
  container: string,
  options: { readonly timeout: number; readonly every?: number },
): Promise<HealthOutcome> {
  const began = Date.now();
  for (;;) {
    const state = await inspectContainer(session.engine, container);
    if (state === null) throw new RefitError(`container ${container.slice(0, 12)} is gone`);
    const { health: check, startedAt, exitCode, outOfMemory, error } = state;
    const milliseconds = Date.now() - (startedAt?.getTime() ?? began);
    if (!state.running && state.status !== 'created') return { kind: 'exited', exitCode, outOfMemory, error };
    if (check === null) return { kind: 'no-health-check' };
    if (check.status === 'healthy') return { kind: 'healthy', milliseconds };
    if (check.status === 'unhealthy') return { kind: 'unhealthy', milliseconds, runs: check.runs };
    if (Date.now() - began > options.timeout) return { kind: 'timed-out', milliseconds, runs: check.runs };
    try {
      await delay(options.every ?? 500, undefined, session.signal ? { signal: session.signal } : {});
    } catch (cause) {
      throw new RefitError('waiting for the container was interrupted', { exitCode: 130, cause });
    }
  }
}

/** The last lines that a container wrote, both streams, oldest first; bounded by `lines` and by what the engine keeps. */
export async function containerLog(
  engine: Engine,
  container: string,
  lines: number | 'all' = 'all',
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const args = ['logs', '--tail', String(lines), container];
  const result = await callEngine(engine, args, { maxBuffer: 32 * 1024 * 1024 });
  if (result.failed && result.end !== 'too-much-output') throw engineFault(engine, args, result);
  return { stdout: result.stdout.toString('utf8'), stderr: result.stderr };
}
