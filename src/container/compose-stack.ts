/** The stack of the checkout, started from the image under test and from nothing that a registry holds. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoPath } from '../base/repo-path.ts';
import { TOKEN_NAME } from '../checks/environment-files.ts';
import { NEW_LOGIN } from '../checks/project/compose-evidence.ts';
import { type Bench, excerpt } from './bench.ts';
import {
  type ComposeModel,
  composeEnvironment,
  defaultSet,
  type ModelService,
  type ResolvedSet,
  resolvedSets,
  resolveSet,
  whyNoCompose,
  withComposeFolder,
} from './compose-model.ts';
import { askEngine, callEngine, containerLog, execInContainer, inspectContainer, inspectImage } from './engine.ts';
import { SHUT_IN } from './service.ts';

/** What was seen of the stack; it is gone when this is known. */
export type StackOutcome =
  | { readonly kind: 'not-applicable'; readonly why: string }
  | { readonly kind: 'cannot'; readonly why: string }
  | {
      readonly kind: 'down';
      readonly set: ResolvedSet;
      readonly provider: string;
      /** What Compose said, and the end of the provider's log. */
      readonly said: string;
    }
  | {
      readonly kind: 'up';
      readonly set: ResolvedSet;
      readonly provider: string;
      /** `sha256:…` of what the provider ran. */
      readonly imageId: string;
      /** Null when no volume is mounted where the login is. */
      readonly recreated: Recreated | null;
    };

/** The provider after Compose made its container anew. */
export interface Recreated {
  readonly healthy: boolean;
  /** Whether the login volume still held what the first container wrote, and could be written. */
  readonly kept: boolean;
  readonly seen: string;
}

const UP_SECONDS = 300;
const DATABASES = /(?:^|\/)(?:postgres|postgresql|pgvector|timescaledb|mariadb|mysql)(?::|@|$)/;
const MARKER = `${NEW_LOGIN}/refit-marker`;

/** Starts the stack, looks, makes the provider's container anew, looks again, and takes everything down; once a run. */
export function stack(bench: Bench): Promise<StackOutcome> {
  return bench.once('stack', () => runStack(bench));
}

async function runStack(bench: Bench): Promise<StackOutcome> {
  const why = whyNoCompose(bench);
  if (why !== null) return { kind: 'not-applicable', why };
  const set = defaultSet(await resolvedSets(bench));
  if (set === null) return { kind: 'not-applicable', why: 'no compose file that is loaded runs the provider' };
  return withComposeFolder(bench, async (folder) => {
    // Resolved again, for the binds of this folder.
    const resolved = await resolveSet(bench, set, folder);
    if (resolved.kind === 'refused') return { kind: 'cannot', why: 'Compose cannot read the files (C01)' };
    const [provider] = [...set.providers].filter((name) => name in resolved.model.services);
    if (provider === undefined) return { kind: 'cannot', why: 'the service of the provider is in no resolved file' };
    const planned = await planStack(bench, resolved.model, provider, folder);
    if (planned.kind === 'cannot') return planned;
    const file = join(folder, 'refit-stack.json');
    writeFileSync(file, JSON.stringify(planned.model), { mode: 0o600 });
    const compose = composeCall(bench, file);
    try {
      return await observe(bench, set, provider, compose, planned.keepsLogin);
    } finally {
      await compose(['down', '--volumes', '--remove-orphans', '--timeout', '10']);
    }
  });
}

type ComposeCall = (args: readonly string[], timeout?: number) => ReturnType<typeof callEngine>;

function composeCall(bench: Bench, file: string): ComposeCall {
  const { engine } = bench.session;
  const project = ['compose', '--project-name', `refit-${bench.session.id}`, '--file', file];
  // Not under the run's signal: what is up has to come down after it.
  return (args, timeout = 120_000) =>
    callEngine(engine, [...project, ...args], { env: composeEnvironment(bench), timeout });
}

async function observe(
  bench: Bench,
  set: ResolvedSet,
  provider: string,
  compose: ComposeCall,
  keepsLogin: boolean,
): Promise<StackOutcome> {
  const up = ['up', '--detach', '--no-build', '--pull', 'never', '--wait', '--wait-timeout', String(UP_SECONDS)];
  const first = await compose(up, (UP_SECONDS + 60) * 1000);
  const container = await containerOf(bench, provider);
  if (first.failed || container === null) {
    const log = container === null ? '' : await containerLog(bench.session.engine, container, 50);
    const text = typeof log === 'string' ? log : `${log.stdout}\n${log.stderr}`;
    return {
      kind: 'down',
      set,
      provider,
      said: [excerpt(bench, first.stderr, 4), excerpt(bench, text, 10)].join('\n'),
    };
  }
  const imageId = (await inspectContainer(bench.session.engine, container))?.image ?? '';
  if (!keepsLogin) return { kind: 'up', set, provider, imageId, recreated: null };
  await execInContainer(bench.session, container, ['touch', MARKER]);
  const again = await compose([...up, '--force-recreate', '--no-deps', provider], (UP_SECONDS + 60) * 1000);
  return { kind: 'up', set, provider, imageId, recreated: await lookAgain(bench, provider, container, !again.failed) };
}

async function lookAgain(bench: Bench, provider: string, before: string, healthy: boolean): Promise<Recreated> {
  const container = await containerOf(bench, provider);
  if (container === null || container === before) {
    return { healthy: false, kept: false, seen: 'Compose made no new container' };
  }
  const look = `test -e ${MARKER} && touch ${MARKER} && test -r ${NEW_LOGIN}/.credentials.json && ls -ln ${NEW_LOGIN}`;
  const ended = await execInContainer(bench.session, container, ['sh', '-c', look]);
  const kept = ended.kind === 'exited' && ended.exitCode === 0;
  return { healthy, kept, seen: excerpt(bench, `${ended.stdout}\n${ended.stderr}`, 5) };
}

