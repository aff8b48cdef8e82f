// Applies 300 changes to the checkout in the folder given, and is killed while it does.
import { apply } from '../../src/apply/apply.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { inputFor, manyWishes } from './wishes.ts';

const [top = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await apply(
  { root: `${top}/work`, runFolder: `${top}/runs`, fs: nodeFileSystem, now: () => new Date(), pid: process.pid },
  inputFor(manyWishes),
);
