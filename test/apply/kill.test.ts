import { expect, it } from 'vitest';
import { killAtRandom } from '../torture/kills.ts';

const KILLS = 300;

it('killed 300 times and more at random: reported first, rollback gives before, resume gives after', {
  timeout: 1_800_000,
}, async () => {
  const tally = await killAtRandom(Number(process.env['REFIT_SEED'] ?? 20_261_122), ({ kills, deeper }) => {
    // How deep a kill reaches is chance, and rarer on a busy machine: it goes on until each depth was seen.
    return kills >= KILLS && deeper.every((count) => count > 0);
  });
  expect(tally.kills).toBeGreaterThanOrEqual(KILLS);
  expect(Object.keys(tally.left)).toEqual(expect.arrayContaining(['no record', 'prepared', 'applying']));
  expect(tally.deeper.every((count) => count > 0)).toBe(true);
  process.stdout.write(`${JSON.stringify(tally)}\n`);
});
