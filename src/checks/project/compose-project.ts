import {
  type ComposeFile,
  type ComposeService,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  readCompose,
  resolveIn,
} from '../../../src/authoring.ts';
import { composeFiles, composeRole, contextOf, findProviderServices } from '../compose-evidence.ts';

/** One compose file of the checkout with the services in it that run the provider. */
export interface ProjectFile {
  readonly path: RepoPath;
  readonly text: string;
  readonly role: 'base' | 'override' | 'other';
  readonly compose: ComposeFile;
  readonly providers: ReadonlySet<string>;
}

export interface UnreadableFile {
  readonly path: RepoPath;
  readonly text: string;
  readonly role: ProjectFile['role'];
  readonly why: string;
  readonly line: number;
}

/** All compose files together, because a service may be spread over several. */
export interface ComposeProject {
  readonly files: readonly ProjectFile[];
  readonly unreadable: readonly UnreadableFile[];
}

/** A service in its file. */
export interface Place {
  readonly file: ProjectFile;
  readonly service: ComposeService;
}

interface OpenFile extends ProjectFile {
  readonly providers: Set<string>;
}

/** Reads every compose file and finds the provider services: by evidence, then by name over one folder, then by `extends`. */
export function readProject(tree: ReadonlyTree): ComposeProject {
  const files: OpenFile[] = [];
  const unreadable: UnreadableFile[] = [];
  for (const path of composeFiles(tree)) {
    const text = tree.tryReadText(path);
    if (text === null) continue;
    const role = composeRole(path);
    const read = readCompose(text);
    if (read.kind === 'refused') unreadable.push({ path, text, role, why: read.why, line: read.line });
    else {
      const providers = new Set(findProviderServices(text, contextOf(path)).map(({ service }) => service.name));
      files.push({ path, text, role, compose: read.file, providers });
    }
  }
  for (const file of files) addSameNamed(file, files);
  for (const file of files) addExtended(file, files);
  return { files, unreadable };
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

export function isBeside(a: ProjectFile, b: ProjectFile): boolean {
  return parentOf(a.path) === parentOf(b.path);
}

/** The services that a service extends, nearest first, also in other files. */
export function basesOf(place: Place, files: readonly ProjectFile[]): readonly Place[] {
  const found: Place[] = [];
  for (let at: Place | null = place; at !== null && found.length < 20; ) {
    const next: Place | null = extendedBy(at, files);
    if (next !== null) found.push(next);
    at = next;
  }
  return found;
}

function extendedBy({ file, service }: Place, files: readonly ProjectFile[]): Place | null {
  const base = service.extends;
  if (base === null) return null;
  const path = base.file === null ? file.path : resolveIn(parentOf(file.path), base.file);
  const target = files.find((candidate) => candidate.path === path);
  const found = target?.compose.services.find(({ name }) => name === base.service);
  return target === undefined || found === undefined || found === service ? null : { file: target, service: found };
}

/** Every service that runs the provider, in the order of the files. */
export function providerPlaces({ files }: ComposeProject): readonly Place[] {
  return files.flatMap((file) =>
    file.compose.services.filter(({ name }) => file.providers.has(name)).map((service) => ({ file, service })),
  );
}

/** Every service that does not. */
export function otherPlaces({ files }: ComposeProject): readonly Place[] {
  return files.flatMap((file) =>
    file.compose.services.filter(({ name }) => !file.providers.has(name)).map((service) => ({ file, service })),
  );
}
