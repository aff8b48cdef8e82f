import { RefitError } from '../../base/errors.ts';
import type { Session } from './session.ts';
import { streamEngine } from './stream.ts';
import { readTar, type TarEntry } from './tar.ts';

export interface ContainerFile extends TarEntry {
  /** Given for files of up to 1 MiB when content was asked for. */
  readonly content: Buffer | null;
}

const SMALL = 1024 * 1024;
const COPY_MS = 300_000;

/**
 * What lies at `path` in a container, running or not: one entry for a file, the whole tree for a folder, with numeric
 * owners. Paths are those of the container without the leading `/`. Null when there is nothing.
 */
export async function readContainerPath(
  session: Session,
  container: string,
  path: string,
  options: { readonly content?: boolean } = {},
): Promise<readonly ContainerFile[] | null> {
  const parent = path.replace(/^\/+/, '').split('/').slice(0, -1).join('/');
  const files = await readArchive(session, ['cp', `${container}:${path}`, '-'], () => options.content === true);
  return files?.map((file) => ({ ...file, path: parent === '' ? file.path : `${parent}/${file.path}` })) ?? null;
}

/** Every file of a container, headers only but for what `keep` asks for. Gigabytes pass through; the rest is not kept. */
export async function listContainerFiles(
  session: Session,
  container: string,
  keep: (entry: TarEntry) => boolean = () => false,
): Promise<readonly ContainerFile[]> {
  const files = await readArchive(session, ['export', container], keep);
  if (files === null) throw new RefitError(`the files of container ${container.slice(0, 12)} could not be listed`);
  return files;
}

async function readArchive(
  session: Session,
  args: readonly string[],
  keep: (entry: TarEntry) => boolean,
): Promise<readonly ContainerFile[] | null> {
  const files: ContainerFile[] = [];
  const errors: string[] = [];
  const ended = await streamEngine(session.engine, args, {
    timeout: COPY_MS,
    ...(session.signal && { signal: session.signal }),
    onBytes: readTar(
      (entry, bytes) => files.push({ ...entry, content: bytes }),
      (entry) => entry.size <= SMALL && keep(entry),
    ),
    onLine: (line) => errors.push(line),
  });
  if (ended.end === 'cancelled')
    throw new RefitError('reading files of a container was interrupted', { exitCode: 130 });
  if (ended.end !== 'exited')
    throw new RefitError(`${session.engine.program} ${args[0]} did not end`, { details: errors });
  return ended.exitCode === 0 ? files : null;
}
