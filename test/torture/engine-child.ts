// Does one thing to the checkout in the folder given, once it is told to, and may be killed while it does. Bundled, so
// that starting it a thousand times is cheap.
import { existsSync, writeFileSync } from 'node:fs';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { RefitError } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { inputFor, twoHundredWishes } from '../apply/wishes.ts';
import { faultyFs } from '../support/faulty-fs.ts';

const [verb = '', top = '', waitSeconds = '0', killAt = '0'] = process.argv.slice(2);
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop.abort(name));
/** Ends this process right before the operation of that number. */
const { fs } = faultyFs(nodeFileSystem, {
  before: (operation) => operation === Number(killAt) && process.kill(process.pid, 'SIGKILL'),
});
const context: RunContext = {
  root: `${top}/work`,
  runFolder: `${top}/runs`,
  fs,
  now: () => new Date(),
  pid: process.pid,
  signal: stop.signal,
  waitSeconds: Number(waitSeconds),
};

/** Stays in the middle of a run until the file `release` is there. */
async function hold(): Promise<void> {
  writeFileSync(`${top}/held`, '');
  while (!existsSync(`${top}/release`)) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function act(): Promise<string> {
  switch (verb) {
    case 'apply':
      return (await apply(context, inputFor(twoHundredWishes))).kind;
    case 'hold':
      return (await apply(context, inputFor(twoHundredWishes, { beforeClose: hold }))).kind;
    case 'rollback':
      return (await rollback(context)).kind;
    case 'resume':
      return (await resume(context)).kind;
    default:
      throw new Error(`no such verb: ${verb}`);
  }
}

process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
try {
  process.stdout.write(`${await act()}\n`);
} catch (error) {
  if (!(error instanceof RefitError)) throw error;
  process.stdout.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
