import { RefitError } from '../../base/errors.ts';
import type { ProcessResult } from '../../host/process.ts';
import { askEngine, callEngine, engineFault } from './call.ts';
import { type ContainerSpec, containerArguments } from './container-spec.ts';
import { inspectContainer } from './container-state.ts';
import type { Session } from './session.ts';

/** How a container that ran to its end did so. */
export type ContainerEnd =
  | {
      readonly kind: 'exited';
      /** The program's own; 126: could not be executed, 127: not found. */
      readonly exitCode: number;
      readonly stdout: string;
      readonly stderr: string;
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'timed-out' | 'too-much-output';
      readonly stdout: string;
      readonly stderr: string;
      readonly milliseconds: number;
    };

export interface RunLimits {
  /** Milliseconds; 60,000 unless told. */
  readonly timeout?: number;
  /** Bytes of each stream; 4 MiB unless told. */
  readonly maxBuffer?: number;
  readonly input?: string;
}

/**
 * Runs a container to its end and removes it, whatever the end. Ending the client would leave the container running,
 * so on a time-out or an interrupt the container is killed, and the client ends with it.
 * @throws RefitError when the engine could not create it, or the session was stopped (exit 130).
 */
export async function runToEnd(session: Session, spec: ContainerSpec, limits: RunLimits = {}): Promise<ContainerEnd> {
  const { engine, signal } = session;
  const name = session.name(spec.role);
  const { args, env } = containerArguments(session, spec, name);
  const call = ['run', ...(limits.input === undefined ? [] : ['--interactive']), ...args];
  const { timeout = 60_000, maxBuffer = 4 * 1024 * 1024, input } = limits;
  const start = Date.now();
  let late = false;
  const kill = () => void callEngine(engine, ['kill', name]);
  const limit = setTimeout(() => {
    late = true;
    kill();
  }, timeout);
  signal?.addEventListener('abort', kill, { once: true });
  const result = await callEngine(engine, call, {
    env,
    // For an engine that does not answer: as a rule the client ends with its container.
    timeout: timeout + 15_000,
    maxBuffer,
    ...(input !== undefined && { input }),
    ...(signal && { signal }),
  });
  clearTimeout(limit);
  signal?.removeEventListener('abort', kill);
  const milliseconds = Date.now() - start;
  try {
    if (signal?.aborted) throw interrupted(`${engine.program} run`);
    const refused = result.exitCode === 125 && !(await hasRun(session, name));
    if (refused) throw engineFault(engine, call, result);
    const ended = toEnd(result, milliseconds, () => engineFault(engine, call, result));
    return late ? { ...ended, kind: 'timed-out' } : ended;
  } finally {
    await removeContainer(session, name);
  }
}

function toEnd(result: ProcessResult, milliseconds: number, fault: () => RefitError): ContainerEnd {
  const output = { stdout: result.stdout.toString('utf8'), stderr: result.stderr, milliseconds };
  if (result.end === 'timed-out' || result.end === 'too-much-output') return { kind: result.end, ...output };
  if (result.exitCode === null) throw fault();
  return { kind: 'exited', exitCode: result.exitCode, ...output };
}

/** 125 is the client's word for a failure of the engine, and also what a program may exit with. */
async function hasRun(session: Session, name: string): Promise<boolean> {
  const state = await inspectContainer(session.engine, name);
  return state !== null && state.startedAt !== null;
}

/** Starts a container and leaves it running. @returns its id. @throws RefitError when it could not be started. */
export async function startContainer(session: Session, spec: ContainerSpec): Promise<string> {
  const { args, env } = containerArguments(session, spec, session.name(spec.role));
  const { signal } = session;
  return (await askEngine(session.engine, ['run', '--detach', ...args], { env, ...(signal && { signal }) })).trim();
}

/** Creates a container that is never started: its files can be read with no program of it running. */
export async function createContainer(session: Session, spec: ContainerSpec): Promise<string> {
  const { args, env } = containerArguments(session, spec, session.name(spec.role));
  return (await askEngine(session.engine, ['create', ...args], { env })).trim();
}

/** Runs a program in a running container. The exit code is the program's; 126 and 127 as in a shell. */
export async function execInContainer(
  session: Session,
  container: string,
  command: readonly string[],
  options: RunLimits & { readonly user?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ContainerEnd> {
  const { timeout = 60_000, maxBuffer = 4 * 1024 * 1024, input, user, env = {} } = options;
  const args = [
    'exec',
    ...(input === undefined ? [] : ['--interactive']),
    ...(user === undefined ? [] : ['--user', user]),
    ...Object.keys(env).flatMap((key) => ['--env', key]),
    container,
    ...command,
  ];
  const { engine, signal } = session;
  const start = Date.now();
  const result = await callEngine(engine, args, {
    env,
    timeout,
    maxBuffer,
    ...(input !== undefined && { input }),
    ...(signal && { signal }),
  });
  if (result.end === 'cancelled') throw interrupted(`${engine.program} exec`);
  return toEnd(result, Date.now() - start, () => engineFault(engine, args, result));
}

/** Asks the container's program to end, by force after `seconds`. @returns milliseconds that it took. */
export async function stopContainer(session: Session, container: string, seconds = 10): Promise<number> {
  const start = Date.now();
  await askEngine(session.engine, ['stop', '--time', String(seconds), container], { timeout: (seconds + 30) * 1000 });
  return Date.now() - start;
}

/** Removes a container and its unnamed volumes; quiet when it is gone already. */
export async function removeContainer(session: Pick<Session, 'engine'>, container: string): Promise<void> {
  await callEngine(session.engine, ['rm', '--force', '--volumes', container], { timeout: 120_000 });
}

/** Creates a network of the session from which nothing outside can be reached. @returns its name. */
export async function createInternalNetwork(session: Session): Promise<string> {
  const name = session.name('net');
  await askEngine(session.engine, ['network', 'create', '--internal', ...session.labels, name]);
  return name;
}

/** Creates a network of the session that leads outside, with nothing published. @returns its name. */
export async function createNetwork(session: Session): Promise<string> {
  const name = session.name('outside');
  await askEngine(session.engine, ['network', 'create', ...session.labels, name]);
  return name;
}

/** Joins a container to one more network. */
export async function connectNetwork({ engine }: Session, network: string, container: string): Promise<void> {
  await askEngine(engine, ['network', 'connect', network, container]);
}

/** Creates a volume of the session. @returns its name. */
export async function createVolume(session: Session, role: string): Promise<string> {
  const name = session.name(role);
  await askEngine(session.engine, ['volume', 'create', ...session.labels, name]);
  return name;
}

function interrupted(what: string): RefitError {
  return new RefitError(`${what} was interrupted`, { exitCode: 130 });
}
