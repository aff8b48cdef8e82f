import { setMaxListeners } from 'node:events';
import { askEngine, callEngine } from './call.ts';
import type { Engine } from './facts.ts';
import { formatOwner, isGone, newRunId, OWNER_LABEL, parseOwner, RUN_LABEL, thisOwner } from './owner.ts';

/** One run on an engine: all that is created through it carries its labels and goes with it. */
export interface Session {
  readonly engine: Engine;
  /** 12 hexadecimal digits. */
  readonly id: string;
  /** `--label` arguments for everything that is created. */
  readonly labels: readonly string[];
  /** Ends every wait and call of the run. */
  readonly signal: AbortSignal | undefined;
  /** A name for a resource that no other run has: `refit-<id>-<role>`, numbered from the second on. */
  name(role: string): string;
}

export interface SessionOptions {
  readonly signal?: AbortSignal;
  readonly id?: string;
}

/** Opens a run. Nothing is created by it. */
export function openSession(engine: Engine, options: SessionOptions = {}): Session {
  const id = options.id ?? newRunId();
  // Every call and wait listens on it, many at a time: no leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  const used = new Map<string, number>();
  return {
    engine,
    id,
    labels: ['--label', `${RUN_LABEL}=${id}`, '--label', `${OWNER_LABEL}=${formatOwner(thisOwner())}`],
    signal: options.signal,
    name: (role) => {
      const count = (used.get(role) ?? 0) + 1;
      used.set(role, count);
      return `refit-${id}-${role}${count === 1 ? '' : `-${count}`}`;
    },
  };
}

/** What carries a label of a run, by kind; ids, and names for volumes. */
export interface Resources {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

/** Everything of run `id`, or of every run when no id is given. */
export async function listResources(engine: Engine, id?: string): Promise<Resources> {
  const filter = ['--filter', `label=${id === undefined ? RUN_LABEL : `${RUN_LABEL}=${id}`}`];
  const list = async (args: readonly string[]) => words(await askEngine(engine, [...args, ...filter]));
  const [containers, networks, volumes, images] = await Promise.all([
    list(['ps', '--all', '--quiet', '--no-trunc']),
    list(['network', 'ls', '--quiet', '--no-trunc']),
    list(['volume', 'ls', '--quiet']),
    list(['images', '--all', '--quiet', '--no-trunc']),
  ]);
  return { containers, networks, volumes, images };
}

/** What could not be removed; empty when all is gone. */
export type Leftovers = readonly string[];

/**
 * Removes everything of the run, containers first, and tells what stayed. It goes on after the run's signal, and a
 * second look catches what a call that was just ended created late.
 */
export async function closeSession(session: Pick<Session, 'engine' | 'id'>): Promise<Leftovers> {
  await removeResources(session.engine, await listResources(session.engine, session.id));
  const late = await listResources(session.engine, session.id);
  if (namesOf(late).length === 0) return [];
  await removeResources(session.engine, late);
  return namesOf(await listResources(session.engine, session.id));
}

/** Ids of runs whose process is gone for certain and that left something behind; all of it is removed. */
export async function sweepDeadRuns(engine: Engine): Promise<readonly string[]> {
  const dead = (await labelledRuns(engine)).filter(({ owner }) => {
    const parsed = parseOwner(owner);
    return parsed !== null && isGone(parsed);
  });
  const ids = [...new Set(dead.map(({ id }) => id))];
  for (const id of ids) await closeSession({ engine, id });
  return ids;
}

async function labelledRuns(engine: Engine): Promise<readonly { readonly id: string; readonly owner: string }[]> {
  const all = await listResources(engine);
  const label = (name: string, where: string) => `{{index ${where} "${name}"}}`;
  const pair = (where: string) => `${label(RUN_LABEL, where)} ${label(OWNER_LABEL, where)}`;
  const inspect = async (kind: string, names: readonly string[], where: string): Promise<string> => {
    if (names.length === 0) return '';
    // One that vanished meanwhile makes the call fail and still leaves the others in its output.
    return (await callEngine(engine, [kind, 'inspect', '--format', pair(where), ...names])).stdout.toString('utf8');
  };
  const texts = await Promise.all([
    inspect('container', all.containers, '.Config.Labels'),
    inspect('network', all.networks, '.Labels'),
    inspect('volume', all.volumes, '.Labels'),
    inspect('image', all.images, '.Config.Labels'),
  ]);
  return texts
    .flatMap((text) => text.split('\n'))
    .flatMap((line) => {
      const [id = '', ...owner] = line.trim().split(' ');
      return id === '' ? [] : [{ id, owner: owner.join(' ') }];
    });
}

async function removeResources(engine: Engine, resources: Resources): Promise<void> {
  const { containers, networks, volumes, images } = resources;
  const remove = async (args: readonly string[], names: readonly string[]) => {
    if (names.length > 0) await callEngine(engine, [...args, ...names], { timeout: 120_000 });
  };
  await remove(['rm', '--force', '--volumes'], containers);
  await Promise.all([
    remove(['network', 'rm'], networks),
    remove(['volume', 'rm', '--force'], volumes),
    remove(['rmi', '--force'], images),
  ]);
}

function namesOf(resources: Resources): Leftovers {
  return [
    ...resources.containers.map((id) => `container ${id.slice(0, 12)}`),
    ...resources.networks.map((id) => `network ${id.slice(0, 12)}`),
    ...resources.volumes.map((name) => `volume ${name}`),
    ...resources.images.map((id) => `image ${id.replace(/^sha256:/, '').slice(0, 12)}`),
  ];
}

function words(text: string): readonly string[] {
  return [...new Set(text.split(/\s+/).filter((word) => word !== ''))];
}
