/** Which Python packages the image installs, and from which files of the checkout. Pure. */
import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { resolveImagePath } from '../../editors/dockerfile.ts';
import { asRequirements, readManifest } from '../../editors/python-manifest.ts';
import { type RequirementsFile, readRequirements } from '../../editors/requirements.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import type { JudgedDockerfile, PlacedFile } from './dockerfile.ts';
import { isManifest, MANIFESTS, type ManifestInstall, manifestInstalls } from './manifest-installs.ts';
import type { PipInstall } from './pip-installs.ts';

/** A file of the checkout that names packages. */
export interface RequirementsReading {
  readonly path: RepoPath;
  readonly file: RequirementsFile;
  /** `pip`: the spans of `file` are those of the text; `manifest`: only its lines are. */
  readonly form: 'pip' | 'manifest';
  /** `installed`: a RUN installs it; `included`: another one names it; `constraint`: it bounds versions, as a lock file does; `found`: it is there, and nothing says so. */
  readonly via: 'installed' | 'included' | 'constraint' | 'found';
}

/** What names the packages of the image. */
export interface DeclaredPackages {
  readonly readings: readonly RequirementsReading[];
  /** What of it is in a form that is not read, or null when all is. */
  readonly unread: string | null;
  /** Manifests that are no TOML, each with the line that stops it. */
  readonly broken: readonly string[];
}

/** The files that the image installs packages from, those that they name included; else the usual one. */
export function readDeclared(
  tree: ReadonlyTree,
  judged: JudgedDockerfile | null,
  layout: ReadonlyMap<string, PlacedFile>,
  installs: readonly PipInstall[],
): DeclaredPackages {
  const found = new Map<RepoPath, RequirementsReading>();
  const unread: string[] = [];
  const manifests = judged === null ? [] : manifestInstalls(tree, judged, layout, installs);
  for (const { files, constraints } of installs) {
    for (const file of [...files, ...constraints]) {
      const path = judged === null ? null : sourceOf(tree, judged, layout, file);
      // `uv pip install -r pyproject.toml` is a manifest, and told there.
      if (path !== null && isManifest(path)) continue;
      const via = files.includes(file) ? 'installed' : 'constraint';
      if (path !== null) addWithNamed(tree, path, via, found);
      else if (via === 'installed') unread.push(file);
    }
  }
  for (const install of manifests) addManifest(tree, install, found, unread);
  if (found.size === 0 && manifests.length === 0) addUsual(tree, judged?.context ?? null, found, unread);
  return { readings: [...found.values()], unread: unread[0] ?? null, broken: brokenIn(tree, manifests) };
}

function brokenIn(tree: ReadonlyTree, installs: readonly ManifestInstall[]): readonly string[] {
  const paths = new Set(installs.flatMap(({ paths: manifests, locks }) => [...manifests, ...locks]));
  return [...paths].flatMap((path) => {
    const text = /\.(?:toml|lock)$|Pipfile$/.test(path) ? tree.tryReadText(path) : null;
    const reading = text === null ? null : readManifest(path, text);
    return reading?.kind === 'unread' ? [`${path} (${reading.why})`] : [];
  });
}

/** Where nothing says what is installed: the requirements file, else the manifest. */
function addUsual(
  tree: ReadonlyTree,
  context: RepoPath | null,
  found: Map<RepoPath, RequirementsReading>,
  unread: string[],
): void {
  const there = (name: string): RepoPath[] => {
    const path = resolveIn(context, name);
    return path !== null && tree.has(path) ? [path] : [];
  };
  const [requirements] = there('requirements.txt');
  if (requirements !== undefined) addWithNamed(tree, requirements, 'found', found);
  const paths = MANIFESTS.flatMap(there);
  if (requirements === undefined && paths.length > 0) {
    addManifest(tree, { paths, locks: [], extras: 'all', via: 'found' }, found, unread);
  } else if (requirements === undefined) unread.push(...there('environment.yml'));
}

function addManifest(
  tree: ReadonlyTree,
  { paths, locks, extras, via }: ManifestInstall,
  found: Map<RepoPath, RequirementsReading>,
  unread: string[],
): void {
  let open = true;
  for (const path of paths) {
    const text = tree.tryReadText(path);
    const reading = text === null ? null : readManifest(path, text);
    if (reading === null || reading.kind === 'unread') continue;
    open &&= reading.open;
    if (found.has(path)) continue;
    if (reading.entries.length > 0)
      found.set(path, { path, file: asRequirements(reading.entries, extras), form: 'manifest', via });
    for (const name of reading.files) {
      const named = resolveIn(parentOf(path), name);
      if (named !== null) addWithNamed(tree, named, 'included', found);
    }
  }
  if (open) unread.push(paths[0] ?? 'a manifest that the checkout does not have');
  for (const path of locks) {
    const text = tree.tryReadText(path);
    const reading = text === null ? null : readManifest(path, text);
    if (reading?.kind !== 'read') continue;
    found.set(path, { path, file: asRequirements(reading.entries, 'all'), form: 'manifest', via: 'constraint' });
  }
}

function addWithNamed(
  tree: ReadonlyTree,
  path: RepoPath,
  via: RequirementsReading['via'],
  found: Map<RepoPath, RequirementsReading>,
): void {
  const text = found.has(path) ? null : tree.tryReadText(path);
  if (text === null) return;
  const file = readRequirements(text);
  found.set(path, { path, file, form: 'pip', via });
  for (const { name, value } of file.options) {
    const named = resolveIn(parentOf(path), value);
    if (named === null) continue;
    if (name === '-r' || name === '--requirement') addWithNamed(tree, named, 'included', found);
    if (name === '-c' || name === '--constraint') addWithNamed(tree, named, 'constraint', found);
  }
}

/** The file of the checkout that stands at `written` in the image, or the only one of that name that is copied. */
function sourceOf(
  tree: ReadonlyTree,
  judged: JudgedDockerfile,
  layout: ReadonlyMap<string, PlacedFile>,
  written: string,
): RepoPath | null {
  const exact = layout.get(resolveImagePath(judged.stage.workdir, written));
  if (exact !== undefined) return exact.path;
  const name = written.slice(written.lastIndexOf('/') + 1);
  const named = new Set([...layout.values()].filter(({ image }) => image.endsWith(`/${name}`)).map(({ path }) => path));
  const [only] = named;
  if (only !== undefined && named.size === 1) return only;
  // A bind mount of the build, or a stage that is not followed: the file of that name in the context.
  const beside = resolveIn(judged.context, name);
  return beside !== null && tree.has(beside) ? beside : null;
}
