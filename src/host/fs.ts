import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { RefitError } from '../base/errors.ts';
import { captureProcess, trustedPath } from './process.ts';

export type EntryKind = 'file' | 'folder' | 'link' | 'other';

/** What stands at a path; `other` is a FIFO, socket or device. */
export interface EntryStat {
  readonly kind: EntryKind;
  /** Bytes. */
  readonly size: number;
  /** Permission bits, `0o7777` at most. */
  readonly mode: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly dev: number;
  readonly ino: number;
  /** Names that the file has. */
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
}

export interface FolderEntry {
  /** Bytes that are not UTF-8 are shown as U+FFFD. */
  readonly name: string;
  readonly kind: EntryKind;
}

/**
 * All disk access of the project, so that a test can hand in one that fails at any operation. Paths are absolute. Calls
 * are synchronous, which is the fastest way to touch 10,000 small files, and throw Node's own error, with its `code`.
 */
export interface FileSystem {
  /** `flags` as in `node:fs` constants; returns a descriptor. */
  open(path: string, flags: number, mode?: number): number;
  /** Reads up to `into.length` bytes at the descriptor's place; 0 at the end. */
  read(descriptor: number, into: Uint8Array): number;
  /** Writes all of `bytes`. */
  write(descriptor: number, bytes: Uint8Array): void;
  fsync(descriptor: number): void;
  close(descriptor: number): void;
  /** The bytes of a regular file. A link at the end of the path is refused (`ELOOP`), anything else with `EINVAL`. */
  readFile(path: string): Buffer;
  /** Creates a file; refuses an existing one, a link included (`EEXIST`). The umask narrows `mode`. */
  writeFile(path: string, bytes: Uint8Array, mode: number): void;
  /** Copies bytes and permission bits; refuses an existing target (`EEXIST`). */
  copyFile(from: string, to: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Creates one folder, or with `parents` all that are missing. */
  mkdir(path: string, parents?: boolean): void;
  rmdir(path: string): void;
  /** Refuses a link. */
  chmod(path: string, mode: number): void;
  /** Gives the entry itself, also a link, to another owner. */
  chown(path: string, uid: number, gid: number): void;
  symlink(target: Uint8Array, path: string): void;
  /** Gives the file at `from` a second name; refuses an existing one (`EEXIST`). */
  link(from: string, to: string): void;
  readlink(path: string): Buffer;
  /** What stands at `path`, links not followed; null when nothing does. */
  lstat(path: string): EntryStat | null;
  readdir(path: string): readonly FolderEntry[];
  realpath(path: string): string;
  canRead(path: string): boolean;
  /** Makes everything written to the file system that holds `path` durable. */
  syncFileSystem(path: string): Promise<void>;
}

/** Where Linux shows the open files of this process, so that one can be named by its descriptor; null elsewhere. */
export const OPEN_FILES: string | null =
  process.platform === 'linux' && existsSync('/proc/self/fd') ? '/proc/self/fd' : null;
/** Linux: names an entry without opening it, whatever its permissions. node:fs has no name for this flag. */
export const O_PATH = 0o10000000;

/** The disk of this machine. */
export const nodeFileSystem: FileSystem = {
  open: (path, flags, mode) => openSync(path, flags, mode),
  read: (descriptor, into) => readSync(descriptor, into),
  write: writeAll,
  fsync: fsyncSync,
  close: closeSync,
  readFile: readRegularFile,
  writeFile: (path, bytes, mode) => {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    try {
      writeAll(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  },
  copyFile: (from, to) => copyFileSync(from, to, constants.COPYFILE_EXCL),
  rename: renameSync,
  unlink: unlinkSync,
  mkdir: (path, parents = false) => {
    mkdirSync(path, { recursive: parents });
  },
  rmdir: rmdirSync,
  chmod: chmodEntry,
  chown: lchownSync,
  symlink: (target, path) => symlinkSync(Buffer.from(target), path),
  link: linkSync,
  readlink: (path) => readlinkSync(path, { encoding: 'buffer' }),
  lstat: (path) => {
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats === undefined ? null : entryStat(stats);
    } catch (error) {
      if (fsErrorCode(error) === 'ENOTDIR') return null;
      throw error;
    }
  },
  readdir: (path) =>
    readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
  realpath: (path) => realpathSync.native(path),
  canRead: (path) => {
    try {
      accessSync(path, constants.R_OK);
      return true;
    } catch (error) {
      if (fsErrorCode(error) === undefined) throw error;
      return false;
    }
  },
  syncFileSystem,
};

/** Changes the entry itself: the system call would follow a link that took its place. */
function chmodEntry(path: string, mode: number): void {
  const refuseLink = (stats: Stats): void => {
    if (!stats.isSymbolicLink()) return;
    throw Object.assign(new Error(`ELOOP: it is a link, chmod '${path}'`), { code: 'ELOOP', path });
  };
  if (OPEN_FILES === null) {
    refuseLink(lstatSync(path));
    chmodSync(path, mode);
    return;
  }
  const descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    refuseLink(fstatSync(descriptor));
    chmodSync(`${OPEN_FILES}/${descriptor}`, mode);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

function readRegularFile(path: string): Buffer {
  // Non-blocking, so that a FIFO that took the file's place cannot hang the run.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile())
      throw Object.assign(new Error(`EINVAL: not a regular file, read '${path}'`), { code: 'EINVAL' });
    let bytes: Buffer = Buffer.allocUnsafeSlow(stats.size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    bytes = length === bytes.length ? bytes : bytes.subarray(0, length);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

async function syncFileSystem(path: string): Promise<void> {
  // `-f` syncs one file system only; where `sync` does not know it (macOS), a plain `sync` does at least as much.
  for (const args of [['-f', path], []]) {
    const result = await captureProcess('sync', args, { env: { PATH: trustedPath(process.env['PATH'] ?? '') } });
    if (!result.failed) return;
  }
  throw new RefitError('cannot make the written files durable: the program `sync` failed or is missing');
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

function entryStat(stats: Stats): EntryStat {
  return {
    kind: kindOf(stats),
    size: stats.size,
    mode: stats.mode & 0o7777,
    mtimeMs: stats.mtimeMs,
    ctimeMs: stats.ctimeMs,
    dev: stats.dev,
    ino: stats.ino,
    links: stats.nlink,
    uid: stats.uid,
    gid: stats.gid,
  };
}

/** The `code` of an error of the operating system (`ENOENT`), or undefined for any other error. */
export function fsErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ELOOP: 'it is a symbolic link',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'the disk reports an error',
};

/** Why a disk operation failed, in words; the error's own message when its code is not a known one. */
export function explainFsError(error: unknown): string {
  const code = fsErrorCode(error);
  return (code && REASONS[code]) ?? (error instanceof Error ? error.message : String(error));
}
