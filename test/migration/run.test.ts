import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repoPath } from '../../src/base/repo-path.ts';
import { defineMigration, defineStep, type Step } from '../../src/migration/define.ts';
import { planMigration } from '../../src/migration/run.ts';
import type { Plan, Selection } from '../../src/plan/plan.ts';
import { type MemoryFiles, memorySource } from '../../src/tree/memory-source.ts';

const params = z.strictObject({ word: z.enum(['a', 'b']).default('a') });
type Params = z.infer<typeof params>;
const all: Selection = { only: [], skip: [], phases: [] };
const p = repoPath;

function step(id: string, run: Step<Params, null>['run'], more: Partial<Step<Params, null>> = {}): Step<Params, null> {
  return defineStep<Params, null>({
    id,
    title: id,
    description: id,
    version: 1,
    select: () => ({ kind: 'applies', input: null }),
    run,
    ...more,
  });
}

function plan(
  steps: readonly Step<Params, null>[],
  files: MemoryFiles,
  more: Partial<Parameters<typeof planMigration<Params>>[0]> = {},
) {
  const migration = defineMigration<Params>({
    id: 'test',
    title: 'Test',
    description: 'Test',
    params,
    phases: [
      { id: 'first', title: 'First', steps: steps.slice(0, 2) },
      ...(steps.length > 2 ? [{ id: 'second', title: 'Second', steps: steps.slice(2) }] : []),
    ],
    checks: [],
  });
  return planMigration<Params>({
    migration,
    source: memorySource(files),
    params: {},
    selection: all,
    base: { commit: null, dirty: [] },
    readTemplate: (name) => `template ${name}`,
    loadParsers: async () => undefined,
    ...more,
  });
}

const statuses = ({ outcomes }: Plan) => outcomes.map(({ step: id, status }) => `${id} ${status}`);

