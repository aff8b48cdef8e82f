import { expect, it } from 'vitest';
import { checkHistories } from '../torture/history.ts';

it('any history of edits, commits, plans, runs, kills and recoveries is as in the model', {
  timeout: 1_800_000,
}, async () => {
  const seed = Number(process.env['REFIT_SEED'] ?? 20_261_122);
  const tally = await checkHistories(seed, ({ steps }) => steps >= 300);
  expect(tally.steps).toBeGreaterThanOrEqual(300);
  process.stdout.write(`${tally.histories} histories, ${tally.steps} steps\n`);
});
