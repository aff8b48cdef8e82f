import { beforeAll, describe, expect, it } from 'vitest';
import { makeScenes, type Scenes } from '../torture/memory-scene.ts';
import { cutPowerEverywhere, POWER_CASES } from '../torture/power-loss.ts';

describe('power is lost before every call of the disk', () => {
  let scenes: Scenes;
  beforeAll(async () => {
    scenes = await makeScenes();
  });

  it.each(POWER_CASES)('$name', { timeout: 600_000 }, async (what) => {
    const { calls, cuts, done, states, different } = await cutPowerEverywhere(scenes, what, {
      seed: 20_261_122,
      picks: 4,
    });
    expect(done).toBe(cuts);
    expect(states).toBeGreaterThan(calls);
    process.stdout.write(`${what.name}: ${calls} calls, ${states} disks, ${different} different\n`);
  });
});
