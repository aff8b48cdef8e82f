import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds that it takes to write, fsync and rename `count` files of 2 KB one by one. */
export function referenceWriteLoop(folder, count) {
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.alloc(2048, 'x');
  const start = process.hrtime.bigint();
  for (let at = 0; at < count; at += 1) {
    const target = join(folder, `file-${at}`);
    const descriptor = openSync(`${target}.new`, 'w');
    writeSync(descriptor, bytes);
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${target}.new`, target);
  }
  return Number(process.hrtime.bigint() - start) / 1e9;
}
