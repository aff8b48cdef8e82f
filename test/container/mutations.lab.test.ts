import { beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../src/container/bench.ts';
import { goodBench, mutatedBench, redOf, runAll } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';
import { MUTATIONS } from './mutations.ts';

describeLab('a good image and what breaks it', (lab) => {
  let good: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
  });

  test('the good image has no finding at all', async () => {
    expect(redOf(await runAll(good, 'service'))).toEqual([]);
  });

  for (const { name, level, only, layer, files, red, cannot } of MUTATIONS) {
    test(`${name}: exactly ${red.join(', ')}`, async () => {
      expect(redOf(await runAll(await mutatedBench(lab, good, layer, files), level, only), cannot)).toEqual(red);
    });
  }
});
