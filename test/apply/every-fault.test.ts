import { beforeAll, describe, expect, it } from 'vitest';
import { FAULT_CASES, failEveryOperation } from '../torture/every-fault.ts';
import { makeScenes, type Scenes } from '../torture/memory-scene.ts';

describe('every operation fails once, in every way', () => {
  let scenes: Scenes;
  beforeAll(async () => {
    scenes = await makeScenes();
  });

  it.each(FAULT_CASES)('$name', { timeout: 600_000 }, async (what) => {
    const { operations, points, faults, succeeded, undone, recovered } = await failEveryOperation(scenes, what);
    expect(operations).toBeGreaterThan(40);
    expect(faults).toBe(points);
    expect(succeeded + undone + recovered).toBe(faults);
    process.stdout.write(`${what.name}: ${operations} operations, ${faults} faults\n`);
  });
});
