// npm run torture -- --minutes N [--seed N]: goes through every point, kills, histories and generated inputs until all is
// done or the time is over, and tells what was done in the same table anywhere. Exit code 0: all was done, and all held;
// 1: something does not hold; 6: nothing failed, but not all was done.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { promisedSection } from './promised-tests.ts';
import { conclude, renderSection, type Section } from './section.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '20261122' } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: npm run torture -- --minutes N [--seed N]\n');
  process.exit(1);
}
/** Milliseconds past the end that a part may take for the piece of work that it is at. */
const GRACE = 30_000;
const deadline = Date.now() + minutes * 60_000;

/** The parts of a lane, which runs beside the others: two cores have work all the time, and no part waits for another. */
async function runLane(name: 'points' | 'kills'): Promise<readonly Section[]> {
  const words = [
    '--import',
    'jiti/register',
    join(import.meta.dirname, 'lane.ts'),
    name,
    String(deadline),
    String(seed),
  ];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const sections: Section[] = [];
  let over = false;
  // Each part looks at the clock itself, between two pieces of its work; one that does not get there is ended.
  const timer = setTimeout(
    () => {
      over = true;
      child.kill('SIGKILL');
    },
    deadline + GRACE - Date.now(),
  );
  for await (const line of createInterface({ input: child.stdout })) sections.push(JSON.parse(line) as Section);
  const code = await ended;
  clearTimeout(timer);
  if (code === 0) return sections;
  if (over)
    return [...sections, { title: name, columns: ['part'], rows: [], failures: [], left: ['the parts that follow'] }];
  const failures = [`the process of this part ended with ${code}`];
  return [...sections, { title: name, columns: ['part'], rows: [], failures, left: [] }];
}

process.stdout.write(
  `# Torture\n\nseed ${seed}, ${minutes} minutes, Node ${process.versions.node}, ${process.platform}\n\n`,
);
const parts = [
  runLane('points'),
  runLane('kills'),
  promisedSection(deadline - Date.now()).then((section) => [section]),
];
const sections: Section[] = [];
for (const part of await Promise.all(parts)) sections.push(...part);
for (const section of sections) process.stdout.write(renderSection(section));
const { text, exitCode } = conclude(sections);
process.stdout.write(`${text}\n`);
process.exitCode = exitCode;
