/** The compose files of the tree as the compose plug-in resolves them: parsed, merged, and never with a secret of the user's. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parentOf, type RepoPath, resolveIn } from '../base/repo-path.ts';
import { exportTree } from '../checkout/export.ts';
import { environmentFiles, TOKEN_NAME } from '../checks/environment-files.ts';
import type { ComposeReading } from '../checks/project.ts';
import type { Bench } from './bench.ts';
import { callEngine } from './engine.ts';

const mount = z.looseObject({
  type: z.string(),
  source: z.string().nullish(),
  target: z.string(),
  read_only: z.boolean().nullish(),
});
const service = z.looseObject({
  image: z.string().nullish(),
  environment: z.record(z.string(), z.string().nullable()).nullish(),
  volumes: z.array(mount).nullish(),
  depends_on: z.record(z.string(), z.looseObject({ condition: z.string().nullish() })).nullish(),
  healthcheck: z.looseObject({ test: z.array(z.string()).nullish(), disable: z.boolean().nullish() }).nullish(),
  privileged: z.boolean().nullish(),
  network_mode: z.string().nullish(),
  pid: z.string().nullish(),
  mem_limit: z.union([z.string(), z.number()]).nullish(),
  pids_limit: z.number().nullish(),
  deploy: z.looseObject({ resources: z.looseObject({ limits: z.looseObject({}).nullish() }).nullish() }).nullish(),
});
const model = z.looseObject({ services: z.record(z.string(), service) });

export type ModelService = z.infer<typeof service>;
export type ModelMount = z.infer<typeof mount>;
/** As `docker compose config` gives it, `$` doubled in its values. */
export type ComposeModel = z.infer<typeof model>;

/** Files that Compose takes together, the base first. */
export interface ComposeSet {
  readonly files: readonly ComposeReading[];
  /** Names of its services that run the provider. */
  readonly providers: ReadonlySet<string>;
}

/** A set, resolved, or what the plug-in said instead. */
export type ResolvedSet = ComposeSet &
  ({ readonly kind: 'resolved'; readonly model: ComposeModel } | { readonly kind: 'refused'; readonly said: string });

const OVERRIDE = /override\.ya?ml$/;

/** What is parsed: each file that Compose loads by itself, alone and with its override, and each listed one. */
export function composeSets({ project }: Pick<Bench, 'project'>): readonly ComposeSet[] {
  const live = project.composeFiles.filter(({ loaded }) => loaded !== 'other');
  const isBase = (file: ComposeReading): boolean => file.loaded === 'auto' && file.role === 'base';
  const beside = (a: ComposeReading, b: ComposeReading): boolean => parentOf(a.path) === parentOf(b.path);
  const sets: (readonly ComposeReading[])[] = [];
  for (const file of live.filter(isBase)) {
    sets.push([file]);
    const override = live.find((other) => other.loaded === 'auto' && beside(other, file) && OVERRIDE.test(other.path));
    if (override !== undefined) sets.push([file, override]);
  }
  for (const file of live.filter(({ loaded, role }) => loaded === 'listed' && role === 'other')) {
    const base = live.find((other) => isBase(other) && beside(other, file));
    const whole = file.services.some(({ image, build }) => image !== null || build !== null);
    sets.push(whole || base === undefined ? [file] : [base, file]);
  }
  return sets.map((files) => ({
    files,
    providers: new Set(files.flatMap(({ providerServices }) => providerServices.map(({ name }) => name))),
  }));
}

/** The set that is started: the first that Compose takes by itself with the provider in it, its override included. */
export function defaultSet(sets: readonly ResolvedSet[]): ResolvedSet | null {
  const ours = sets.filter(({ providers, files }) => providers.size > 0 && files[0]?.loaded === 'auto');
  const [first] = ours.length > 0 ? ours : sets.filter(({ providers }) => providers.size > 0);
  return ours.findLast(({ files }) => files[0] === first?.files[0]) ?? first ?? null;
}

