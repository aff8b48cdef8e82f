import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { type EntryKind, type EntryStat, type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { allDurable, type Change, cloneTable, type DiskNode, type DiskTable, flushInto } from './disk-changes.ts';

const ROOT = 1;
const UMASK = 0o022;
const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const FIRST_DESCRIPTOR = 1 << 20;

/** A disk in memory that knows what a power cut would leave of it. */
export interface MemoryDisk {
  readonly fs: FileSystem;
  /** A disk of its own in the same state. */
  clone(): MemoryDisk;
  /** The disk as programs see it. */
  live(): DiskTable;
  /** What survives a power cut for certain, and what was done since and may or may not survive, in order. */
  durable(): DiskTable;
  pending(): readonly Change[];
}

interface Opened {
  readonly ino: number;
  place: number;
  readonly append: boolean;
}

/**
 * Makes a disk from `table`, all of which is durable; empty by default. Paths are absolute; links on the way of a path
 * are not followed but answered with ENOTDIR. What lies below `/proc` is that of this machine.
 */
export function memoryDisk(table: DiskTable = emptyTable(), durable = cloneTable(table)): MemoryDisk {
  return openDisk(table, durable, []);
}

function emptyTable(): DiskTable {
  return new Map([[ROOT, newNode(ROOT, 'folder', 0o755, 0)]]);
}

const parts = new Map<string, readonly string[]>();

function partsOf(path: string): readonly string[] {
  const known = parts.get(path) ?? path.split('/').filter((part) => part !== '');
  if (parts.size > 100_000) parts.clear();
  parts.set(path, known);
  return known;
}

function newNode(ino: number, kind: EntryKind, mode: number, tick: number): DiskNode {
  return { ino, kind, bytes: Buffer.alloc(0), mode, uid, gid, links: 0, mtime: tick, ctime: tick, names: new Map() };
}

function fail(code: string, what: string): never {
  throw Object.assign(new Error(`${code}: ${what}`), { code, path: what });
}

function openDisk(live: DiskTable, durable: DiskTable, pending: Change[]): MemoryDisk {
  let nextIno = Math.max(...live.keys(), ...durable.keys()) + 1;
  let tick = Math.max(...[...live.values()].map(({ ctime }) => ctime)) + 1;
  let nextDescriptor = FIRST_DESCRIPTOR;
  const opened = new Map<number, Opened>();
  const node = (ino: number): DiskNode => live.get(ino) ?? fail('EIO', `no inode ${ino}`);

  const find = (path: string): DiskNode | null => {
    let at = node(ROOT);
    for (const part of partsOf(path)) {
      if (at.kind !== 'folder') fail('ENOTDIR', path);
      const ino = at.names.get(part);
      if (ino === undefined) return null;
      at = node(ino);
    }
    return at;
  };
  const must = (path: string): DiskNode => find(path) ?? fail('ENOENT', path);
  const folderOf = (path: string): DiskNode => {
    const parent = must(dirname(path));
    return parent.kind === 'folder' ? parent : fail('ENOTDIR', path);
  };
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const touch = (...nodes: readonly DiskNode[]): void => {
    tick += 1;
    for (const each of nodes) each.ctime = tick;
  };
  const add = (path: string, child: DiskNode): void => {
    const folder = folderOf(path);
    if (folder.names.has(nameOf(path))) fail('EEXIST', path);
    folder.names.set(nameOf(path), child.ino);
    child.links += 1;
    touch(folder, child);
    pending.push({ kind: 'add', folder: folder.ino, name: nameOf(path), ino: child.ino });
  };
  const remove = (path: string): void => {
    const folder = folderOf(path);
    const child = must(path);
    folder.names.delete(nameOf(path));
    child.links -= 1;
    touch(folder, child);
    pending.push({ kind: 'remove', folder: folder.ino, name: nameOf(path), ino: child.ino });
  };
  const create = (path: string, kind: EntryKind, mode: number): DiskNode => {
    if (find(path) !== null) fail('EEXIST', path);
    const made = newNode(nextIno, kind, mode, tick);
    nextIno += 1;
    live.set(made.ino, made);
    // The inode as such is there once a name of it is; bytes and later bits have to be flushed.
    durable.set(made.ino, { ...made, names: new Map() });
    add(path, made);
    return made;
  };
  const setBytes = (file: DiskNode, bytes: Buffer): void => {
    const half = bytes.subarray(0, (file.bytes.length + bytes.length) >> 1);
    file.bytes = bytes;
    touch(file);
    file.mtime = tick;
    pending.push({ kind: 'bytes', ino: file.ino, bytes, half });
  };
  const setBits = (entry: DiskNode): void => {
    touch(entry);
    pending.push({ kind: 'bits', ino: entry.ino, mode: entry.mode, uid: entry.uid, gid: entry.gid });
  };
  const descriptorOf = (descriptor: number): Opened => opened.get(descriptor) ?? fail('EBADF', String(descriptor));

  const fs: FileSystem = {
    open: (path, flags, mode = 0o666) => {
      if (path.startsWith('/proc/')) return nodeFileSystem.open(path, flags, mode);
      let entry = find(path);
      if (entry !== null && (flags & constants.O_EXCL) !== 0) fail('EEXIST', path);
      if (entry === null && (flags & constants.O_CREAT) === 0) fail('ENOENT', path);
      entry ??= create(path, 'file', mode & ~UMASK);
      if (entry.kind === 'link') fail('ELOOP', path);
      if (entry.kind === 'folder' && (flags & constants.O_WRONLY) !== 0) fail('EISDIR', path);
      opened.set(nextDescriptor, { ino: entry.ino, place: 0, append: (flags & constants.O_APPEND) !== 0 });
      nextDescriptor += 1;
      return nextDescriptor - 1;
    },
    read: (descriptor, into) => {
      if (descriptor < FIRST_DESCRIPTOR) return nodeFileSystem.read(descriptor, into);
      const file = descriptorOf(descriptor);
      const count = node(file.ino).bytes.copy(into, 0, file.place);
      file.place += count;
      return count;
    },
    write: (descriptor, bytes) => {
      const file = descriptorOf(descriptor);
      const entry = node(file.ino);
      const at = file.append ? entry.bytes.length : file.place;
      setBytes(entry, Buffer.concat([entry.bytes.subarray(0, at), bytes, entry.bytes.subarray(at + bytes.length)]));
      file.place = at + bytes.length;
    },
    fsync: (descriptor) => flushInto(durable, pending, descriptorOf(descriptor).ino),
    close: (descriptor) => {
      if (descriptor < FIRST_DESCRIPTOR) nodeFileSystem.close(descriptor);
      else if (!opened.delete(descriptor)) fail('EBADF', String(descriptor));
    },
    readFile: (path) => {
      const { kind, bytes } = must(path);
      if (kind === 'link') fail('ELOOP', path);
      return kind === 'file' ? Buffer.from(bytes) : fail('EINVAL', path);
    },
    writeFile: (path, bytes, mode) => setBytes(create(path, 'file', mode & ~UMASK), Buffer.from(bytes)),
    copyFile: (from, to) => {
      const { bytes, mode } = must(from);
      setBytes(create(to, 'file', mode), bytes);
    },
    rename: (from, to) => {
      const moved = must(from);
      const [source, target] = [folderOf(from), folderOf(to)];
      const replaced = find(to);
      if (replaced === moved) return;
      if (replaced?.kind === 'folder' && moved.kind !== 'folder') fail('EISDIR', to);
      if (replaced !== null && replaced.kind !== 'folder' && moved.kind === 'folder') fail('ENOTDIR', to);
      if (replaced?.kind === 'folder' && replaced.names.size > 0) fail('ENOTEMPTY', to);
      if (replaced !== null) replaced.links -= 1;
      source.names.delete(nameOf(from));
      target.names.set(nameOf(to), moved.ino);
      touch(source, target, moved, ...(replaced === null ? [] : [replaced]));
      pending.push({
        kind: 'move',
        from: { folder: source.ino, name: nameOf(from) },
        to: { folder: target.ino, name: nameOf(to) },
        ino: moved.ino,
      });
    },
    unlink: (path) => {
      if (must(path).kind === 'folder') fail('EISDIR', path);
      remove(path);
    },
    mkdir: (path, parents = false) => {
      if (parents && find(path)?.kind === 'folder') return;
      if (parents && find(dirname(path)) === null) fs.mkdir(dirname(path), true);
      create(path, 'folder', 0o777 & ~UMASK);
    },
    rmdir: (path) => {
      const entry = must(path);
      if (entry.kind !== 'folder') fail('ENOTDIR', path);
      if (entry.names.size > 0) fail('ENOTEMPTY', path);
      remove(path);
    },
    chmod: (path, mode) => {
      const entry = must(path);
      entry.mode = mode;
      setBits(entry);
    },
    chown: (path, uid, gid) => {
      const entry = must(path);
      Object.assign(entry, { uid, gid });
      setBits(entry);
    },
    symlink: (target, path) => {
      const made = create(path, 'link', 0o777);
      made.bytes = Buffer.from(target);
      // File systems keep the target with the inode.
      Object.assign(durable.get(made.ino) as DiskNode, { bytes: made.bytes });
    },
    link: (from, to) => {
      const entry = must(from);
      if (entry.kind === 'folder') fail('EPERM', from);
      add(to, entry);
    },
    readlink: (path) => {
      if (path.startsWith('/proc/')) return nodeFileSystem.readlink(path);
      const entry = must(path);
      return entry.kind === 'link' ? Buffer.from(entry.bytes) : fail('EINVAL', path);
    },
    lstat: (path) => {
      let entry: DiskNode | null = null;
      try {
        entry = find(path);
      } catch {
        return null;
      }
      return entry === null ? null : statOf(entry);
    },
    readdir: (path) => {
      const folder = must(path);
      if (folder.kind !== 'folder') fail('ENOTDIR', path);
      return [...folder.names].map(([name, ino]) => ({ name, kind: node(ino).kind }));
    },
    realpath: (path) => (must(path) === null ? path : path),
    canRead: (path) => find(path) !== null,
    syncFileSystem: async () => {
      allDurable(durable, pending);
    },
  };
  return {
    fs,
    clone: () => openDisk(cloneTable(live), cloneTable(durable), [...pending]),
    live: () => live,
    durable: () => durable,
    pending: () => pending,
  };
}

function statOf(entry: DiskNode): EntryStat {
  const { kind, mode, uid, gid, links, ino } = entry;
  const size = entry.bytes.length;
  return { kind, size, mode, mtimeMs: entry.mtime, ctimeMs: entry.ctime, dev: 1, ino, links, uid, gid };
}
