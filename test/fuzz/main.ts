// npm run fuzz -- --minutes N [--target NAME] [--seed N]: feeds every target in turn until the time is over.
import { parseArgs } from 'node:util';
import { loadParsers } from '../../src/host/parsers.ts';
import { feed } from './feed.ts';
import { targets } from './targets.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, target: { type: 'string' }, seed: { type: 'string' } },
});
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
const minutes = Number(values.minutes);
if (chosen.length === 0 || !(minutes > 0)) {
  process.stderr.write(
    `usage: npm run fuzz -- --minutes N [--target ${targets.map(({ name }) => name).join('|')}] [--seed N]\n`,
  );
  process.exit(1);
}
await loadParsers(['python', 'typescript']);
const first = Number(values.seed ?? Date.now() % 2 ** 31);
let found = 0;
process.stdout.write(`seed ${first}\n\n| target | executions | seconds | findings |\n| --- | --- | --- | --- |\n`);
for (const target of chosen) {
  const { runs, seconds, finding } = feed(target, first, (minutes * 60_000) / chosen.length);
  process.stdout.write(`| ${target.name} | ${runs} | ${seconds} | ${finding === null ? 0 : 1} |\n`);
  if (finding === null) continue;
  found += 1;
  process.stdout.write(`\n${finding}\n\n`);
}
process.exitCode = found === 0 ? 0 : 1;
