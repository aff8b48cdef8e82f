import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { type FileSystem, fsErrorCode } from '../host/fs.ts';

/** What a file system answers that has no hard links, or none for this pair of paths. */
export const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV']);

/** Opens `path`, hands the descriptor on and closes it whatever happens. */
export function withOpen(fs: FileSystem, path: string, flags: number, act: (descriptor: number) => void): void {
  const descriptor = fs.open(path, flags, 0o600);
  try {
    act(descriptor);
  } catch (error) {
    closeAfterFailure(fs, descriptor);
    throw error;
  }
  fs.close(descriptor);
}

// The failure that led here is the one to report; a second one from close adds nothing.
function closeAfterFailure(fs: FileSystem, descriptor: number): void {
  try {
    fs.close(descriptor);
  } catch (error) {
    void error;
  }
}

/** Makes the names in a folder, or the bytes of a file, durable. */
export function flush(fs: FileSystem, path: string): void {
  withOpen(fs, path, constants.O_RDONLY | constants.O_NOFOLLOW, (descriptor) => fs.fsync(descriptor));
}

/**
 * Writes a file of the run folder so that it is there as a whole or not at all: a crash leaves the old file, or the
 * new one, and at most a `.new` sibling that the next write replaces. Durable on return. Mode 600.
 */
export function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  if (fs.lstat(temporary) !== null) fs.unlink(temporary);
  writeDurably(fs, temporary, bytes);
  fs.rename(temporary, path);
  flush(fs, dirname(path));
}

/** Creates a file of mode 600 whose bytes are durable on return. @throws Node's error EEXIST when one stands there. */
export function writeDurably(fs: FileSystem, path: string, bytes: Uint8Array): void {
  withOpen(fs, path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, (descriptor) => {
    fs.write(descriptor, bytes);
    fs.fsync(descriptor);
  });
}

/** Creates a folder that only its owner can enter. */
export function makePrivateFolder(fs: FileSystem, path: string): void {
  fs.mkdir(path);
  fs.chmod(path, 0o700);
}

/** Makes the private folder `path` and those above it that are missing. Returns those it made, parents first. */
export function makeFolders(fs: FileSystem, path: string, make = makePrivateFolder): readonly string[] {
  const stat = fs.lstat(path);
  if (stat?.kind === 'folder') return [];
  if (stat !== null) throw new RefitError(`not a folder: ${path}`);
  const above = dirname(path) === path ? [] : makeFolders(fs, dirname(path), (disk, folder) => disk.mkdir(folder));
  try {
    make(fs, path);
  } catch (error) {
    // Another run made it meanwhile, and will not mind sharing it.
    if (fsErrorCode(error) === 'EEXIST') return above;
    throw error;
  }
  flush(fs, dirname(path));
  return [...above, path];
}

/** Removes a file; quiet when it is gone already. */
export function removeFile(fs: FileSystem, path: string): void {
  if (fs.lstat(path) !== null) fs.unlink(path);
}

/** Removes a folder of our own with all that is in it; quiet when it is gone already. Links are removed, not followed. */
export function removeTree(fs: FileSystem, path: string): void {
  const stat = fs.lstat(path);
  if (stat === null) return;
  if (stat.kind === 'folder') {
    for (const { name } of fs.readdir(path)) removeTree(fs, `${path}/${name}`);
    fs.rmdir(path);
  } else fs.unlink(path);
}

// One flush of everything is cheaper than many of one file, but it also waits for what other programs wrote.
const FLUSH_ALL_FROM = 48;

/**
 * Makes files and folders durable: a few one by one, many with one sync for each file system they lie on.
 * Names in `folders` are flushed after the bytes of `files`.
 */
export async function makeDurable(
  fs: FileSystem,
  files: readonly string[],
  folders: ReadonlySet<string>,
): Promise<void> {
  if (files.length + folders.size >= FLUSH_ALL_FROM && (await syncEach(fs, folders))) return;
  for (const file of files) flush(fs, file);
  for (const folder of folders) flush(fs, folder);
}

/** False when this machine has no such sync, or it failed: then the flushes one by one decide. */
async function syncEach(fs: FileSystem, folders: ReadonlySet<string>): Promise<boolean> {
  const devices = new Map<number, string>();
  for (const folder of folders) {
    const stat = fs.lstat(folder);
    if (stat !== null) devices.set(stat.dev, folder);
  }
  try {
    for (const folder of devices.values()) await fs.syncFileSystem(folder);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
