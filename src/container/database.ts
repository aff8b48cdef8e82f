/** The database that the server under test is started with, where one was asked for. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, excerpt, refuseInterrupted } from './bench.ts';
import { containerLog, execInContainer, inspectContainer, inspectImage, startContainer } from './engine.ts';
import { network } from './network.ts';

/** An address for `DATABASE_URL`, or why there is none. */
export type Database =
  | { readonly kind: 'none' }
  | { readonly kind: 'ready'; readonly url: string; readonly outside: boolean }
  | { readonly kind: 'cannot'; readonly why: string };

/** Images that are started by the variables of the official one, and speak what Prisma's schema of LiteLLM is written for. */
const POSTGRES = /(?:^|\/)(?:postgres|postgresql|pgvector|timescaledb)(?::|@|$)/;
const ALIAS = 'database';
const READY_MS = 90_000;

/** Started at most once a run; what cannot be had is told, and the server is started without it. */
export function database(bench: Bench): Promise<Database> {
  return bench.once('database', async () => {
    switch (bench.database.kind) {
      case 'none':
        return { kind: 'none' };
      case 'url':
        return { kind: 'ready', url: bench.database.url, outside: true };
      case 'compose':
        return fromCompose(bench);
    }
  });
}

/** The image of a loaded compose file's database service, or null. Pure. */
export function databaseImage({ project }: Pick<Bench, 'project'>): string | null {
  const services = project.composeFiles.filter(({ loaded }) => loaded !== 'other').flatMap((file) => file.services);
  const waited = new Set(
    project.composeFiles.flatMap(({ providerServices }) =>
      providerServices.flatMap(({ dependsOn }) => dependsOn.map(({ service }) => service)),
    ),
  );
  const found = services.flatMap(({ name, image }) =>
    image?.resolved != null && POSTGRES.test(image.resolved) ? [{ name, image: image.resolved }] : [],
  );
  return (found.find(({ name }) => waited.has(name)) ?? found[0])?.image ?? null;
}

/**
 * A container of the service's image on the internal network, with a login of this run's own: what compose sets for it are
 * the user's secrets. It starts as its image wants it, for such images give up root by themselves.
 */
async function fromCompose(bench: Bench): Promise<Database> {
  const image = databaseImage(bench);
  if (image === null) return { kind: 'cannot', why: 'no service of a loaded compose file runs a PostgreSQL image' };
  const { session } = bench;
  if ((await inspectImage(session.engine, image)) === null) {
    return {
      kind: 'cannot',
      why: `the image of the database is not in the engine, and nothing of a stack is fetched: ${image}`,
    };
  }
  const around = await network(bench);
  const password = randomBytes(16).toString('hex');
  const container = await startContainer(session, {
    image,
    role: 'database',
    network: around.network,
    alias: ALIAS,
    env: { POSTGRES_USER: 'litellm', POSTGRES_PASSWORD: password, POSTGRES_DB: 'litellm' },
    hardened: false,
    extra: ['--no-healthcheck'],
  });
  // By its address: while it prepares itself, such an image listens on a socket only.
  const isReady = ['pg_isready', '--host', ALIAS, '--username', 'litellm'];
  for (const end = Date.now() + READY_MS; Date.now() < end; await delay(500)) {
    refuseInterrupted(session);
    const asked = await execInContainer(session, container, isReady, { timeout: 15_000 });
    if (asked.kind === 'exited' && asked.exitCode === 0)
      return { kind: 'ready', url: `postgresql://litellm:${password}@${ALIAS}:5432/litellm`, outside: false };
    if ((await inspectContainer(session.engine, container))?.running !== true) break;
  }
  const { stdout, stderr } = await containerLog(session.engine, container, 20);
  const last = excerpt(bench, `${stdout}\n${stderr}`, 1).replaceAll(password, '…');
  return { kind: 'cannot', why: `the database does not come up from ${image}: ${last}` };
}
