import { beforeAll, expect, test } from 'vitest';
import { type Bench, openBench } from '../../src/container/bench.ts';
import { goodBench, redOf, runAll } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';

describeLab('the database client of an image', (lab) => {
  let good: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
  });

  test('that was never generated (FM-07): exactly R06', async () => {
    // It is only asked for with a database; which one is nothing to it.
    const runs = await runAll(openBench({ ...good, database: { kind: 'compose' } }), 'run', ['R06']);
    expect(redOf(runs)).toEqual(['R06']);
    const findings = runs.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));
    expect(findings).toMatchObject([
      { message: 'the database client is not generated', failureMode: 'FM-07', path: 'Dockerfile' },
    ]);
  });

  test('that is not asked about without a database', async () => {
    const run = (await runAll(good, 'run', ['R06'])).find(({ check }) => check.id === 'R06-prisma');
    expect(run?.result).toMatchObject({ status: 'not-asked' });
  });
});
