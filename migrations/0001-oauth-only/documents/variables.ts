import {
  type ComposePlace,
  isInside,
  NEW_LOGIN,
  OLD_LOGIN,
  parentOf,
  providerPlaces,
  type ReadonlyTree,
  type RepoPath,
  resolveIn,
} from '../../../src/authoring.ts';
import { composeCommand } from '../compose/notes.ts';
import { readOwnCompose } from '../old-dockerfile.ts';

/** What the new texts say of the checkout they stand in. */
export interface Variables {
  readonly start: string;
  readonly restart: string;
  readonly repair: string;
  /** The file that the container gets its environment from. */
  readonly env: string;
  /** The kept copy of the old Dockerfile, or empty. */
  readonly backup: string;
}

const CHOWN = `-R claude:claude ${NEW_LOGIN}`;

/** Reads the commands and names off the compose file that runs the proxy, else off the commands that documents have. */
export function variablesOf(tree: ReadonlyTree, dockerfile: string | undefined): Variables {
  const place = findPlace(tree, dockerfile);
  const backup = tree.paths('{Dockerfile,Containerfile}*.backup*').at(-1) ?? '';
  if (place === null) return { ...withoutCompose(tree), backup };
  const { file, service } = place;
  const compose = composeCommand(place, parentOf(file.path) === null);
  // `up` starts a service that has profiles only under one of them; `run` starts what it names.
  const [profile] = service.profiles;
  const up = profile === undefined ? `${compose} up -d` : `${compose} --profile ${profile} up -d`;
  return {
    start: `${up} --build`,
    restart: up,
    repair: `${compose} run --rm --user root --entrypoint chown ${service.name} ${CHOWN}`,
    env: envFileOf(place),
    backup,
  };
}

/** The service that runs the proxy: one with the volume of the login first, then one of a file that Compose loads by itself. */
function findPlace(tree: ReadonlyTree, dockerfile: string | undefined): ComposePlace | null {
  const project = readOwnCompose(tree, dockerfile);
  const known = providerPlaces(project);
  const places =
    known.length > 0
      ? known
      : project.files.flatMap((file) => file.compose.services.map((service) => ({ file, service })));
  const [best] = places
    .filter(({ file }) => file.role !== 'override' && !/\.(?:example|sample|dist)$/.test(file.path))
    .map((place) => ({ place, score: scoreOf(place, known.length > 0) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  return best?.place ?? null;
}

function scoreOf({ file, service }: ComposePlace, isProvider: boolean): number {
  const hasLogin = service.mounts.some(({ target }) =>
    [OLD_LOGIN, NEW_LOGIN].includes(target.text.replace(/\/+$/, '')),
  );
  const likely = hasLogin || service.name === 'litellm' || (service.build !== null && file.role === 'base');
  if (!isProvider && !likely) return 0;
  const loaded = file.role === 'base' ? (parentOf(file.path) === null ? 8 : 2) : 0;
  const serves = service.ports.some(({ target }) => target === '4000');
  return 1 + loaded + (hasLogin ? 4 : 0) + (serves ? 2 : 0) + (service.build === null ? 0 : 1);
}

/** The first file of the environment that is not `.env` decides; Compose counts it from the folder of its own file. */
function envFileOf({ file, service }: ComposePlace): string {
  const names = service.envFiles.flatMap(({ path }) => path.resolved ?? []);
  const named = names.map((name) => resolveIn(parentOf(file.path), name)).filter((path) => path !== null);
  return named.find((path) => path === '.env') ?? named[0] ?? '.env';
}

const BUILD = /\b(?:docker|podman)(?:[ \t]+buildx)?[ \t]+build\b[^\r\n`]*?[ \t](?:-t|--tag)[ =]([\w./:-]+)/;
const RUN = /\b(?:docker|podman)[ \t]+run\b((?:[^\r\n`\\]|\\\r?\n)*)/g;

function withoutCompose(tree: ReadonlyTree): Omit<Variables, 'backup'> {
  const texts = tree
    .paths('*.md', 'docs/**/*.md')
    .filter((path) => !isInside(path, '.github' as RepoPath))
    .map((path) => tree.tryReadText(path) ?? '');
  const image = texts.map((text) => BUILD.exec(text)?.[1]).find((name) => name !== undefined) ?? 'litellm-claude';
  const runs = texts.flatMap((text) => [...text.matchAll(RUN)].map(([, options = '']) => options));
  const option = (pattern: RegExp): string | undefined =>
    runs.map((options) => pattern.exec(options)?.[1]).find((value) => value !== undefined);
  const volume = option(/(?:-v|--volume)[ =]([\w.-]+):\/(?:root|home\/claude)\/\.claude\b/) ?? 'claude-auth';
  const env = option(/--env-file[ =]([\w./-]*\.?env(?![\w.-]*\.(?:example|sample|template)))(?=\s|$)/) ?? '.env';
  const mount = `-v ${volume}:${NEW_LOGIN}`;
  const run = `docker run -d --env-file ${env} -p 4000:4000 ${mount} ${image}`;
  return {
    start: `docker build -t ${image} . && ${run}`,
    restart: run,
    repair: `docker run --rm --user root --entrypoint chown ${mount} ${image} ${CHOWN}`,
    env,
  };
}
