import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineMigration, defineStep, type Migration, type RepoTree, repoPath } from '../../src/authoring.ts';
import { type FixtureTest, fixtureTests, planFiles } from '../../src/testing.ts';
import { tempFolder } from '../support/temp-repo.ts';

/** A migration of one step over all text files, that changes what `edit` says. */
function migrationOf(edit: (tree: RepoTree) => void | Promise<void>, title = 'Greet politely'): Migration {
  const step = defineStep<unknown, null>({
    id: 'change-greeting',
    title,
    description: 'Says good day.',
    version: 1,
    select: () => ({ kind: 'applies', input: null }),
    run: async (_input, tree, ctx) => {
      await edit(tree);
      ctx.note({ severity: 'info', message: 'greeted' });
    },
  });
  return defineMigration({
    id: 'polite',
    title: 'Polite',
    description: 'Greets politely.',
    params: z.strictObject({}),
    phases: [{ id: 'all', title: 'All', steps: [step] }],
    checks: [],
  });
}

const GREETING = repoPath('greeting.txt');

/** Edits by span and keeps the rest: what a migration should do. */
function greet(tree: RepoTree): void {
  const at = tree.readText(GREETING).indexOf('Hello');
  if (at !== -1) tree.edit(GREETING, [{ start: at, end: at + 5, text: 'Good day' }]);
}

