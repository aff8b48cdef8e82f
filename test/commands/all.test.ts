import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MIGRATIONS } from '../../migrations/index.ts';
import { defineMigration, defineStep, type Migration, repoPath } from '../../src/authoring.ts';
import { runHere } from '../support/run-here.ts';
import { tempFolder, tempRepo } from '../support/temp-repo.ts';

/** The registry itself, filled anew by each test: test files share their modules, so a stand-in for this one might come too late. */
const bundled = MIGRATIONS as { id: string; folder: string; load: () => Promise<Migration> }[];
const original = [...bundled];
afterAll(() => {
  bundled.splice(0, Infinity, ...original);
});

/** A migration of one step that appends `line` to a file, or creates it. */
function appending(id: string, line: string, more: Partial<Migration> = {}, file = 'hello.txt'): Migration {
  const path = repoPath(file);
  const step = defineStep<unknown, null>({
    id: `write-${id}`,
    title: `Write ${id}`,
    description: `Writes ${file}.`,
    version: 1,
    select: (tree) =>
      (tree.tryReadText(path) ?? '').includes(line)
        ? { kind: 'done', why: 'it is there' }
        : { kind: 'applies', input: null },
    run: (_input, tree) =>
      tree.has(path) ? tree.overwrite(path, `${tree.readText(path)}${line}\n`) : tree.create(path, `${line}\n`),
  });
  return defineMigration({
    id,
    title: `Title of ${id}`,
    description: `Describes ${id}.`,
    params: z.strictObject({}),
    phases: [{ id: 'only', title: 'Only', steps: [step] }],
    checks: [],
    ...more,
  });
}

const FIRST = appending('first', 'one');
const SECOND = appending('second', 'two', { requires: ['first'] });
const STRANGER = appending('stranger', 'three', {
  recognize: () => ({ kind: 'refuse', reasons: ['it is of another family'] }),
});

/** A repository, and a refit that has `migrations`: by default against the order in which they have to run. */
function scene(migrations: readonly Migration[] = [SECOND, FIRST]) {
  bundled.splice(0, Infinity, ...migrations.map((one) => ({ id: one.id, folder: one.id, load: async () => one })));
  const repo = tempRepo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  repo.git('config', 'user.name', 'Somebody');
  repo.git('config', 'user.email', 'somebody@example.invalid');
  const home = tempFolder();
  const refit = (words: readonly string[], confirm?: () => Promise<boolean>) =>
    runHere(words, {
      cwd: repo.root,
      env: { XDG_STATE_HOME: home, HOME: home },
      ...(confirm === undefined ? {} : { confirm }),
    });
  return { repo, refit };
}

async function json(of: ReturnType<typeof scene>, words: readonly string[]) {
  return JSON.parse((await of.refit([...words, '--format', 'json'])).stdout);
}

