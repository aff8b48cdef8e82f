import { comparePaths, parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { type ComposeFile, type ComposeService, readCompose } from '../../editors/compose.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { composeFiles, composeRole, contextOf, findProviderServices } from './compose-evidence.ts';

/** One compose file of the checkout with the services in it that run the provider. */
export interface ComposeProjectFile {
  readonly path: RepoPath;
  readonly text: string;
  readonly role: 'base' | 'override' | 'other';
  readonly compose: ComposeFile;
  readonly providers: ReadonlySet<string>;
}

/** A compose file that cannot be read, with the line that stops it. */
export interface UnreadableComposeFile {
  readonly path: RepoPath;
  readonly text: string;
  readonly role: ComposeProjectFile['role'];
  readonly why: string;
  readonly line: number;
}

/** All compose files together, because a service may be spread over several. */
export interface ComposeProject {
  readonly files: readonly ComposeProjectFile[];
  readonly unreadable: readonly UnreadableComposeFile[];
}

/** A service in its file. */
export interface ComposePlace {
  readonly file: ComposeProjectFile;
  readonly service: ComposeService;
}

interface OpenFile extends ComposeProjectFile {
  readonly providers: Set<string>;
}

/** What a caller knows of the checkout besides its compose files. */
export interface ComposeProjectOptions {
  /** The Dockerfile that belongs to the provider; `Dockerfile` at the root unless given. */
  readonly dockerfile?: RepoPath;
  /** Compose files under names that do not tell. */
  readonly also?: readonly RepoPath[];
}

/**
 * Reads every compose file and finds the provider services: by evidence, by the image that one of those builds, by name
 * over one folder, and by `extends`.
 */
export function readComposeProject(tree: ReadonlyTree, options: ComposeProjectOptions = {}): ComposeProject {
  const files: OpenFile[] = [];
  const unreadable: UnreadableComposeFile[] = [];
  const { dockerfile, also = [] } = options;
  const known = composeFiles(tree);
  for (const path of [...known, ...also.filter((one) => !known.includes(one))].sort(comparePaths)) {
    const text = tree.tryReadText(path);
    if (text === null) continue;
    const role = composeRole(path);
    const read = readCompose(text);
    if (read.kind === 'refused') unreadable.push({ path, text, role, why: read.why, line: read.line });
    else {
      const context = dockerfile === undefined ? contextOf(path) : { ...contextOf(path), dockerfile };
      const providers = new Set(findProviderServices(text, context).map(({ service }) => service.name));
      files.push({ path, text, role, compose: read.file, providers });
    }
  }
  for (const file of files) addSameImage(file, files);
  for (const file of files) addExtending(file, files);
  for (const file of files) addSameNamed(file, files);
  for (const file of files) addExtended(file, files);
  return { files, unreadable };
}

/** A service that runs the very image that a provider service builds. */
function addSameImage(file: OpenFile, files: readonly OpenFile[]): void {
  const built = files
    .filter((other) => isBeside(file, other))
    .flatMap(({ compose, providers }) => compose.services.filter(({ name }) => providers.has(name)))
    .flatMap(({ build, image }) => (build === null || image === null ? [] : [image.text]));
  for (const { name, build, image } of file.compose.services) {
    if (build === null && image !== null && built.includes(image.text)) file.providers.add(name);
  }
}

/** A service that says neither what it builds nor what it runs is the one of that name in a file beside it. */
function addSameNamed(file: OpenFile, files: readonly OpenFile[]): void {
  for (const { name, build, image, extends: base } of file.compose.services) {
    if (build !== null || image !== null || base !== null) continue;
    const known = files.some((other) => isBeside(file, other) && other.providers.has(name));
    if (known) file.providers.add(name);
  }
}

function addExtended(file: OpenFile, files: readonly OpenFile[]): void {
  for (const service of file.compose.services) {
    if (!file.providers.has(service.name)) continue;
    for (const base of basesOf({ file, service }, files)) (base.file as OpenFile).providers.add(base.service.name);
  }
}

/** A service that takes its image from one it extends runs what that one runs. */
function addExtending(file: OpenFile, files: readonly OpenFile[]): void {
  for (const service of file.compose.services) {
    if (service.build !== null || service.image !== null) continue;
    const source = basesOf({ file, service }, files).find((base) => base.service.build ?? base.service.image);
    if (source?.file.providers.has(source.service.name)) file.providers.add(service.name);
  }
}

/** Whether two compose files stand in one folder. */
export function isBeside(a: ComposeProjectFile, b: ComposeProjectFile): boolean {
  return parentOf(a.path) === parentOf(b.path);
}

/** The services that a service extends, nearest first, also in other files. */
export function basesOf(place: ComposePlace, files: readonly ComposeProjectFile[]): readonly ComposePlace[] {
  const found: ComposePlace[] = [];
  for (let at: ComposePlace | null = place; at !== null && found.length < 20; ) {
    const next: ComposePlace | null = extendedBy(at, files);
    if (next !== null) found.push(next);
    at = next;
  }
  return found;
}

function extendedBy({ file, service }: ComposePlace, files: readonly ComposeProjectFile[]): ComposePlace | null {
  const base = service.extends;
  if (base === null) return null;
  const path = base.file === null ? file.path : resolveIn(parentOf(file.path), base.file);
  const target = files.find((candidate) => candidate.path === path);
  const found = target?.compose.services.find(({ name }) => name === base.service);
  return target === undefined || found === undefined || found === service ? null : { file: target, service: found };
}

/** Every service that runs the provider, in the order of the files. */
export function providerPlaces({ files }: ComposeProject): readonly ComposePlace[] {
  return files.flatMap((file) =>
    file.compose.services.filter(({ name }) => file.providers.has(name)).map((service) => ({ file, service })),
  );
}

/** Every service that does not. */
export function otherPlaces({ files }: ComposeProject): readonly ComposePlace[] {
  return files.flatMap((file) =>
    file.compose.services.filter(({ name }) => !file.providers.has(name)).map((service) => ({ file, service })),
  );
}
