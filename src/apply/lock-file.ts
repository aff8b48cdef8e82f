import { z } from 'zod';
import { fsErrorCode } from '../host/fs.ts';
import type { RunContext } from './context.ts';
import { NO_LINKS } from './durable.ts';
import type { ProcessTable } from './process-table.ts';

const holderShape = z.object({
  /** Unlike for every lock ever taken: two reads of the same one can be told from a lock taken anew. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  pid: z.int().min(1),
  host: z.string(),
  /** When the process started, in the kernel's own count; null where that cannot be read. */
  startTime: z.string().nullable(),
  /** Names the boot and the process namespace that pid and start time belong to; null where unknown. */
  boot: z.string().nullable(),
  namespace: z.string().nullable(),
  doing: z.string(),
  at: z.iso.datetime(),
});
/** Who holds a lock, as its file tells. */
export type Holder = Readonly<z.infer<typeof holderShape>>;

/** What stands in a lock's place. `vanished`: nothing, its holder ended; `unreadable`: nobody can tell who holds it. */
export type LockLook =
  | { readonly kind: 'held'; readonly holder: Holder }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'vanished' };

/**
 * Gives the file `from` the name `to` as well: whole, or not at all. False when the name is taken.
 * @throws Node's error when the disk fails.
 */
export function linkNew(context: RunContext, from: string, to: string): boolean {
  try {
    context.fs.link(from, to);
    return true;
  } catch (error) {
    if (fsErrorCode(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(fsErrorCode(error) ?? '')) throw error;
    return writeNew(context, from, to);
  }
}

// Without hard links the lock appears empty for a moment; who reads it then cannot tell, and keeps off.
function writeNew({ fs }: RunContext, from: string, to: string): boolean {
  try {
    fs.writeFile(to, fs.readFile(from), 0o600);
    return true;
  } catch (error) {
    if (fsErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws Node's error when the disk fails. */
export function readHolder(context: RunContext, path: string): LockLook {
  let text: string;
  try {
    text = Buffer.from(context.fs.readFile(path)).toString('utf8');
  } catch (error) {
    const code = fsErrorCode(error);
    if (code === 'ENOENT') return { kind: 'vanished' };
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'unreadable' };
    throw error;
  }
  try {
    const parsed = holderShape.safeParse(JSON.parse(text));
    return parsed.success ? { kind: 'held', holder: parsed.data } : { kind: 'unreadable' };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'unreadable' };
    throw error;
  }
}

/** Whether the holder is dead for certain. Another host, another boot of unknown order or another namespace: cannot tell. */
export function isDead(holder: Holder, table: ProcessTable): boolean {
  if (holder.host !== table.host || holder.boot === null || table.boot === null) {
    return holder.host === table.host && holder.boot === table.boot && !table.exists(holder.pid);
  }
  if (holder.boot !== table.boot) return true;
  if (holder.namespace !== table.namespace) return false;
  if (!table.exists(holder.pid)) return true;
  const started = table.startTime(holder.pid);
  return started !== null && holder.startTime !== null && started !== holder.startTime;
}
