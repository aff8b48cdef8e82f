import type { FileSystem } from '../../src/host/fs.ts';

/** When and how the wrapped file system fails. Operations count from 1. */
export interface Fault {
  /** The operation that fails; 0 for none. */
  readonly at: number;
  /**
   * `refuse`: it fails without doing anything. `short`: it writes half of its bytes, then fails; like `refuse` where
   * nothing is written. `late`: it does its work, then fails. `crash`: it and every later one fails without doing
   * anything, as if the process had ended just before it.
   */
  readonly how: 'refuse' | 'short' | 'late' | 'crash';
  /** Such as EIO. */
  readonly code: string;
}

export interface FaultyFs {
  readonly fs: FileSystem;
  /** Operations so far, each as `name path`. */
  readonly log: readonly string[];
}

export interface FaultOptions {
  readonly fault?: Fault;
  /** Called before each operation, with its number. */
  readonly before?: (operation: number, what: string) => void;
}

/** Wraps `inner` so that each of its operations is counted and one of them fails. */
export function faultyFs(inner: FileSystem, options: FaultOptions = {}): FaultyFs {
  const log: string[] = [];
  const wrapped: Record<string, unknown> = {};
  for (const [name, operation] of Object.entries(inner)) {
    wrapped[name] = (...args: unknown[]): unknown => {
      log.push(`${name} ${String(args[0])}`);
      options.before?.(log.length, log.at(-1) as string);
      const { fault } = options;
      const fails = fault !== undefined && (fault.how === 'crash' ? log.length >= fault.at : log.length === fault.at);
      if (!fails || fault.at === 0) return operation(...args);
      if (fault.how === 'late') operation(...args);
      if (fault.how === 'short') writePart(inner, name, args);
      throw Object.assign(new Error(`${fault.code}: made to fail, ${log.at(-1)}`), { code: fault.code });
    };
  }
  return { fs: wrapped as unknown as FileSystem, log };
}

function writePart(inner: FileSystem, name: string, args: readonly unknown[]): void {
  if (name === 'write') {
    const [descriptor, bytes] = args as [number, Uint8Array];
    inner.write(descriptor, bytes.subarray(0, bytes.length >> 1));
  }
  if (name === 'writeFile') {
    const [path, bytes, mode] = args as [string, Uint8Array, number];
    if (inner.lstat(path) === null) inner.writeFile(path, bytes.subarray(0, bytes.length >> 1), mode);
  }
}
