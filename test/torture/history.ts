import fc from 'fast-check';
import { allSteps } from './model-commands.ts';
import { openReal } from './model-real.ts';

export interface HistoryTally {
  histories: number;
  steps: number;
}

/** Holds generated histories of a checkout against the model until `isDone`. @throws Error with the shortest one that fails. */
export async function checkHistories(seed: number, isDone: (tally: HistoryTally) => boolean): Promise<HistoryTally> {
  const tally: HistoryTally = { histories: 0, steps: 0 };
  for (let round = 0; !isDone(tally); round += 1) {
    const property = fc.asyncProperty(allSteps(60), async (steps) => {
      const { real, model, close } = openReal();
      try {
        await fc.asyncModelRun(() => ({ model, real }), steps);
      } finally {
        close();
        tally.histories += 1;
        tally.steps += real.steps;
      }
    });
    await fc.assert(property, { seed: seed + round, numRuns: 4, endOnFailure: false });
  }
  return tally;
}
