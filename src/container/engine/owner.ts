import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { fsErrorCode } from '../../host/fs.ts';

/** Carried by everything a run creates; its value is the run's id. */
export const RUN_LABEL = 'refit.run';
/** Which process made it, so that what a dead one left can be swept. */
export const OWNER_LABEL = 'refit.owner';
/** On an image that outlives its run on purpose; the value is the name under which it is kept. */
export const KEEP_LABEL = 'refit.keep';

/** A process, told apart from any other that ever had its number. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in the kernel's count, and the boot and process namespace it belongs to; empty where unknown. */
  readonly start: string;
  readonly boot: string;
  readonly namespace: string;
}

/** 12 hexadecimal digits, unlike for each run. */
export function newRunId(): string {
  return randomBytes(6).toString('hex');
}

/** This process. */
export function thisOwner(): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    start: startOf(process.pid),
    boot: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOr(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** The owner as the value of a label. */
export function formatOwner(owner: Owner): string {
  return [owner.pid, owner.start, owner.boot, owner.namespace, owner.host].join('|');
}

/** The owner in a label's value, or null for anything else. */
export function parseOwner(value: string): Owner | null {
  const [pid = '', start = '', boot = '', namespace = '', ...host] = value.split('|');
  if (!/^[1-9]\d*$/.test(pid) || host.length === 0) return null;
  return { pid: Number(pid), start, boot, namespace, host: host.join('|') };
}

/**
 * Whether the process is gone for certain: of this host, and of an earlier boot, or no such process, or another one
 * under its number. Another host or another process namespace: cannot tell, so no.
 */
export function isGone(owner: Owner, self: Owner = thisOwner()): boolean {
  if (owner.host !== self.host) return false;
  if (owner.boot !== self.boot) return owner.boot !== '' && self.boot !== '';
  if (owner.namespace !== self.namespace) return false;
  if (!exists(owner.pid)) return true;
  const start = startOf(owner.pid);
  return start !== '' && owner.start !== '' && start !== owner.start;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return fsErrorCode(error) !== 'ESRCH';
  }
}

// The 22nd field; the second, the program's name in brackets, may itself hold blanks and brackets.
function startOf(pid: number): string {
  return readOr(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