describe('planMigration', () => {
  it('lets later steps see what earlier steps did, and tells how each ended', async () => {
    const seen: string[] = [];
    const { plan: made } = await plan(
      [
        step('one', (_input, tree) => tree.create(p('a.txt'), 'one')),
        step('two', (_input, tree) => {
          seen.push(tree.readText(p('a.txt')));
        }),
        step('three', () => undefined, { select: () => ({ kind: 'done', why: 'there' }) }),
        step('four', () => undefined, { select: () => ({ kind: 'skip', why: 'nothing' }) }),
      ],
      {},
    );
    expect(seen).toEqual(['one']);
    expect(statuses(made)).toEqual(['one changed', 'two unchanged', 'three done', 'four skipped']);
    expect(made.outcomes[2]).toEqual({ step: 'three', phase: 'second', status: 'done', why: 'there', notes: [] });
    expect(made.changes).toMatchObject([{ path: 'a.txt', kind: 'create', steps: ['one'] }]);
  });

  it('runs only what is selected', async () => {
    const steps = ['one', 'two', 'three'].map((id) => step(id, (_input, tree) => tree.create(p(id), id)));
    const run = async (selection: Partial<Selection>) =>
      statuses((await plan(steps, {}, { selection: { ...all, ...selection } })).plan);
    expect(await run({ only: ['two'] })).toEqual(['one skipped', 'two changed', 'three skipped']);
    expect(await run({ skip: ['two'] })).toEqual(['one changed', 'two skipped', 'three changed']);
    expect(await run({ phases: ['second'] })).toEqual(['one skipped', 'two skipped', 'three changed']);
    await expect(run({ only: ['tow'] })).rejects.toMatchObject({
      message: 'unknown step of test "tow"',
      hint: 'did you mean two?',
    });
    await expect(run({ only: ['one'], skip: ['one'] })).rejects.toMatchObject({ exitCode: 4 });
  });

  it('names step, path and line of a refusal, with exit code 4', async () => {
    const refusing = step('one', () => undefined, {
      select: () => ({ kind: 'refuse', why: 'too odd', path: p('a.py'), line: 7 }),
    });
    await expect(plan([refusing], {})).rejects.toMatchObject({
      message: 'test: step one refused: a.py:7: too odd',
      exitCode: 4,
    });
  });

  it('names the step that faults, with exit code 1', async () => {
    const faulty = step('one', (_input, tree) => tree.delete(p('missing')));
    await expect(plan([faulty], {})).rejects.toMatchObject({
      message: 'test: step one failed: no such file in the tree: missing',
      exitCode: 1,
    });
  });

  it('names phase and step that broke a file or lost a service', async () => {
    const compose = 'services:\n  db:\n    image: a\n  web:\n    image: b\n';
    const lose = step('two', (_input, tree) =>
      tree.overwrite(p('docker-compose.yml'), 'services:\n  db:\n    image: a\n'),
    );
    await expect(plan([step('one', () => undefined), lose], { 'docker-compose.yml': compose })).rejects.toMatchObject({
      message: 'phase first, step two broke what it may not break',
      details: ['two: docker-compose.yml: lost the service web'],
    });
    const spoil = step('one', (_input, tree) => tree.overwrite(p('x.yaml'), 'a: [\n'));
    await expect(plan([spoil], { 'x.yaml': 'a: 1\n' })).rejects.toMatchObject({
      message: 'phase first, step one broke what it may not break',
    });
    const unmake = step('one', (_input, tree) => tree.overwrite(p('Dockerfile'), 'RUN true\n'));
    await expect(plan([unmake], { Dockerfile: 'FROM a\n' })).rejects.toMatchObject({
      message: 'phase first, step one broke what it may not break',
    });
    const own = step('one', () => undefined, { guarantee: () => ['it promised more'] });
    await expect(plan([own], {})).rejects.toMatchObject({ details: ['one: it promised more'] });
    // What was broken before is nobody's fault.
    const harmless = step('one', (_input, tree) => tree.overwrite(p('x.yaml'), 'a: [\n# more\n'));
    expect((await plan([harmless], { 'x.yaml': 'a: [\n' })).plan.changes).toHaveLength(1);
  });

  it('sweeps for what still mentions something deleted, once for each place', async () => {
    const remove = step('one', (_input, tree, ctx) => {
      tree.delete(p('tools/login.py'));
      ctx.note({ severity: 'info', message: 'told', path: p('told.md'), line: 1 });
    });
    const files = {
      'tools/login.py': '',
      'ci.yml': 'run: python tools/login.py\n# tools/login.py\n',
      'docs.md': 'See tools/login.py\n',
      'told.md': 'tools/login.py\n',
      'CHANGELOG.md': 'tools/login.py\n',
      'other.py': 'blogin = 1\n',
    };
    const { plan: made } = await plan([remove], files);
    expect(made.notes.map(({ severity, path, line }) => [severity, path, line])).toEqual([
      ['todo', 'ci.yml', 1],
      ['warning', 'ci.yml', 2],
      ['warning', 'docs.md', 1],
    ]);
  });

  it('hashes id, version and templates of a step, and gives templates only to a step that lists them', async () => {
    const reads = step('one', (_input, tree, ctx) => tree.create(p('a'), ctx.template('t')), { templates: ['t'] });
    const first = (await plan([reads], {})).plan;
    const again = (await plan([reads], {}, { readTemplate: () => 'other' })).plan;
    expect(first.migration.stepHashes['one']).toMatch(/^[0-9a-f]{64}$/);
    expect(again.migration.stepHashes['one']).not.toBe(first.migration.stepHashes['one']);
    const sneaks = step('one', (_input, _tree, ctx) => void ctx.template('t'));
    await expect(plan([sneaks], {})).rejects.toMatchObject({
      message: 'test: step one failed: one does not list the template t',
    });
  });

  it('refuses strangers with the reasons, and bad parameters by name', async () => {
    const stranger = plan([step('one', () => undefined)], {}, { params: { word: 'c' } });
    await expect(stranger).rejects.toMatchObject({
      message: 'test: parameter word: got "c"; allowed: one of a, b',
      exitCode: 1,
    });
  });
});
