import { constants } from 'node:fs';
import * as os from 'node:os';
import { RefitError } from '../base/errors.ts';
import { fsErrorCode } from '../host/fs.ts';
import type { RunContext } from './context.ts';
import { withOpen } from './durable.ts';

/** What the lock asks the machine about processes; replaced in tests. */
export interface ProcessTable {
  readonly host: string;
  readonly boot: string | null;
  readonly namespace: string | null;
  /** False only when no such process exists; a process of another user exists. */
  exists(pid: number): boolean;
  startTime(pid: number): string | null;
}

/** The processes of this machine, as far as `/proc` or a signal of nothing can tell. */
export function thisMachine(context: RunContext): ProcessTable {
  const read = (path: string): string | null => {
    try {
      return readWhole(context, path);
    } catch (error) {
      if (['ENOENT', 'ESRCH', 'EACCES'].includes(fsErrorCode(error) ?? '')) return null;
      throw error;
    }
  };
  const link = (path: string): string | null => {
    try {
      return Buffer.from(context.fs.readlink(path)).toString('utf8');
    } catch (error) {
      if (fsErrorCode(error) === 'ENOENT' || fsErrorCode(error) === 'EACCES') return null;
      throw error;
    }
  };
  return {
    host: os.hostname(),
    boot: read('/proc/sys/kernel/random/boot_id'),
    namespace: link('/proc/self/ns/pid'),
    exists: (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        if (fsErrorCode(error) === 'ESRCH') return false;
        if (fsErrorCode(error) === 'EPERM') return true;
        throw new RefitError(`cannot tell whether process ${pid} is alive`, { cause: error });
      }
    },
    // The 22nd field; the second, the program's name in brackets, may itself hold blanks and brackets.
    startTime: (pid) => {
      const stat = read(`/proc/${pid}/stat`);
      return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
    },
  };
}

// Files of /proc say that they are empty, so they are read until there is no more.
function readWhole({ fs }: RunContext, path: string): string {
  const chunks: Buffer[] = [];
  withOpen(fs, path, constants.O_RDONLY, (descriptor) => {
    for (;;) {
      const chunk = Buffer.alloc(4096);
      const count = fs.read(descriptor, chunk);
      if (count === 0) return;
      chunks.push(chunk.subarray(0, count));
    }
  });
  return Buffer.concat(chunks).toString('utf8').trim();
}
