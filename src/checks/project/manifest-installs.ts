/** Which manifests of Python projects the Dockerfile installs from: `pip install .`, uv, Poetry, PDM, Pipenv. Pure. */
import { nameOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { resolveImagePath } from '../../editors/dockerfile.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import type { JudgedDockerfile, PlacedFile } from './dockerfile.ts';
import type { PipInstall } from './pip-installs.ts';

/** One project that the image installs the packages of. */
export interface ManifestInstall {
  /** Its manifests, the one that counts first. */
  readonly paths: readonly RepoPath[];
  /** The lock files that say which versions. */
  readonly locks: readonly RepoPath[];
  readonly extras: readonly string[] | 'all';
  readonly via: 'installed' | 'found';
}

/** In the order in which pip goes by them. */
export const MANIFESTS = ['pyproject.toml', 'setup.cfg', 'setup.py', 'Pipfile'];

export function isManifest(path: RepoPath): boolean {
  return MANIFESTS.includes(nameOf(path));
}

interface Tool {
  readonly name: RegExp;
  readonly verb: RegExp;
  readonly manifest: string;
  readonly lock: string;
}

const TOOLS: readonly Tool[] = [
  { name: /^uv$/, verb: /^(?:sync|export|run)$/, manifest: 'pyproject.toml', lock: 'uv.lock' },
  { name: /^poetry$/, verb: /^(?:install|sync|export)$/, manifest: 'pyproject.toml', lock: 'poetry.lock' },
  { name: /^pdm$/, verb: /^(?:install|sync|export)$/, manifest: 'pyproject.toml', lock: 'pdm.lock' },
  { name: /^pipenv$/, verb: /^(?:install|sync|requirements)$/, manifest: 'Pipfile', lock: 'Pipfile.lock' },
];

/** What the RUN lines of all stages install from manifests, in order; `paths` is empty where the checkout has none there. */
export function manifestInstalls(
  tree: ReadonlyTree,
  judged: JudgedDockerfile,
  layout: ReadonlyMap<string, PlacedFile>,
  installs: readonly PipInstall[],
): readonly ManifestInstall[] {
  const find = (folder: string, name: string): RepoPath[] => findFile(tree, judged, layout, folder, name);
  const byTools = judged.runs.flatMap((run) => {
    let folder = judged.stage.workdir;
    return run.commands.flatMap((command): ManifestInstall[] => {
      const words = command.words.map(({ value }) => value).filter((value) => value !== 'sudo');
      if (words[0] === 'cd' && words[1] !== undefined) folder = resolveImagePath(folder, words[1]);
      const tool = toolOf(words);
      if (tool === null) return [];
      const paths = find(folder, tool.manifest);
      return [{ paths, locks: find(folder, tool.lock), extras: extrasOf(words), via: 'installed' }];
    });
  });
  return [...byTools, ...byPip(judged, installs, find)];
}

function toolOf(words: readonly string[]): Tool | null {
  const name = (words[0] ?? '').replace(/^.*\//, '');
  const rest = /^python[\d.]*$/.test(name) && words[1] === '-m' ? words.slice(2) : [name, ...words.slice(1)];
  const verb = rest.slice(1).find((word) => !word.startsWith('-')) ?? '';
  return TOOLS.find((tool) => tool.name.test(rest[0] ?? '') && tool.verb.test(verb)) ?? null;
}

/** `--extra a`, `--extras "a b"`, `-E a`, `--all-extras`. */
function extrasOf(words: readonly string[]): readonly string[] | 'all' {
  if (words.includes('--all-extras')) return 'all';
  return words.flatMap((word, at) => {
    const joined = /^--extras?=(.*)$/.exec(word)?.[1];
    const value = joined ?? (/^(?:--extras?|-E)$/.test(word) ? words[at + 1] : undefined);
    return value === undefined ? [] : value.split(/[\s,]+/);
  });
}

type Find = (folder: string, name: string) => readonly RepoPath[];

/** `pip install .`, `pip install -e /src[proxy]`, `uv pip install -r pyproject.toml`. */
function byPip(judged: JudgedDockerfile, installs: readonly PipInstall[], find: Find): readonly ManifestInstall[] {
  return installs.flatMap(({ packages, files }): ManifestInstall[] => {
    const folders = packages.flatMap(({ value }) => {
      const match = /^(?:\S+\s*@\s*)?(?:file:(?:\/\/)?)?(\.{1,2}|[./][^[\]]*?)\/?(?:\[([^\]]*)\])?$/.exec(value);
      if (match === null || /\.(?:whl|zip|gz|txt)$/.test(match[1] ?? '') || /[$*]/.test(value)) return [];
      return [{ folder: match[1] ?? '.', extras: (match[2] ?? '').split(',').map((extra) => extra.trim()) }];
    });
    const named = files.filter((file) => MANIFESTS.includes(file.slice(file.lastIndexOf('/') + 1)));
    return [
      ...folders.map(({ folder, extras }): ManifestInstall => {
        const at = resolveImagePath(judged.stage.workdir, folder);
        const paths = MANIFESTS.slice(0, 3).flatMap((name) => find(at, name));
        return { paths, locks: [], extras, via: 'installed' };
      }),
      ...named.map((file): ManifestInstall => {
        const at = resolveImagePath(judged.stage.workdir, `${file}/..`);
        return { paths: find(at, file.slice(file.lastIndexOf('/') + 1)), locks: [], extras: 'all', via: 'installed' };
      }),
    ];
  });
}

/** The file that COPY puts into the folder; else the only one of that name that is copied; else the one in the context. */
function findFile(
  tree: ReadonlyTree,
  judged: JudgedDockerfile,
  layout: ReadonlyMap<string, PlacedFile>,
  folder: string,
  name: string,
): RepoPath[] {
  const exact = layout.get(`${folder === '/' ? '' : folder}/${name}`);
  if (exact !== undefined) return [exact.path];
  const copied = [...layout.values()].filter(({ image }) => image.endsWith(`/${name}`)).map(({ path }) => path);
  const [only] = new Set(copied);
  if (only !== undefined && new Set(copied).size === 1) return [only];
  // A bind mount of the build, or a stage that is not followed.
  const beside = resolveIn(judged.context, name);
  return beside !== null && tree.has(beside) ? [beside] : [];
}
