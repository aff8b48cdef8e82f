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

  // The SDK of July 2025 can neither switch tools off nor be streamed through: both are about the provider, and true.
  test('the good image has no finding but the two about its provider', async () => {
    expect(redOf(await runAll(good, 'service'))).toEqual(['H09', 'H10']);
  });

  for (const { name, level, only, layer, files, red, cannot } of MUTATIONS) {
    test(`${name}: exactly ${red.join(', ')}`, async () => {
      expect(redOf(await runAll(await mutatedBench(lab, good, layer, files), level, only), cannot)).toEqual(red);
    });
  }
});