async function containerOf({ session }: Bench, service: string): Promise<string | null> {
  const label = (name: string, value: string) => ['--filter', `label=com.docker.compose.${name}=${value}`];
  const found = await askEngine(session.engine, [
    ...['ps', '--all', '--quiet', '--no-trunc'],
    ...label('project', `refit-${session.id}`),
    ...label('service', service),
  ]);
  return found.split('\n')[0]?.trim() || null;
}

type Planned =
  | { readonly kind: 'planned'; readonly model: Readonly<Record<string, unknown>>; readonly keepsLogin: boolean }
  | { readonly kind: 'cannot'; readonly why: string };

/**
 * The provider and what it waits for, and nothing else of the model: no port on the host, no name or volume of the
 * user's project, no file outside of the exported folder, an internal network.
 */
async function planStack(bench: Bench, model: ComposeModel, provider: string, folder: string): Promise<Planned> {
  const names = neededServices(bench, model, provider);
  const services: Record<string, unknown> = {};
  const volumes: Record<string, unknown> = {};
  const labels = sessionLabels(bench);
  for (const name of names) {
    const service = model.services[name];
    if (service === undefined) return { kind: 'cannot', why: `${provider} waits for ${name}, which no file defines` };
    const isProvider = name === provider;
    const image = isProvider ? bench.image.facts.id : (service.image ?? '');
    if (!isProvider && (image === '' || (await inspectImage(bench.session.engine, image)) === null)) {
      return {
        kind: 'cannot',
        why: `the image of ${name} is not in the engine, and nothing of a stack is fetched: ${image || 'it is built'}`,
      };
    }
    const outside = (service.volumes ?? []).find(({ type, source }) => type === 'bind' && !isInside(source, folder));
    if (outside !== undefined) {
      return {
        kind: 'cannot',
        why: `${name} mounts a path of the host that is not of the checkout: ${outside.target}`,
      };
    }
    for (const { type, source } of service.volumes ?? []) {
      if (type === 'volume' && source != null) volumes[source] = { labels };
    }
    services[name] = plannedService(bench, service, { image, isProvider, names });
  }
  const keepsLogin = (model.services[provider]?.volumes ?? []).some(
    ({ type, target }) => type === 'volume' && target === NEW_LOGIN,
  );
  const networks = { default: { internal: true, labels } };
  return { kind: 'planned', model: { services, volumes, networks }, keepsLogin };
}

function neededServices({ database }: Bench, model: ComposeModel, provider: string): readonly string[] {
  const found = [provider];
  for (const name of found) {
    for (const next of Object.keys(model.services[name]?.depends_on ?? {})) {
      const left = database.kind !== 'compose' && DATABASES.test(model.services[next]?.image ?? '');
      if (!left && !found.includes(next)) found.push(next);
    }
  }
  return found;
}

const KEPT = ['command', 'entrypoint', 'healthcheck', 'working_dir', 'user', 'tmpfs', 'read_only', 'init', 'shm_size'];

function plannedService(
  bench: Bench,
  service: ModelService,
  {
    image,
    isProvider,
    names,
  }: { readonly image: string; readonly isProvider: boolean; readonly names: readonly string[] },
): Readonly<Record<string, unknown>> {
  const kept = Object.fromEntries(KEPT.filter((key) => service[key] != null).map((key) => [key, service[key]]));
  const waits = Object.entries(service.depends_on ?? {}).filter(([name]) => names.includes(name));
  return {
    ...kept,
    image,
    pull_policy: 'never',
    environment: isProvider ? providerEnvironment(bench, service) : (service.environment ?? {}),
    depends_on: Object.fromEntries(waits.map(([name, { condition }]) => [name, { condition }])),
    volumes: (service.volumes ?? []).map(({ type, source, target, read_only: readOnly }) => ({
      type,
      ...(source == null ? {} : { source }),
      target,
      ...(readOnly == null ? {} : { read_only: readOnly }),
    })),
    restart: 'no',
    labels: sessionLabels(bench),
    mem_limit: '2g',
    pids_limit: 512,
    ...(isProvider ? { cap_drop: ['ALL'], security_opt: ['no-new-privileges'] } : {}),
  };
}

// The names that lead to a database, for a run that has none.
const DATABASE_NAMES = new Set(['DATABASE_URL', 'DIRECT_URL', 'STORE_MODEL_IN_DB']);

function providerEnvironment(bench: Bench, { environment }: ModelService): Readonly<Record<string, string | null>> {
  const withDatabase = bench.database.kind === 'compose';
  const kept = Object.entries(environment ?? {}).filter(([name]) => withDatabase || !DATABASE_NAMES.has(name));
  return {
    ...Object.fromEntries(kept),
    LITELLM_MASTER_KEY: bench.masterKey,
    [TOKEN_NAME]: bench.token,
    ...SHUT_IN,
  };
}

/** The labels of the run, as Compose wants them. */
function sessionLabels({ session }: Bench): Readonly<Record<string, string>> {
  const pairs = session.labels.filter((word) => word !== '--label');
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1).replaceAll('$', '$$$$')]),
  );
}

const isInside = (source: string | null | undefined, folder: string): boolean =>
  source === folder || (source?.startsWith(`${folder}/`) ?? false);

/** The file that the stack of a set begins with. */
export function stackFile({ files }: ResolvedSet): RepoPath {
  return files[0]?.path ?? ('compose.yaml' as RepoPath);
}
