import type { EntryKind } from '../../src/host/fs.ts';

/** One file, folder or link. Bytes are never altered in place, so copies may share them. */
export interface DiskNode {
  readonly ino: number;
  readonly kind: EntryKind;
  bytes: Buffer;
  mode: number;
  uid: number;
  gid: number;
  links: number;
  mtime: number;
  ctime: number;
  readonly names: Map<string, number>;
}

/** All nodes by their number; the root is 1. */
export type DiskTable = Map<number, DiskNode>;

interface Place {
  readonly folder: number;
  readonly name: string;
}

/** One thing that was done to a disk and may be lost until it is flushed. */
export type Change =
  | (Place & { readonly kind: 'add' | 'remove'; readonly ino: number })
  | { readonly kind: 'move'; readonly from: Place; readonly to: Place; readonly ino: number }
  /** `half` is what a write leaves that was cut in its middle. */
  | { readonly kind: 'bytes'; readonly ino: number; readonly bytes: Buffer; readonly half: Buffer }
  | { readonly kind: 'bits'; readonly ino: number; readonly mode: number; readonly uid: number; readonly gid: number };

export function cloneTable(table: DiskTable): DiskTable {
  return new Map([...table].map(([ino, node]) => [ino, { ...node, names: new Map(node.names) }]));
}

/** Carries a change out, unless what it builds on is not there. A rename happens as a whole or not at all. */
export function carryOut(table: DiskTable, change: Change, half = false): void {
  switch (change.kind) {
    case 'add': {
      const names = table.get(change.folder)?.names;
      if (names?.has(change.name) === false) names.set(change.name, change.ino);
      return;
    }
    case 'remove': {
      const names = table.get(change.folder)?.names;
      if (names?.get(change.name) === change.ino && (table.get(change.ino)?.names.size ?? 0) === 0) {
        names.delete(change.name);
      }
      return;
    }
    case 'move': {
      const [from, to] = [table.get(change.from.folder)?.names, table.get(change.to.folder)?.names];
      const replaced = table.get(to?.get(change.to.name) ?? 0);
      if (from?.get(change.from.name) !== change.ino || (replaced?.names.size ?? 0) > 0) return;
      from.delete(change.from.name);
      to?.set(change.to.name, change.ino);
      return;
    }
    case 'bytes':
      (table.get(change.ino) as DiskNode).bytes = half ? change.half : change.bytes;
      return;
    case 'bits':
      Object.assign(table.get(change.ino) as DiskNode, { mode: change.mode, uid: change.uid, gid: change.gid });
      return;
    default:
      change satisfies never;
  }
}

function placesOf(change: Change): readonly Place[] {
  if (change.kind === 'move') return [change.from, change.to];
  return change.kind === 'add' || change.kind === 'remove' ? [change] : [];
}

function concerns(change: Change, ino: number): boolean {
  if (change.kind === 'bytes' || change.kind === 'bits') return change.ino === ino;
  return placesOf(change).some(({ folder }) => folder === ino);
}

/**
 * What `fsync` of one file or folder makes durable: its bytes and bits, or its names, and what these build on. The name of
 * a flushed file is not durable by that.
 */
export function flushInto(durable: DiskTable, pending: Change[], ino: number): void {
  const cells = new Set<string>();
  // A folder that is gone for good is gone with what was in it.
  const gone = new Set<number>();
  const chosen = new Set<Change>();
  for (const change of [...pending].reverse()) {
    const own = placesOf(change).map(({ folder, name }) => `${folder} ${name}`);
    const inGone = placesOf(change).some(({ folder }) => gone.has(folder));
    if (!concerns(change, ino) && !inGone && !own.some((cell) => cells.has(cell))) continue;
    chosen.add(change);
    if (change.kind === 'remove') gone.add(change.ino);
    for (const cell of own) cells.add(cell);
  }
  for (const change of pending) if (chosen.has(change)) carryOut(durable, change);
  pending.splice(0, pending.length, ...pending.filter((change) => !chosen.has(change)));
}

export function allDurable(durable: DiskTable, pending: Change[]): void {
  for (const change of pending.splice(0)) carryOut(durable, change);
}
