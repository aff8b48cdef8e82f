import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { type EntryStat, type FileSystem, fsErrorCode, nodeFileSystem, O_PATH, OPEN_FILES } from './fs.ts';

/** How a path is held to its folder. */
export type AnchorMeans =
  /**
   * Linux: each folder is opened from the root down, links refused, and every operation names its file below the open
   * folder (`/proc/self/fd/N/name`). A folder exchanged for a link in between cannot lead an operation elsewhere.
   */
  | 'descriptor'
  /** Elsewhere: the folders are looked at before and after. An exchange in between is told, not prevented. */
  | 'look';

export interface AnchorOptions {
  /** A folder below the root that is reached by its plain path: git's own, which may be a link or lie elsewhere. */
  readonly except?: string;
  readonly means?: AnchorMeans;
  readonly inner?: FileSystem;
}

/** Folders kept open between operations. */
const KEPT = 64;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A file system on which no operation below `root` (absolute, links resolved) leaves it through a folder that is, or
 * meanwhile became, a link. What remains: a folder moved out of the checkout as a whole, in the moment of an operation in
 * it, takes that one file along; and without descriptors an exchange that lasts only for the moment of the operation.
 */
export function anchoredFileSystem(root: string, options: AnchorOptions = {}): FileSystem {
  const { except, inner = nodeFileSystem, means = OPEN_FILES === null ? 'look' : 'descriptor' } = options;
  const holds = (path: string): boolean =>
    path.startsWith(`${root}/`) && !(except !== undefined && (path === except || path.startsWith(`${except}/`)));
  const through = means === 'descriptor' ? throughDescriptors(root) : byLooking(root, inner);
  /** Runs `act` on names that lead to the entries at `paths`, `inside` for a folder whose own content is meant. */
  const at = <T>(paths: readonly string[], act: (...names: string[]) => T, inside = false): T =>
    paths.some(holds) ? through(paths, holds, act, inside) : act(...paths);
  const lstat = (path: string): EntryStat | null =>
    lookThrough(() => at([path], (name) => inner.lstat(name as string)));
  return {
    ...inner,
    open: (path, flags, mode) => at([path], (name) => inner.open(name as string, flags, mode)),
    readFile: (path) => at([path], (name) => inner.readFile(name as string)),
    writeFile: (path, bytes, mode) => at([path], (name) => inner.writeFile(name as string, bytes, mode)),
    copyFile: (from, to) => at([from, to], (a, b) => inner.copyFile(a as string, b as string)),
    rename: (from, to) => at([from, to], (a, b) => inner.rename(a as string, b as string)),
    unlink: (path) => at([path], (name) => inner.unlink(name as string)),
    mkdir: (path, parents = false) => {
      if (!parents || !holds(path)) at([path], (name) => inner.mkdir(name as string, parents));
      else
        for (const folder of missingFolders(path, lstat)) {
          at([folder], (name) => inner.mkdir(name as string));
        }
    },
    rmdir: (path) => at([path], (name) => inner.rmdir(name as string)),
    chmod: (path, mode) => at([path], (name) => inner.chmod(name as string, mode)),
    chown: (path, uid, gid) => at([path], (name) => inner.chown(name as string, uid, gid)),
    symlink: (target, path) => at([path], (name) => inner.symlink(target, name as string)),
    link: (from, to) => at([from, to], (a, b) => inner.link(a as string, b as string)),
    readlink: (path) => at([path], (name) => inner.readlink(name as string)),
    lstat,
    readdir: (path) => at([path], (name) => inner.readdir(name as string), true),
    canRead: (path) => lookThrough(() => at([path], (name) => inner.canRead(name as string))) ?? false,
  };
}

/** What is not reached without a link is not there. */
function lookThrough<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    const code = fsErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    throw error;
  }
}

function missingFolders(path: string, lstat: (path: string) => EntryStat | null): readonly string[] {
  if (lstat(path) !== null) return [];
  return [...missingFolders(dirname(path), lstat), path];
}

