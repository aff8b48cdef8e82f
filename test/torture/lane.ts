// One process of the torture: runs its parts one after another and writes each as a line of JSON when it is done.
import { loadParsers } from '../../src/host/parsers.ts';
import { makeScenes } from './memory-scene.ts';
import type { Section } from './section.ts';
import { faultSection, fuzzSection, killSection, manyFilesSection, modelSection, powerSection } from './sections.ts';

const KILLS = 1000;
const STEPS = 10_000;
const FILES = 1_000_000;

const [lane = '', deadline = '0', seedText = '0'] = process.argv.slice(2);
const seed = Number(seedText);
const left = (): number => Number(deadline) - Date.now();
/** Ends a part when that share of the time that is left now is gone. */
const share = (part: number): (() => boolean) => {
  const end = Date.now() + left() * part;
  return () => Date.now() >= end;
};
const tell = (section: Section): void => {
  process.stdout.write(`${JSON.stringify(section)}\n`);
};

if (lane === 'points') {
  await loadParsers(['python', 'typescript']);
  const scenes = await makeScenes();
  tell(await faultSection(scenes, share(0.4)));
  tell(await powerSection(scenes, seed, share(0.4)));
  tell(await fuzzSection(seed, left()));
} else {
  tell(await killSection(seed, KILLS, share(0.4)));
  tell(await modelSection(seed, STEPS, share(0.6)));
  tell(await manyFilesSection(FILES, left));
}