/** A folder with the files of the tree and example environments, for as long as `act` needs it. */
export async function withComposeFolder<T>(bench: Bench, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-compose-'));
  try {
    exportTree(bench.tree, folder);
    writeEnvironments(bench, folder);
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every set of the tree as the plug-in resolves it; asked once. Values stay inside: only names may be shown. */
export function resolvedSets(bench: Bench): Promise<readonly ResolvedSet[]> {
  return bench.once('compose-sets', () =>
    withComposeFolder(bench, async (folder) => {
      const found: ResolvedSet[] = [];
      for (const set of composeSets(bench)) found.push(await resolveSet(bench, set, folder));
      return found;
    }),
  );
}

/** @throws RefitError when the plug-in answers with what is no model. */
export async function resolveSet(bench: Bench, set: ComposeSet, folder: string): Promise<ResolvedSet> {
  const { engine, signal } = bench.session;
  const first = set.files[0]?.path ?? ('' as RepoPath);
  const args = [
    ...['compose', '--project-name', `refit-${bench.session.id}`, '--project-directory', join(folder, dirname(first))],
    ...set.files.flatMap(({ path }) => ['--file', join(folder, path)]),
    ...['--profile', '*', 'config', '--format', 'json'],
  ];
  const answer = await callEngine(engine, args, { env: composeEnvironment(bench), ...(signal && { signal }) });
  if (answer.failed) return { ...set, kind: 'refused', said: answer.stderr.replaceAll(`${folder}/`, '') };
  return { ...set, kind: 'resolved', model: model.parse(JSON.parse(answer.stdout.toString('utf8'))) };
}

/**
 * What takes the place of the caller's own values wherever a file says `${NAME}`: the canaries, and nothing for settings
 * that would change which project or files are meant.
 */
export function composeEnvironment(bench: Bench): Readonly<Record<string, string>> {
  const own = Object.keys(process.env).filter((name) => /^COMPOSE_/.test(name) || isMentioned(bench, name));
  return {
    ...Object.fromEntries(own.map((name) => [name, ''])),
    LITELLM_MASTER_KEY: bench.masterKey,
    [TOKEN_NAME]: bench.token,
  };
}

const CLIENT_OWN = /^(?:PATH|HOME|DOCKER_|XDG_|LANG$|LC_|TMPDIR$)/;

function isMentioned({ project }: Bench, name: string): boolean {
  return (
    !CLIENT_OWN.test(name) &&
    project.composeFiles.some(({ text }) => text.includes(`$${name}`) || text.includes(`\${${name}`))
  );
}

/** Beside each compose file the example stands for the `.env` that is not in the tree, and so for each `env_file`. */
function writeEnvironments({ tree, project }: Bench, folder: string): void {
  const examples = environmentFiles(tree).filter(({ isMain }) => isMain);
  const example = (at: RepoPath | null): Uint8Array => {
    const near = examples.find(({ path }) => parentOf(path) === at) ?? examples[0];
    return near === undefined ? new Uint8Array() : tree.readBytes(near.path);
  };
  for (const { path, services } of project.composeFiles) {
    const at = parentOf(path);
    const named = services.flatMap(({ envFiles }) => envFiles.map((file) => file.path.resolved ?? file.path.text));
    for (const name of ['.env', ...named]) {
      const target = resolveIn(at, name);
      if (target === null || existsSync(join(folder, target))) continue;
      mkdirSync(dirname(join(folder, target)), { recursive: true });
      writeFileSync(join(folder, target), example(at));
    }
  }
}

/** Why nothing of Compose can be asked, or null. */
export function whyNoCompose({ project, session }: Bench): string | null {
  if (!project.composeFiles.some(({ loaded }) => loaded !== 'other')) return 'no compose file is loaded';
  if (session.engine.composeVersion === null) return `${session.engine.program} has no compose plug-in`;
  return null;
}

/** The line of a compose file that a word of a service stands on: the last file of the set that has it wins. */
export function composeLine(
  { files }: ComposeSet,
  name: string,
  key: string,
  word?: string,
): { readonly path: RepoPath; readonly line: number } {
  const places = files.flatMap(({ path, text, services }) =>
    services
      .filter((one) => one.name === name)
      .map((one) => {
        const at = one.keys.find((each) => each.name === key)?.line ?? null;
        const lines = text.split('\n');
        const below =
          at === null || word === undefined
            ? -1
            : lines.findIndex((each, index) => index >= at - 1 && each.includes(word));
        return { path, line: below === -1 ? (at ?? one.line) : below + 1, known: at !== null };
      }),
  );
  const { path, line } = places.findLast(({ known }) => known) ??
    places.at(-1) ?? { path: files[0]?.path ?? ('compose.yaml' as RepoPath), line: 1 };
  return { path, line };
}
