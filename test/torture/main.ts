// npm run torture -- --minutes N [--seed N]: goes through every point, kills, histories and generated inputs until all is
// done or the time is over, and tells what was done in the same table anywhere. Exit code 0: all was done, and all held;
// 1: something does not hold; 6: nothing failed, but not all was done.
import { parseArgs } from 'node:util';
import { loadParsers } from '../../src/host/parsers.ts';
import { makeScenes } from './memory-scene.ts';
import { promisedSection } from './promised-tests.ts';
import { conclude, renderSection, type Section } from './section.ts';
import { faultSection, fuzzSection, killSection, modelSection, powerSection } from './sections.ts';

const KILLS = 1000;
const STEPS = 10_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '20261122' } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: npm run torture -- --minutes N [--seed N]\n');
  process.exit(1);
}
const start = Date.now();
const left = (): number => start + minutes * 60_000 - Date.now();
/** Ends a part when that share of the time that is left now is gone. */
const share = (part: number): (() => boolean) => {
  const end = Date.now() + left() * part;
  return () => Date.now() >= end;
};

const sections: Section[] = [];
const tell = (section: Section): void => {
  sections.push(section);
  process.stdout.write(renderSection(section));
};
process.stdout.write(
  `# Torture\n\nseed ${seed}, ${minutes} minutes, Node ${process.versions.node}, ${process.platform}\n\n`,
);
const promised = promisedSection(left());
await loadParsers(['python']);
const scenes = await makeScenes();
tell(await faultSection(scenes, share(0.3)));
tell(await powerSection(scenes, seed, share(0.3)));
tell(await killSection(seed, KILLS, share(0.5)));
tell(await modelSection(seed, STEPS, share(0.6)));
tell(await fuzzSection(seed, left()));
tell(await promised);
const { text, exitCode } = conclude(sections);
process.stdout.write(`${text}\n`);
process.exitCode = exitCode;