type Through = <T>(
  paths: readonly string[],
  holds: (path: string) => boolean,
  act: (...names: string[]) => T,
  inside: boolean,
) => T;

interface OpenFolder {
  readonly descriptor: number;
  readonly dev: number;
  readonly ino: number;
}

// Shared, so that the number of open folders is bounded however many checkouts a process works on.
const folders = new Map<string, OpenFolder>();

function throughDescriptors(root: string): Through {
  return (paths, holds, act, inside) => {
    const names = paths.map((path) => {
      if (!holds(path)) return path;
      if (inside) return `${OPEN_FILES}/${openFolder(root, path)}`;
      return `${OPEN_FILES}/${openFolder(root, dirname(path))}/${basename(path)}`;
    });
    try {
      return act(...names);
    } catch (error) {
      throw withPaths(error, names, paths);
    } finally {
      // Only now: a deep path opens more folders than are kept, and all of them are in use until here.
      closeOldest();
    }
  };
}

/** The descriptor of `folder`, reached from `root` through real folders only. @throws Node's error ENOTDIR at a link. */
function openFolder(root: string, folder: string): number {
  const key = `${root}\0${folder}`;
  const known = folders.get(key);
  if (known !== undefined) {
    folders.delete(key);
    const now = lstatSync(folder, { throwIfNoEntry: false });
    if (now?.dev === known.dev && now.ino === known.ino) {
      folders.set(key, known);
      return known.descriptor;
    }
    closeSync(known.descriptor);
  }
  const place = folder === root ? root : `${OPEN_FILES}/${openFolder(root, dirname(folder))}/${basename(folder)}`;
  const descriptor = openPlainFolder(place, folder);
  const { dev, ino } = fstatSync(descriptor);
  folders.set(key, { descriptor, dev, ino });
  return descriptor;
}

function openPlainFolder(place: string, folder: string): number {
  try {
    return openSync(place, FOLDER);
  } catch (error) {
    throw withPaths(error, [place], [folder]);
  }
}

function closeOldest(): void {
  for (const [key, { descriptor }] of folders) {
    if (folders.size <= KEPT) return;
    folders.delete(key);
    closeSync(descriptor);
  }
}

/** An error tells the path that was asked for, not the way to it. */
function withPaths(error: unknown, names: readonly string[], paths: readonly string[]): unknown {
  if (fsErrorCode(error) === undefined || !(error instanceof Error)) return error;
  for (const [index, name] of names.entries()) {
    const path = paths[index] as string;
    error.message = error.message.replaceAll(name, path);
    for (const field of ['path', 'dest']) {
      if (Reflect.get(error, field) === name) Reflect.set(error, field, path);
    }
  }
  return error;
}

function byLooking(root: string, fs: FileSystem): Through {
  const chainTo = (folder: string): readonly EntryStat[] => {
    const above = folder === root ? [] : chainTo(dirname(folder));
    const stat = fs.lstat(folder);
    if (stat?.kind === 'folder') return [...above, stat];
    const code = stat === null ? 'ENOENT' : 'ENOTDIR';
    throw Object.assign(new Error(`${code}: not a folder, '${folder}'`), { code, path: folder });
  };
  const sameFolders = (before: readonly EntryStat[], folder: string): boolean => {
    const now = chainTo(folder);
    return now.every((stat, index) => stat.dev === before[index]?.dev && stat.ino === before[index]?.ino);
  };
  return (paths, holds, act, inside) => {
    const looked = paths.filter(holds).map((path) => {
      const folder = inside ? path : dirname(path);
      return { folder, before: chainTo(folder) };
    });
    const result = act(...paths);
    const exchanged = looked.find(({ folder, before }) => !sameFolders(before, folder));
    if (exchanged === undefined) return result;
    throw new RefitError(`${exchanged.folder} was exchanged while a file in it was handled`, {
      hint: 'close what writes to this checkout, and look at what stands there',
    });
  };
}