function fixturesOf(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const GOOD = { 'one/before/greeting.txt': '# a\nHello, you\n', 'one/before/other.txt': 'x\n' };

/** Lets the migration write what it expects of itself, then tells which tests fail. */
async function failuresOf(migration: Migration, files: Readonly<Record<string, string>> = GOOD) {
  const fixtures = fixturesOf(files);
  await failing(
    fixtureTests(migration, { fixtures, update: true }).filter(({ name }) => !/order|does the same/.test(name)),
  );
  return failing(fixtureTests(migration, { fixtures, update: false }));
}

async function failing(tests: readonly FixtureTest[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of tests) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

describe('the tests that a migration is given', () => {
  it('pass for one that edits by span', async () => {
    const fixtures = fixturesOf(GOOD);
    const names = fixtureTests(migrationOf(greet), { fixtures, update: true }).map(({ name }) => name);
    expect(names).toEqual([
      'polite is well formed',
      'one: plans the expected diff and notes, and touches nothing',
      'one: applies to the expected tree, is quiet the second time, and rolls back to the byte',
      'one: has a patch with which git makes the same tree',
      'one: plans the same whatever order the files come in',
      'one: does the same with CRLF line ends',
      'one: does the same with byte-order marks',
    ]);
    expect(await failuresOf(migrationOf(greet))).toEqual([]);
  });

  it('write what is expected when asked, and nothing else', async () => {
    const fixtures = fixturesOf(GOOD);
    await failing(fixtureTests(migrationOf(greet), { fixtures, update: true }));
    expect(readFileSync(join(fixtures, 'one/after/greeting.txt'), 'utf8')).toBe('# a\nGood day, you\n');
    expect(readFileSync(join(fixtures, 'one/expected.diff'), 'utf8')).toContain('-Hello, you\n+Good day, you\n');
    expect(JSON.parse(readFileSync(join(fixtures, 'one/expected.notes.json'), 'utf8'))).toEqual([
      { severity: 'info', message: 'greeted' },
    ]);
    expect(readFileSync(join(fixtures, 'one/before/greeting.txt'), 'utf8')).toBe('# a\nHello, you\n');
  });

  it('fail where another tree, diff or note is expected, one test for each', async () => {
    const fixtures = fixturesOf(GOOD);
    await failing(fixtureTests(migrationOf(greet), { fixtures, update: true }));
    writeFileSync(join(fixtures, 'one/after/other.txt'), 'y\n');
    writeFileSync(join(fixtures, 'one/expected.notes.json'), '[]\n');
    expect(await failing(fixtureTests(migrationOf(greet), { fixtures, update: false }))).toEqual([
      'one: plans the expected diff and notes, and touches nothing',
      'one: applies to the expected tree, is quiet the second time, and rolls back to the byte',
      'one: has a patch with which git makes the same tree',
      'one: does the same with CRLF line ends',
      'one: does the same with byte-order marks',
    ]);
  });

  it('fail for one that changes its own result', async () => {
    const failures = await failuresOf(
      migrationOf((tree) => tree.overwrite(GREETING, `${tree.readText(GREETING)}again\n`)),
    );
    expect(failures).toContain(
      'one: applies to the expected tree, is quiet the second time, and rolls back to the byte',
    );
  });

  it.each<[string, (tree: RepoTree) => void | Promise<void>, string]>([
    ['writes LF into CRLF', (tree) => tree.overwrite(GREETING, '# a\nGood day, you\n'), 'CRLF line ends'],
    [
      'looks for a line by its LF',
      (tree) => {
        if (/^Hello, you\n/m.test(tree.readText(GREETING))) greet(tree);
      },
      'CRLF line ends',
    ],
    [
      'drops a byte-order mark',
      (tree) => tree.overwrite(GREETING, tree.readText(GREETING).replace('\ufeff', '').replace('Hello', 'Good day')),
      'byte-order marks',
    ],
  ])('fail for one that %s', async (_what, edit, variant) => {
    expect(await failuresOf(migrationOf(edit))).toContain(`one: does the same with ${variant}`);
  });

  it('fail for one that remembers an earlier plan', async () => {
    let runs = 0;
    const counting = migrationOf((tree) => {
      runs += 1;
      if (tree.readText(GREETING).includes('Hello')) tree.create(repoPath(`greeted-${runs}.txt`), 'Good day\n');
      greet(tree);
    });
    expect(await failuresOf(counting)).toContain('one: plans the same whatever order the files come in');
  });

  it('pass for one that takes the first file that a search finds: a tree sorts its answers', async () => {
    const files = { 'one/before/greeting.txt': 'Hello\n', 'one/before/zebra.txt': 'Hello\n' };
    const both = migrationOf(async (tree) => {
      for (const path of await tree.search(['Hello'])) {
        tree.overwrite(path, tree.readText(path).replace('Hello', 'Good day'));
        tree.rename(path, repoPath(`done-${tree.paths('done-*').length}.txt`));
      }
    });
    expect(await failuresOf(both, files)).toEqual([]);
  });

  it('fail for a step without a title', async () => {
    expect(await failuresOf(migrationOf(greet, ' '))).toContain('polite is well formed');
  });

  it('expect a refusal where the name of the case says so', async () => {
    const refusing: Migration = {
      ...migrationOf(greet),
      recognize: (tree) =>
        tree.has(repoPath('rude.txt')) ? { kind: 'refuse', reasons: ['too rude'] } : { kind: 'target', evidence: [] },
    };
    const fixtures = fixturesOf({ ...GOOD, 'refuse-rude/before/rude.txt': 'Oi\n' });
    await failing(fixtureTests(refusing, { fixtures, update: true }));
    expect(readFileSync(join(fixtures, 'refuse-rude/expected.refusal.txt'), 'utf8')).toBe(
      'not a target of polite: nothing was written\n  too rude\n  → refit explain polite says what it looks for\n',
    );
    expect(await failing(fixtureTests(refusing, { fixtures, update: false }))).toEqual([]);
    expect(await failing(fixtureTests(migrationOf(greet), { fixtures, update: false }))).toContain(
      'refuse-rude: is refused with its reasons, and nothing is touched',
    );
  });

  it('leave a variant out with its reason only', async () => {
    const fixtures = fixturesOf({ ...GOOD, 'one/case.json': '{ "leaveOut": { "bom": "no such file has one" } }' });
    expect(fixtureTests(migrationOf(greet), { fixtures }).map(({ name }) => name)).toContain(
      'one: with byte-order marks: left out, no such file has one',
    );
  });

  it.each([
    ['an empty folder', {}, 'there is no fixture in'],
    ['a case without before/', { 'one/after/a.txt': '' }, 'the fixture one has no before/'],
    ['an unknown key', { ...GOOD, 'one/case.json': '{ "scoop": "" }' }, 'has scoop'],
  ])('refuse %s', (_what, files, message) => {
    expect(() => fixtureTests(migrationOf(greet), { fixtures: fixturesOf(files) })).toThrow(message);
  });
});

describe('planFiles', () => {
  it('plans in memory', async () => {
    const planned = await planFiles(migrationOf(greet), {
      'greeting.txt': 'Hello\n',
      'logo.png': new Uint8Array([0, 1]),
    });
    expect(planned.texts).toEqual({ 'greeting.txt': 'Good day\n' });
    expect(Object.keys(planned.files)).toEqual(['greeting.txt', 'logo.png']);
    expect(planned.notes).toEqual([{ severity: 'info', message: 'greeted' }]);
    expect(planned.plan.changes.map(({ kind, path }) => [kind, path])).toEqual([['update', 'greeting.txt']]);
  });
});
