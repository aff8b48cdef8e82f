import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askWorker } from '../../src/host/outside/ask-worker.ts';
import { coverMigration } from '../../src/host/outside/cover.ts';
import { findMigration } from '../../src/host/outside/find.ts';
import { migrationText, outsideScene } from '../support/outside.ts';
import { tempRepo } from '../support/temp-repo.ts';

/** Plans a migration whose one step does `run`, and shows that nothing was made. */
function planning(run: string, head = '', words: readonly string[] = []) {
  const { repo, mine, refit } = outsideScene({ 'greet.ts': migrationText(run, { head }) });
  const before = repo.snapshot();
  const migration = ['--migration', join(mine.root, 'greet.ts'), '--trust', ...words];
  const result = refit('apply', '--yes', ...migration);
  expect(repo.snapshot()).toEqual(before);
  expect(result.code).toBe(1);
  expect(result.stdout).toBe('');
  return { stderr: result.stderr, mine };
}

/** The line of the body of `run` in {@link migrationText}, from 1. */
const LINE = 12;

it('a step that throws is named with the line of its author', () => {
  const { stderr } = planning("    tree.readText(repoPath('a.txt'));\n    throw new TypeError('no such luck');");
  expect(stderr).toContain('greeting: step say-hello failed: no such luck');
  expect(stderr).toMatch(new RegExp(`at \\S*greet\\.ts:${LINE + 1}\\n`));
});

it('a text that does not parse is named with its line', () => {
  expect(planning('    const const = 1;').stderr).toMatch(new RegExp(`greet\\.ts:${LINE}:\\d+: `));
});

it('a step that hangs, in a loop or waiting for nothing, is ended and named', () => {
  const words = ['--step-timeout', '10'];
  for (const run of ['    for (;;);', '    await new Promise(() => undefined);'])
    expect(planning(run, '', words).stderr).toContain('greet.ts: step say-hello took longer than 10 s and was ended');
  expect(planning('', 'for (;;);', words).stderr).toContain('greet.ts: loading it took longer than 10 s and was ended');
});

it('a step that ends its process is named', () => {
  expect(planning('    process.exit(0);').stderr).toContain('greet.ts: step say-hello ended its process (exit code 0)');
});

it('a migration that fills its memory is ended and named', async () => {
  const text = `const all = [];\nfor (;;) all.push(new Array(10_000).fill(all.length));\n`;
  const entry = join(tempRepo({ 'greet.ts': text }, { git: false }).root, 'greet.ts');
  const covered = coverMigration(findMigration({ kind: 'path', word: entry }, '/'));
  const options = { covered, cwd: '/', stepTimeout: 600_000, memoryMb: 64 };
  await expect(askWorker({ op: 'describe' }, options)).rejects.toThrow(
    'greet.ts: loading it took more than 64 MB of memory and was ended',
  );
});

it('a step that writes past its tree is stopped with its name and the file', () => {
  const place = join(outsideScene({}).home, 'out.txt');
  const disk = planning(
    `    writeFileSync(${JSON.stringify(place)}, 'x');`,
    "import { writeFileSync } from 'node:fs';",
  );
  expect(disk.stderr).toContain(`step say-hello failed: it writes ${place} on disk`);
  expect(existsSync(place)).toBe(false);
  const program = planning("    execSync('true');", "import { execSync } from 'node:child_process';");
  expect(program.stderr).toContain('step say-hello failed: it starts a program, which a migration may not');
  expect(planning("    tree.create('../out.txt' as never, 'x');").stderr).toContain(
    'step say-hello failed: cannot create ../out.txt: it is no path of the tree (it has the part "..")',
  );
});

it.each([
  ['the day', 'new Date().toISOString().slice(0, 10)'],
  ['chance, also where only one of two ways is taken', "Math.random() < 0.5 ? 'a' : 'b'"],
  ['the process', 'String(process.pid)'],
])('a step that uses %s is found by planning twice', (_what, value) => {
  const { stderr } = planning(`    tree.create(repoPath('hello.txt'), 'one\\n' + (${value}) + '\\n');`);
  expect(stderr).toContain('two plans of the same checkout are not the same');
  expect(stderr).toMatch(/step say-hello: hello\.txt:2 is ".+" in one and ".+" in the other/);
});

it.each([
  ['    ctx.note({ severity: "bad", message: "x" } as never);', 'it gave a note that is none: severity: '],
  ['    tree.create(repoPath("hello.txt"), undefined as never);', 'step say-hello failed: '],
])('a step that does nonsense is stopped: %s', (run, told) => {
  expect(planning(run).stderr).toContain(told);
});

it('a value of another shape is told field by field', () => {
  const { repo, mine, refit } = outsideScene({
    'a.mjs': "export default { id: 'x', title: 1, phases: [{ id: 'p', title: 'P', steps: [{ id: 's' }] }] };\n",
    'b.cjs': 'exports.nothing = 1;\n',
  });
  const wrong = refit('plan', '--migration', join(mine.root, 'a.mjs'), '--trust');
  expect(wrong.code).toBe(1);
  for (const line of [
    'a.mjs: what it exports is no migration',
    'title: expected text, got 1',
    'description: expected text, got nothing',
    'params: expected a schema of zod (z.object({})), got nothing',
    'phases[0].steps[0].run: expected a function, got nothing',
    'checks: expected a list, got nothing',
  ])
    expect(wrong.stderr).toContain(line);
  expect(refit('plan', '--migration', join(mine.root, 'b.cjs'), '--trust').stderr).toContain(
    'b.cjs exports no migration',
  );
  expect(repo.git('status', '--short')).toBe('');
});

it('a file that no import names is not loaded, whatever way is taken', () => {
  const files = { 'b.cjs': 'module.exports = 1;\n' };
  for (const head of [
    "const name = './b' + '.cjs';\nawait import(name);",
    "import { createRequire } from 'node:module';\nconst name = './b' + '.cjs';\ncreateRequire(import.meta.url)(name);",
  ]) {
    const { mine, refit } = outsideScene({ ...files, 'greet.ts': migrationText('', { head }) });
    const refused = refit('plan', '--migration', join(mine.root, 'greet.ts'), '--trust');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('b.cjs');
    expect(refused.stderr).toContain('import it by its path');
  }
});
