import type { Bench } from './bench.ts';
import { type ContainerFile, createContainer, listContainerFiles, readContainerPath, type TarEntry } from './engine.ts';

/** A container of the image that is never started: its files are read with no program of it running. */
export function stillContainer(bench: Bench): Promise<string> {
  return bench.once('still', () => createContainer(bench.session, { image: bench.image.facts.id, role: 'still' }));
}

/** Every file of the image, headers only, with numeric owners. Takes many seconds; shared by all checks of the run. */
export function imageFiles(bench: Bench): Promise<readonly TarEntry[]> {
  return bench.once('image-files', async () => listContainerFiles(bench.session, await stillContainer(bench)));
}

/** The same for the base, so that what the base brings is never held against the image. */
export function baseFiles(bench: Bench): Promise<readonly TarEntry[]> {
  return bench.once('base-files', async () => {
    const container = await createContainer(bench.session, { image: bench.base.facts.id, role: 'base' });
    return listContainerFiles(bench.session, container);
  });
}

/** What lies at a path of the image: one entry for a file, the whole tree for a folder; null when there is nothing. */
export async function readImagePath(
  bench: Bench,
  path: string,
  options: { readonly content?: boolean } = {},
): Promise<readonly ContainerFile[] | null> {
  return readContainerPath(bench.session, await stillContainer(bench), path, options);
}
