import type { Bench } from './bench.ts';
import {
  type ContainerFile,
  createContainer,
  type ImageFacts,
  listContainerFiles,
  readContainerPath,
  type TarEntry,
} from './engine.ts';

/** A container of the image that is never started: its files are read with no program of it running. */
export function stillContainer(bench: Bench): Promise<string> {
  return bench.once('still', () => createContainer(bench.session, { image: bench.image.facts.id, role: 'still' }));
}

// Where people and builds put files of their own; the rest is packages.
const OWN = /^(?:app|home|root|etc|srv|tmp|opt\/(?!venv\/)|usr\/local\/(?:etc|bin)\/|[^/]+$)/;

/**
 * Every file of the image with numeric owners, and the content of the small ones that are not of a package. Takes
 * seconds; shared by all checks of the run.
 */
export function imageFiles(bench: Bench): Promise<readonly ContainerFile[]> {
  return bench.once('image-files', async () =>
    listContainerFiles(bench.session, await stillContainer(bench), ({ path }) => OWN.test(path)),
  );
}

// An image never changes, so what it has is asked once for all benches on it.
const baseEntries = new WeakMap<ImageFacts, Map<string, Promise<TarEntry | null>>>();

/**
 * What the base itself has at a path, the entry alone; null when there is nothing. So that what the base brings is never
 * held against the image, without a list of all its files.
 */
export function baseEntry(bench: Bench, path: string): Promise<TarEntry | null> {
  const known = baseEntries.get(bench.base.facts) ?? new Map<string, Promise<TarEntry | null>>();
  baseEntries.set(bench.base.facts, known);
  const entry = known.get(path) ?? readBaseEntry(bench, path);
  known.set(path, entry);
  return entry;
}

async function readBaseEntry(bench: Bench, path: string): Promise<TarEntry | null> {
  const container = await bench.once('still-base', () =>
    createContainer(bench.session, { image: bench.base.facts.id, role: 'base' }),
  );
  return (await readContainerPath(bench.session, container, path))?.[0] ?? null;
}

/** What lies at a path of the image: one entry for a file, the whole tree for a folder; null when there is nothing. */
export async function readImagePath(
  bench: Bench,
  path: string,
  options: { readonly content?: boolean } = {},
): Promise<readonly ContainerFile[] | null> {
  return readContainerPath(bench.session, await stillContainer(bench), path, options);
}
