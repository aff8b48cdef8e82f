// npm run fuzz -- --minutes N [--target NAME] [--seed N]: feeds every target in turn until the time is over.
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { loadParsers } from '../../src/host/parsers.ts';
import type { Target } from './target.ts';
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
await loadParsers(['python']);
const first = Number(values.seed ?? Date.now() % 2 ** 31);
let found = 0;
process.stdout.write(`seed ${first}\n\n| target | executions | seconds | findings |\n| --- | --- | --- | --- |\n`);
for (const target of chosen) {
  const { runs, seconds, finding } = feed(target, (minutes * 60_000) / chosen.length);
  process.stdout.write(`| ${target.name} | ${runs} | ${seconds} | ${finding === null ? 0 : 1} |\n`);
  if (finding === null) continue;
  found += 1;
  process.stdout.write(`\n${finding}\n\n`);
}
process.exitCode = found === 0 ? 0 : 1;

/** Runs batches with one seed after another; stops at the first finding, shrunk. */
function feed(
  target: Target,
  milliseconds: number,
): { readonly runs: number; readonly seconds: number; readonly finding: string | null } {
  const start = Date.now();
  let runs = 0;
  for (let seed = first; Date.now() - start < milliseconds; seed += 1) {
    const result = fc.check(target.property(), { seed, numRuns: 50, endOnFailure: false });
    if (result instanceof Promise) throw new TypeError('the targets are synchronous');
    runs += result.numRuns;
    if (!result.failed) continue;
    const finding = `${fc.defaultReportMessage(result)}\nas JSON: ${JSON.stringify(result.counterexample)}\n${String(result.errorInstance)}`;
    return { runs, seconds: Math.round((Date.now() - start) / 1000), finding };
  }
  return { runs, seconds: Math.round((Date.now() - start) / 1000), finding: null };
}