describe('refit plan --all', () => {
  it('plans in order on one tree, and names each with how it ended', async () => {
    const here = scene();
    const before = here.repo.snapshot();
    const report = await json(here, ['plan', '--all']);
    expect(report.migrations).toEqual([
      { id: 'first', title: 'Title of first', status: 'planned', changes: 1 },
      { id: 'second', title: 'Title of second', status: 'planned', changes: 1 },
    ]);
    expect(report.plan.changes).toEqual([
      expect.objectContaining({ kind: 'create', path: 'hello.txt', steps: ['write-first', 'write-second'] }),
    ]);
    expect(report.diff).toContain('+one\n+two\n');
    expect(report.exitCode).toBe(0);
    expect(here.repo.snapshot()).toEqual(before);
  });

  it('leaves out what is not for the checkout, and what requires it', async () => {
    const here = scene([STRANGER, appending('guest', 'four', { requires: ['stranger'] }), FIRST]);
    const { code, stdout } = await here.refit(['plan', '--all', '--no-diff']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Migrations, in order
  stranger  left out  it is of another family
  guest     left out  it requires stranger, which is not for this checkout
  first     planned   1 file
`);
  });

  it('refuses a checkout that none of them is for', async () => {
    const { code, stderr } = await scene([STRANGER]).refit(['plan', '--all']);
    expect([code, stderr]).toEqual([
      4,
      'no migration at hand is for this checkout: nothing was written\nstranger: it is of another family\n→ refit explain ID says what one looks for\n',
    ]);
  });

  it('stops where a step refuses: that is no stranger', async () => {
    const unsafe = appending('unsafe', 'six');
    const [phase] = unsafe.phases;
    const steps = (phase?.steps ?? []).map((step) => ({
      ...step,
      select: () => ({ kind: 'refuse' as const, why: 'unsafe' }),
    }));
    const here = scene([FIRST, { ...unsafe, phases: [{ id: 'only', title: 'Only', steps }] }]);
    const { code, stderr } = await here.refit(['plan', '--all']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('unsafe: step write-unsafe refused: unsafe')]);
  });

  it('answers 2 with --exit-code while something is pending', async () => {
    expect((await scene().refit(['plan', '--all', '--exit-code', '--quiet'])).code).toBe(2);
  });

  it('writes a patch with which git makes what all of them make', async () => {
    const here = scene();
    await here.refit(['plan', '--all', '--patch', 'all.patch']);
    here.repo.git('apply', 'all.patch');
    expect(here.repo.read('hello.txt')).toBe('one\ntwo\n');
  });

  it.each<[string, Partial<Migration>, string]>([
    ['requires', { requires: ['nobody'] }, 'first requires nobody, which is not at hand'],
    ['after', { after: ['nobody'] }, 'first comes after nobody, which is not at hand'],
    ['a cycle', { after: ['second'] }, 'migrations wait for each other: second → first → second'],
  ])('refuses an order that cannot be: %s', async (_what, more, message) => {
    const { code, stderr } = await scene([SECOND, appending('first', 'one', more)]).refit(['plan', '--all']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it.each([
    ['plan', '--only', 'write-first'],
    ['plan', '--param', 'a=b'],
    ['plan', '--out', 'plan.json'],
    ['apply', '--branch', 'moved'],
    ['apply', '--plan', 'plan.json'],
  ])('%s refuses %s, which is of one migration', async (command, ...words) => {
    expect((await scene().refit([command, '--all', ...words])).stderr).toContain(
      `${words[0]} is of one migration and cannot stand with --all`,
    );
  });

  it('is the one way to name two', async () => {
    const { stderr } = await scene().refit(['plan', '--migration', 'first', '--migration', 'second']);
    expect(stderr).toContain('--migration is given 2 times\n→ give it once, or say --all');
  });
});

describe('refit apply --all', () => {
  it('writes each with a record of its own, and rolls back the newest first, to the byte', async () => {
    const here = scene();
    const before = here.repo.snapshot();
    const report = await json(here, ['apply', '--all', '--yes']);
    const [first, second] = report.migrations;
    expect([first.status, second.status, report.exitCode]).toEqual(['applied', 'applied', 0]);
    expect(report.summary[0]).toContain(`(run ${first.run}, run ${second.run})`);
    expect(first.run).not.toBe(second.run);
    expect(here.repo.read('hello.txt')).toBe('one\ntwo\n');
    expect((await here.refit(['rollback'])).stdout).toContain(second.run);
    expect(here.repo.read('hello.txt')).toBe('one\n');
    expect((await here.refit(['rollback'])).stdout).toContain(first.run);
    expect(here.repo.snapshot()).toEqual(before);
    expect((await here.refit(['plan', '--all', '--quiet'])).stdout).toContain('1 to create');
  });

  it('has nothing to do the second time', async () => {
    const here = scene();
    await here.refit(['apply', '--all', '--yes']);
    here.repo.commit();
    const { code, stdout } = await here.refit(['apply', '--all', '--yes']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
  });

  it('makes a commit for each', async () => {
    const here = scene();
    const { code } = await here.refit(['apply', '--all', '--yes', '--commit']);
    expect(code).toBe(0);
    expect(here.repo.git('show', 'HEAD:hello.txt')).toBe('one\ntwo\n');
    expect(here.repo.git('show', 'HEAD~1:hello.txt')).toBe('one\n');
    expect(here.repo.git('status', '--porcelain')).toBe('');
  });

  it('keeps what was applied when a later one no longer fits, and says how to undo it', async () => {
    const here = scene([FIRST, appending('late', 'five', { after: ['first'] }, 'b.txt')]);
    const before = here.repo.snapshot();
    const { code, stderr } = await here.refit(['apply', '--all'], async () => {
      here.repo.write({ 'b.txt': 'somebody else\n' });
      return true;
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^late was not applied: the plan does not fit this checkout any more/m);
    expect(stderr).toMatch(/^first is applied and stays \(run \S+\)$/m);
    expect(stderr).toMatch(/^b\.txt is another content than in the plan/m);
    expect([here.repo.read('hello.txt'), here.repo.read('b.txt')]).toEqual(['one\n', 'somebody else\n']);
    await here.refit(['rollback']);
    here.repo.write({ 'b.txt': 'b\n' });
    expect(here.repo.snapshot()).toEqual(before);
  });

  it('writes nothing when the answer is no', async () => {
    const here = scene();
    const before = here.repo.snapshot();
    const { code } = await here.refit(['apply', '--all'], async () => false);
    expect([code, here.repo.snapshot()]).toEqual([4, before]);
  });
});

describe('a migration that requires another', () => {
  it('is refused alone while the other has something to do, and runs once it has not', async () => {
    const here = scene();
    const { code, stderr } = await here.refit(['plan', '--migration', 'second']);
    expect([code, stderr]).toEqual([
      4,
      'second requires first, which would still change this checkout; nothing was written\ncreate hello.txt\n→ refit plan --all plans both in order\n',
    ]);
    expect((await here.refit(['apply', '--migration', 'second', '--yes'])).code).toBe(4);
    await here.refit(['apply', '--migration', 'first', '--yes']);
    expect((await here.refit(['plan', '--migration', 'second', '--quiet'])).code).toBe(0);
  });
});

/** The same in words that another process loads. */
const OUTSIDE = `import { MIGRATIONS } from '../../migrations/index.ts';
import { defineMigration, defineStep, repoPath } from 'refit/authoring';
import { z } from 'zod';
const HELLO = repoPath('hello.txt');
const shout = defineStep({
  id: 'shout',
  title: 'Shout',
  description: 'Makes it loud.',
  version: 1,
  select: async (tree) =>
    (await tree.search(['one'])).includes(HELLO)
      ? { kind: 'applies', input: null }
      : { kind: 'skip', why: 'nothing to shout' },
  run: (_input, tree) => tree.overwrite(HELLO, tree.readText(HELLO).replace('one', 'ONE')),
});
export default defineMigration({
  id: 'loud', title: 'Loud', description: 'Is loud.', params: z.strictObject({}), requires: ['first'],
  phases: [{ id: 'only', title: 'Only', steps: [shout] }], checks: [],
});
`;

describe('a migration of one’s own', () => {
  it('sees in its own process what the ones before it changed, and searches it', async () => {
    const here = scene([FIRST]);
    const file = join(tempFolder(), 'loud.ts');
    writeFileSync(file, OUTSIDE);
    const report = await json(here, ['plan', '--all', '--migration', file, '--trust']);
    expect(report.migrations.map(({ id, status }: Record<string, unknown>) => [id, status])).toEqual([
      ['first', 'planned'],
      ['loud', 'planned'],
    ]);
    expect(report.diff).toContain('+ONE\n');
  });
});
