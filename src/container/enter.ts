/** Starts of the image as a deployment starts it, with a look around in the place of the server where it lets us. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { resolveYamlAlias, yamlNodeAt } from '../editors/yaml.ts';
import { BASE_CONTRACT } from './base-contract.ts';
import type { Bench } from './bench.ts';
import {
  askEngine,
  type ContainerEnd,
  type ContainerSpec,
  callEngine,
  containerLog,
  createContainer,
  execInContainer,
  inspectContainer,
  removeContainer,
  runToEnd,
  type Session,
  startContainer,
} from './engine.ts';
import { LOOK_PROGRAM, type Look, type LookRequest, readLook } from './enter/program.ts';
import { serviceSettings } from './service-settings.ts';

/** What came of a start. */
export type Entered =
  | {
      readonly kind: 'looked';
      /** Whether the command took the server's place, or the server came up whatever was asked and was looked at from beside. */
      readonly how: 'as-command' | 'beside-server';
      /** How a command that is no server ended before the server was looked at: null when it went on. */
      readonly refusal: number | null;
      /** Of the command; null beside the server. */
      readonly exitCode: number | null;
      readonly look: Look;
      /** What was written besides the look. */
      readonly output: string;
    }
  /** It could not be started, ended before it did anything, or ran on without a server. */
  | { readonly kind: 'ended'; readonly exitCode: number; readonly output: string }
  | { readonly kind: 'idle'; readonly output: string };

/** Asked of the command that looks around, so that a lost exit code shows. */
export const LOOK_EXIT = 7;
/** A look ends sooner, as a rule; where it does not, a server may have come up in its place. */
const PATIENCE_MS = 20_000;
const COMMAND_MS = 90_000;
const SERVER_MS = 120_000;

type Asked = Partial<Pick<LookRequest, 'imports' | 'config' | 'cli'>>;
type Start = Pick<ContainerSpec, 'env' | 'mounts' | 'user' | 'tmpfs' | 'readOnlyRoot' | 'hardened'> & {
  readonly role: string;
  readonly asked?: Asked;
  /** Milliseconds; that of a command which loads nothing unless told. */
  readonly timeout?: number;
};

/** The environment of a start that lacks nothing: what compose sets, and the canaries. */
export function startEnvironment(bench: Bench): Readonly<Record<string, string>> {
  const canaries = { [masterKeyName(bench)]: bench.masterKey, CLAUDE_CODE_OAUTH_TOKEN: bench.token };
  return { ...serviceSettings(bench.project).env, ...canaries };
}

/** The variable that the configuration takes the master key from. */
export function masterKeyName({ project }: Pick<Bench, 'project'>): string {
  const usual = 'LITELLM_MASTER_KEY';
  if (project.config.kind !== 'read') return usual;
  const node = yamlNodeAt(project.config.yaml, ['general_settings', 'master_key']);
  const scalar = node === null ? null : resolveYamlAlias(node);
  const value = scalar?.kind === 'scalar' ? String(scalar.value ?? '') : '';
  return /^os\.environ\/(\w+)$/.exec(value)?.[1] ?? usual;
}

/** The start that all checks share: with the canaries and without a volume. It loads nothing, so it ends at once. */
export function entered(bench: Bench): Promise<Entered> {
  return bench.once('entered', () => firstStart(bench, { role: 'enter', env: startEnvironment(bench) }));
}

/** Why nothing can be looked at in a start of the image, or null: for the checks that need one that works. */
export async function whyNotEntered(bench: Bench): Promise<string | null> {
  const first = await entered(bench);
  return first.kind === 'looked' ? null : 'the container does not start as it should: R12 tells why';
}

/** Why a start says nothing of a login of claude, or null. */
export async function whyNoLogin(bench: Bench): Promise<string | null> {
  const first = await entered(bench);
  if (first.kind !== 'looked') return whyNotEntered(bench);
  const { process, login } = first.look;
  if (process?.uid !== BASE_CONTRACT.uid) return `the container does not run as ${BASE_CONTRACT.user}: R01 tells`;
  if ((login?.credentials?.text ?? '').includes(bench.token)) return null;
  return 'the start writes no login with the token: R12 tells';
}

/** One more start, as {@link entered} found that it goes. */
export async function enter(bench: Bench, spec: Start): Promise<Entered> {
  const first = await entered(bench);
  return first.kind === 'looked' && first.how === 'beside-server'
    ? besideServer(bench, { ...spec, refusal: first.refusal })
    : asCommand(bench, spec);
}

