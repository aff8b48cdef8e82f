import { beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../src/container/bench.ts';
import { askEngine, callEngine } from '../../src/container/engine.ts';
import { network } from '../../src/container/network.ts';
import type { ContainerRun } from '../../src/container/run-checks.ts';
import { goodBench, mutatedBench, redOf, runAll, standInBench, withFiles } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';
import { HARMLESS } from './mutations/server.ts';
import { MUTATIONS } from './mutations.ts';

/** What a reader needs of every finding: what should be, what is, where it comes from, and how to see it. */
const TOLD = {
  message: expect.any(String),
  expected: expect.any(String),
  seen: expect.any(String),
  path: expect.any(String),
  line: expect.any(Number),
  byHand: expect.any(String),
};

const findingsOf = (runs: readonly ContainerRun[]) =>
  runs.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));

describeLab('a good image and what breaks it', (lab) => {
  let good: Bench;
  let standIn: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
    standIn = await standInBench(lab, good);
  });

  // The scripts, the examples and the port that the base itself brings are held against nobody (FM-38). The SDK of July 2025 can neither switch tools off nor be streamed through: both are about the provider, and true.
  test('the good image has no finding but the two about its provider', async () => {
    expect(redOf(await runAll(good, 'service'))).toEqual(['H09', 'H10']);
  });

  // So that a fault of the stand-in is the fault that it was given.
  test('the stand-in for the server has no finding of a running server', async () => {
    expect(redOf(await runAll(standIn, 'service', ['H', 'R15', 'R21']))).toEqual([]);
  });

  test.concurrent.each(HARMLESS)('$name: no finding', async ({ layer }) => {
    expect(redOf(await runAll(await mutatedBench(lab, standIn, layer), 'service', ['H', 'R15', 'R21']))).toEqual([]);
  });

  for (const { name, failureMode, level, only, on, layer, files, tree, red, cannot } of MUTATIONS) {
    test.concurrent(`${name}: exactly ${red.join(', ')}`, async () => {
      const mutated = await mutatedBench(lab, on === 'stand-in' ? standIn : good, layer, files);
      const bench = tree === undefined ? mutated : withFiles(mutated, tree);
      const runs = await runAll(bench, level, only);
      if (level === 'service') await discard(bench);
      expect(redOf(runs, cannot)).toEqual(red);
      const findings = findingsOf(runs);
      for (const finding of findings) expect(finding).toMatchObject(TOLD);
      if (failureMode !== undefined) expect(findings.map((finding) => finding.failureMode)).toContain(failureMode);
    });
  }
});

/** An engine has some thirty networks to give, fewer than there are faults. */
async function discard(bench: Bench): Promise<void> {
  const { network: id } = await network(bench);
  const { engine } = bench.session;
  const containers = (await askEngine(engine, ['ps', '-aq', '--filter', `network=${id}`])).split('\n').filter(Boolean);
  if (containers.length > 0) await callEngine(engine, ['rm', '--force', '--volumes', ...containers]);
  await callEngine(engine, ['network', 'rm', id]);
}
