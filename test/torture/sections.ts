import { feed } from '../fuzz/feed.ts';
import { targets } from '../fuzz/targets.ts';
import { FAULT_CASES, failEveryOperation } from './every-fault.ts';
import { checkHistories } from './history.ts';
import { killAtRandom } from './kills.ts';
import type { Scenes } from './memory-scene.ts';
import { planManyFiles } from './million-files.ts';
import { cutPowerEverywhere, POWER_CASES } from './power-loss.ts';
import { collect, type Section } from './section.ts';

/** Whether the time of a part is over. */
export type IsOver = () => boolean;

/** Work left to do, for the report; undefined when there is none. */
const missing = (what: string, done: number, goal: number): string | undefined =>
  done >= goal ? undefined : `${what}: ${done} of ${goal}`;

export function faultSection(scenes: Scenes, isOver: IsOver): Promise<Section> {
  const columns = [
    'command',
    'operations',
    'faults',
    'succeeded',
    'undone at once',
    'brought there by the next command',
  ];
  const title = 'Every operation fails once, in every way';
  return collect(
    { title, columns },
    FAULT_CASES,
    ({ name }) => name,
    async (what) => {
      const { operations, points, faults, succeeded, undone, recovered } = await failEveryOperation(
        scenes,
        what,
        isOver,
      );
      const row = [what.name, operations, faults, succeeded, undone, recovered];
      return { row, left: missing(`faults of ${what.name}`, faults, points) };
    },
  );
}

export function powerSection(scenes: Scenes, seed: number, isOver: IsOver): Promise<Section> {
  const columns = [
    'command',
    'calls of the disk',
    'disks that a power cut left',
    'different ones, each recovered both ways',
  ];
  return collect(
    { title: 'Power loss', columns },
    POWER_CASES,
    ({ name }) => name,
    async (what) => {
      const { calls, cuts, done, states, different } = await cutPowerEverywhere(scenes, what, {
        seed,
        picks: 4,
        isOver,
      });
      return { row: [what.name, calls, states, different], left: missing(`power cuts of ${what.name}`, done, cuts) };
    },
  );
}

export function killSection(seed: number, goal: number, isOver: IsOver): Promise<Section> {
  const columns = ['what', 'kills', 'left on record', 'recoveries killed, one to three deep', 'not as promised'];
  const name = 'an apply of 200 changes, SIGKILL';
  return collect({ title: 'Killed at random', columns }, [name], String, async () => {
    const { kills, left, deeper } = await killAtRandom(
      seed,
      (tally) => tally.kills >= goal || (tally.kills > 0 && isOver()),
    );
    const states = Object.entries(left).map(([state, count]) => `${state} ${count}`);
    return { row: [name, kills, states.join(', '), deeper.join(', '), 0], left: missing('kills', kills, goal) };
  });
}

export function modelSection(seed: number, goal: number, isOver: IsOver): Promise<Section> {
  const columns = ['what', 'histories', 'steps', 'unlike the model'];
  const name = 'edits, commits, plans, runs, kills and recoveries';
  return collect({ title: 'Histories against a model', columns }, [name], String, async () => {
    const { histories, steps } = await checkHistories(
      seed,
      (tally) => tally.steps >= goal || (tally.steps > 0 && isOver()),
    );
    return { row: [name, histories, steps, 0], left: missing('steps of the model', steps, goal) };
  });
}

/** `milliseconds` are shared by all targets. */
export function fuzzSection(seed: number, milliseconds: number): Promise<Section> {
  const columns = ['target', 'executions', 'findings'];
  const share = Math.max(0, milliseconds) / targets.length;
  return collect(
    { title: 'Fuzzing', columns },
    targets,
    ({ name }) => name,
    async (target) => {
      const { runs, finding } = feed(target, seed, share);
      if (finding !== null) throw new Error(`${target.name}, after ${runs} executions\n${finding}`);
      return { row: [target.name, runs, 0], left: missing(`executions of ${target.name}`, runs, target.ciRuns) };
    },
  );
}

export function manyFilesSection(goal: number, left: () => number): Promise<Section> {
  const columns = ['what', 'files', 'peak of the process, MiB', 'another plan than without them'];
  const name = 'plan of a checkout with that many more files';
  return collect({ title: 'Very many files', columns }, [name], String, async () => {
    const { made, mebibytes } = planManyFiles(goal, left);
    const row = [name, made, mebibytes ?? '-', mebibytes === null ? '-' : 0];
    return { row, left: mebibytes === null ? `plan of ${goal} files (${made} made)` : undefined };
  });
}
