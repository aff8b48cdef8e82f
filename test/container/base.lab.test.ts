import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/checks/define.ts';
import { type Bench, openBench } from '../../src/container/bench.ts';
import { buildImage, inspectImage } from '../../src/container/engine.ts';
import type { ContainerRun } from '../../src/container/run-checks.ts';
import { contextFolder } from '../lab/context-folder.ts';
import { goodBench, redOf, runAll, withFiles } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';
import { platformRegistry } from '../lab/registry.ts';
import { standInBase } from '../lab/stand-in-base.ts';

const WORKFLOW = `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: docker/build-push-action@0000000000000000000000000000000000000000
        with:
          platforms: linux/amd64,linux/arm64
`;

const findingsOf = (runs: readonly ContainerRun[]): readonly Finding[] =>
  runs.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));

describeLab('the base that an image stands on', (lab) => {
  let good: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
  });

  /** The base of the lab with other settings: its layers stay, so the good image stands on it too. */
  async function withSettings(text: string): Promise<Bench> {
    const { name } = await standInBase(lab.engine, 'july-2025');
    const Dockerfile = `FROM ${name}\n${text}\n`;
    const built = await contextFolder({ Dockerfile }, (context) => buildImage(lab.session, { context }));
    const facts = built.kind === 'built' ? await inspectImage(lab.engine, built.imageId) : null;
    if (facts === null) throw new Error(built.log.join('\n'));
    return openBench({ ...good, base: { ...good.base, facts } });
  }

  test('is another by now than the one that it was built on: exactly I02', async () => {
    const { id } = await standInBase(lab.engine, 'february-2026');
    const facts = await inspectImage(lab.engine, id);
    if (facts === null) throw new Error('the other base is gone');
    const judged = { ...good.judged, base: 'look-alike' } as const;
    const runs = await runAll(openBench({ ...good, judged, base: { ...good.base, facts } }), 'image');
    expect(redOf(runs)).toEqual(['I02']);
    expect(findingsOf(runs)).toMatchObject([
      {
        severity: 'error',
        message: `the image does not stand on ${good.base.name}`,
        path: 'Dockerfile',
        line: good.judged.stage.base.line,
        failureMode: 'FM-31',
        byHand: expect.stringContaining('image inspect'),
      },
    ]);
  });

  test.each([
    ['ENV PORT=8080', 'PORT', '3000', '8080'],
    ['USER node', 'user', 'claude', 'node'],
    [
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'entrypoint',
      '/usr/local/bin/docker-entrypoint.sh',
      'docker-entrypoint.sh',
    ],
  ])('has drifted from what the image relies on, %s: exactly I02, as a warning', async (text, what, expected, seen) => {
    const runs = await runAll(await withSettings(text), 'image');
    expect(redOf(runs)).toEqual(['I02']);
    expect(findingsOf(runs)).toMatchObject([
      {
        severity: 'warn',
        message: `the base differs from what the image relies on: ${what}`,
        expected: expect.stringContaining(expected),
        seen,
        failureMode: 'FM-32',
      },
    ]);
  });
});

describeLab('the platforms of the base', (lab) => {
  let good: Bench;
  let registry: Awaited<ReturnType<typeof platformRegistry>>;
  beforeAll(async () => {
    good = await goodBench(lab);
    registry = await platformRegistry({ one: ['amd64'], both: ['amd64', 'arm64'] });
  });
  afterAll(() => registry.close());

  const offered = async (name: string, workflow: string) => {
    const bench = withFiles(
      good,
      { '.github/workflows/image.yml': workflow },
      { base: { ...good.base, name: `${registry.host}/base:${name}` } },
    );
    return runAll(bench, 'image', ['I13']);
  };

  test('are fewer than CI builds: exactly I13, at the line of the workflow', async () => {
    const runs = await offered('one', WORKFLOW);
    expect(redOf(runs)).toEqual(['I13']);
    expect(findingsOf(runs)).toMatchObject([
      {
        message: 'the base is not offered for linux/arm64',
        seen: 'linux/amd64',
        path: '.github/workflows/image.yml',
        line: 8,
        byHand: expect.stringContaining('manifest inspect'),
      },
    ]);
  });

  test('are those that CI builds', async () => {
    const run = (await offered('both', WORKFLOW)).find(({ check }) => check.id === 'I13-platforms');
    expect(run?.result).toEqual({ check: 'I13-platforms', status: 'passed' });
  });

  test('that no registry tells could not be judged', async () => {
    const run = (await offered('unknown', WORKFLOW)).find(({ check }) => check.id === 'I13-platforms');
    expect(run?.result).toMatchObject({ status: 'skipped', why: expect.stringContaining('no registry tells') });
  });
});