async function asCommand(bench: Bench, spec: Start): Promise<Entered> {
  const mark = newMark();
  const { timeout = COMMAND_MS } = spec;
  const ended = await runToEnd(bench.session, commandSpec(bench, spec, mark), { timeout });
  const look = readLook(ended.stdout, mark);
  const output = outputOf(ended, mark);
  const exitCode = ended.kind === 'exited' ? ended.exitCode : null;
  if (look !== null) return { kind: 'looked', how: 'as-command', refusal: null, exitCode, look, output };
  return exitCode === null ? { kind: 'idle', output } : { kind: 'ended', exitCode, output };
}

/**
 * The first start, of which nothing is known: the command may take the server's place, be ignored or be refused. Where it
 * has not ended after a while, the same container is looked into for a server, too.
 */
async function firstStart(bench: Bench, spec: Start): Promise<Entered> {
  const { session } = bench;
  const mark = newMark();
  const container = await createContainer(session, commandSpec(bench, spec, mark));
  try {
    const begun = await callEngine(session.engine, ['start', container]);
    if (begun.failed) return { kind: 'ended', exitCode: begun.exitCode ?? 125, output: begun.stderr };
    const patience = new AbortController();
    const end = waitForEnd(session, container).finally(() => patience.abort());
    const ended = await Promise.race([end, delay(PATIENCE_MS, null, { signal: patience.signal }).catch(() => end)]);
    // On a busy machine a look that has begun takes longer still.
    const began = async () => readLook((await containerLog(session.engine, container)).stdout, mark) !== null;
    if (ended === null && !(await began())) {
      const beside = await lookBeside(bench, container, { ...spec, refusal: null });
      if (beside.kind === 'looked' || (beside.kind === 'idle' && !(await began()))) return beside;
    }
    const exitCode = ended ?? (await end);
    const { stdout, stderr } = await containerLog(session.engine, container);
    const look = readLook(stdout, mark);
    const output = outputOf({ stdout, stderr }, mark);
    if (look !== null) return { kind: 'looked', how: 'as-command', refusal: null, exitCode, look, output };
    const served = await besideServer(bench, { ...spec, refusal: exitCode });
    return served.kind === 'looked' || exitCode === 0 ? served : { kind: 'ended', exitCode, output };
  } finally {
    await removeContainer(session, container);
  }
}

/** @returns the exit code. */
async function waitForEnd({ engine, signal }: Session, container: string): Promise<number> {
  const limit = COMMAND_MS + SERVER_MS;
  return Number(await askEngine(engine, ['wait', container], { timeout: limit, ...(signal && { signal }) }));
}

async function besideServer(bench: Bench, spec: Start & { readonly refusal: number | null }): Promise<Entered> {
  const { session } = bench;
  const { refusal: _refusal, ...start } = spec;
  const { command } = serviceSettings(bench.project);
  const container = await startContainer(session, {
    ...specOf(bench, start),
    ...(command !== undefined && { command }),
  });
  try {
    return await lookBeside(bench, container, spec);
  } finally {
    await removeContainer(session, container);
  }
}

/** Waits in a running container for the process of a server, and looks with its environment. */
async function lookBeside(
  { session }: Bench,
  container: string,
  spec: Start & { readonly refusal: number | null },
): Promise<Entered> {
  const mark = newMark();
  const command = ['python', '-c', LOOK_PROGRAM, requestOf(spec, mark, true)];
  const { timeout = SERVER_MS } = spec;
  const ended = await execInContainer(session, container, command, { timeout });
  const look = readLook(ended.stdout, mark);
  const log = await containerLog(session.engine, container, 60);
  const output = `${log.stdout}\n${log.stderr}`;
  const { refusal } = spec;
  if (look !== null) return { kind: 'looked', how: 'beside-server', refusal, exitCode: null, look, output };
  const state = await inspectContainer(session.engine, container);
  if (state === null || state.running) return { kind: 'idle', output };
  return { kind: 'ended', exitCode: state.exitCode, output };
}

function commandSpec(bench: Bench, spec: Start, mark: string): ContainerSpec {
  return { ...specOf(bench, spec), command: ['python', '-c', LOOK_PROGRAM, requestOf(spec, mark, false)] };
}

function specOf({ image }: Bench, { asked: _asked, timeout: _timeout, ...spec }: Start): ContainerSpec {
  return { ...spec, image: image.facts.id, extra: ['--no-healthcheck'] };
}

function requestOf({ asked = {} }: Start, mark: string, asServer: boolean): string {
  const { imports = [], config = null, cli = false } = asked;
  return JSON.stringify({ mark, exitCode: LOOK_EXIT, asServer, imports, config, cli } satisfies LookRequest);
}

const newMark = (): string => `refit-look-${randomBytes(8).toString('hex')} `;

function outputOf({ stdout, stderr }: Pick<ContainerEnd, 'stdout' | 'stderr'>, mark: string): string {
  const own = stdout.split('\n').filter((line) => !line.includes(mark));
  return `${own.join('\n')}\n${stderr}`;
}
