import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { MUTATIONS } from './mutations.ts';

const SOURCES = resolve(import.meta.dirname, '../../src/container');

/** Failure modes that another test than a mutation of the good image shows, where the file names the mode. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'FM-07': 'prisma.lab.test.ts',
  'FM-24': 'live.lab.test.ts',
  'FM-31': 'base.lab.test.ts',
  'FM-35': 'compose.lab.test.ts',
  'FM-38': 'mutations.lab.test.ts',
};

/** What could not be made to happen where these tests run. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'FM-03': "needs Prisma's engines, which cannot be fetched: where one lies shows only once it is there",
  'FM-04':
    "needs Prisma's engines, which cannot be fetched: which cache folder Prisma reads shows only when it fetches them",
  'FM-05': "needs Prisma's engines: the client is generated into site-packages after they were fetched",
  'FM-37':
    'a layer on the good image keeps its start period; a tree without one is among the fixtures of the static checks',
  'FM-26': 'needs a Podman that can start containers; its arguments are tested in podman.test.ts',
};

/** Shown by a tree alone: test/failure-modes.test.ts has a fixture of each, or says that nothing is left to find. */
const IN_A_TREE = ['FM-09', 'FM-15', 'FM-29', 'FM-30', 'FM-39'];

const ALL = Array.from({ length: 40 }, (_, index) => `FM-${String(index + 1).padStart(2, '0')}`);
const mutated = new Set(MUTATIONS.flatMap(({ failureMode }) => failureMode ?? []));

it('every failure mode that needs a container has a fixture, or a reason why it is not run', () => {
  const places = (mode: string): readonly string[] => [
    ...(mutated.has(mode) ? ['mutation'] : []),
    ...[ELSEWHERE, NOT_RUN].flatMap((list) => list[mode] ?? []),
    ...(IN_A_TREE.includes(mode) ? ['tree'] : []),
  ];
  expect(ALL.filter((mode) => places(mode).length !== 1).map((mode) => [mode, places(mode)])).toEqual([]);
});

it.each(Object.entries(ELSEWHERE))('%s is named by the test that shows it', (mode, file) => {
  expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(mode);
});

it('every failure mode that a container check can name is among them', () => {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const named = sources.flatMap((name) => readFileSync(join(SOURCES, name), 'utf8').match(/\bFM-\d\d\b/g) ?? []);
  expect([...new Set(named)].filter((mode) => IN_A_TREE.includes(mode))).toEqual([]);
});

it('a mutation that turns more than one check red says why', () => {
  for (const { name, red, why } of MUTATIONS)
    expect([name, red.length > 1 && why === undefined]).toEqual([name, false]);
});
