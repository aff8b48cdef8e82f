import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSpecifiers } from '../../src/host/outside/specifiers.ts';
import { readOutsideWord } from '../../src/host/outside/word.ts';
import { GREETING, migrationText, outsideScene } from '../support/outside.ts';

const plain = (text: string): string => text.replace(/ as never/g, '');

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('readOutsideWord', () => {
  it.each([
    ['oauth-only', null],
    ['refit-migration-foo', 'package'],
    ['@me/refit-migration-foo', 'package'],
    ['left-pad', null],
    ['./foo', 'path'],
    ['foo.ts', 'path'],
    ['../foo.mjs', 'path'],
    ['/x/refit-migration-foo', 'path'],
    ['..', 'path'],
  ])('%s: %s', (word, kind) => {
    expect(readOutsideWord(word)?.kind ?? null).toBe(kind);
  });
});

it('sees every way to write an import', () => {
  const text = [
    "import a from './a.ts';",
    'import "./b.ts";',
    'import {\n  c,\n} from "./c.ts";',
    "export * from './d.ts';",
    "await import('./e.ts');",
    "require( './f.cjs' );",
    'const g = await import(`./g.ts`);',
    "import type { H } from './h.ts';",
    "import(/* later */ './i.ts');",
    "import j from './j.json' with { type: 'json' };",
  ].join('\n');
  expect(listSpecifiers(text)).toEqual(
    ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts', 'f.cjs', 'g.ts', 'h.ts', 'i.ts', 'j.json'].map((name) => `./${name}`),
  );
});

it('loads an installed package with what it depends on, and asks again when that is another', () => {
  const { repo, refit } = outsideScene({});
  const modules = join(repo.root, 'node_modules');
  write(modules, {
    'refit-migration-greet/package.json':
      '{"name":"refit-migration-greet","version":"1.2.0","description":"Greets.","type":"module","exports":{".":{"import":"./dist/main.js"}},"dependencies":{"words":"1.0.0"}}',
    'refit-migration-greet/dist/main.js': plain(
      migrationText("    tree.create(repoPath('hello.txt'), hello(ctx.params.name));", {
        head: "import { hello } from 'words';",
      }),
    ),
    'words/package.json': '{"name":"words","version":"1.0.0","main":"index.cjs","dependencies":{"deep":"*"}}',
    'words/index.cjs': "const { bang } = require('deep');\nexports.hello = (name) => 'hello ' + name + bang + '\\n';\n",
    'deep/package.json': '{"name":"deep","version":"3.0.0"}',
    'deep/index.js': "exports.bang = '!';\n",
  });
  repo.write({ '.gitignore': 'node_modules\n' });
  repo.commit();
  const migration = ['--migration', 'refit-migration-greet'];
  const first = refit('plan', ...migration);
  expect(first.code).toBe(4);
  for (const name of ['refit-migration-greet@1.2.0', 'words@1.0.0', 'deep@3.0.0'])
    expect(first.stderr).toContain(`covers    ${name}`);
  expect(refit('list').stdout).toContain(
    'Not part of refit:\n  refit-migration-greet  installed 1.2.0, not trusted yet, Greets.\n',
  );

  const applied = refit('apply', '--yes', ...migration, '--param', 'name=all', '--trust');
  expect([applied.stderr, applied.code]).toEqual(['', 0]);
  expect(repo.read('hello.txt')).toBe('hello all!\n');
  expect(refit('list').stdout).toContain('  refit-migration-greet  installed 1.2.0, trusted, Greets.\n');

  write(modules, { 'deep/index.js': "exports.bang = '?';\n" });
  const changed = refit('plan', ...migration);
  expect(changed.code).toBe(4);
  expect(changed.stderr).toContain('since then deep@3.0.0 has changed');
  expect(refit('plan', '--migration', 'refit-migration-none').stderr).toContain(
    'the package refit-migration-none is not installed',
  );
});

it('loads a folder by its package.json, CommonJS too, with its templates, and lists what .refit holds', () => {
  const { repo, refit } = outsideScene({});
  const body = "    tree.create(repoPath('hello.txt'), ctx.template('hello.txt'));";
  const script = migrationText(body)
    .replace('version: 1,', "version: 1,\n  templates: ['hello.txt'],")
    .replace(/import (.*) from (.*);/g, 'const $1 = require($2);')
    .replace('export default', 'module.exports =');
  repo.write({
    '.refit/migrations/greet/package.json': '{"name":"greet","version":"0.0.1","main":"./lib.cjs"}',
    '.refit/migrations/greet/lib.cjs': script,
    '.refit/migrations/greet/templates/hello.txt': 'hello from a template\n',
    '.refit/migrations/other.mts': GREETING,
    '.refit/migrations/notes.md': '# no migration\n',
  });
  repo.commit();
  expect(refit('list').stdout).toContain(
    'Not part of refit:\n  ./.refit/migrations/greet  local, not trusted yet\n  ./.refit/migrations/other.mts  local, not trusted yet\n',
  );
  const word = './.refit/migrations/greet';
  expect(refit('apply', '--yes', '--migration', word, '--trust').stderr).toBe('');
  expect(repo.read('hello.txt')).toBe('hello from a template\n');
  repo.write({ '.refit/migrations/greet/templates/hello.txt': 'another\n' });
  expect(refit('plan', '--migration', word).stderr).toContain('since then templates/hello.txt has changed');
});

it('explains a trusted one and one of its steps, and runs nothing of another', () => {
  const { mine, refit } = outsideScene({ 'greet.ts': GREETING });
  const path = join(mine.root, 'greet.ts');
  expect(refit('explain', path).code).toBe(4);
  const told = refit('explain', path, '--trust').stdout;
  expect(told).toContain('greeting\nGreeting\n\nGreets.\n\nonly: Only\n  say-hello\n      Say hello\n');
  expect(told).toContain('name  (default you)\n      whom to greet\n');
  expect(refit('explain', 'say-hello', '--migration', path).stdout).toContain(
    'say-hello (greeting, Only)\nSay hello\n\nWrites a greeting; leaves the rest alone.\n',
  );
});

it('runs its checks in a process of their own: on the checkout and on the plan, and past one that hangs', () => {
  const check = (id: string, run: string): string => `
    defineCheck({
      id: '${id}', title: 'T', severity: 'error', description: 'D', examples: { bad: 'b', good: 'g' },
      select: () => ({ kind: 'applies', input: null }),
      run: (_input, tree) => { ${run} },
    })`;
  const missing = `return tree.has(repoPath('hello.txt')) ? [] : [{ check: 'X01-greets', severity: 'error', message: 'no hello', expected: 'one', seen: 'none' }];`;
  const always = `return [{ check: 'X03-never', severity: 'error', message: 'never good', expected: 'x', seen: 'y', path: repoPath('a.txt'), line: 1 }];`;
  const checks = [check('X01-greets', missing), check('X02-hangs', 'for (;;);'), check('X03-never', always)].join(',');
  const { mine, refit } = outsideScene({
    'greet.ts': migrationText("    tree.create(repoPath('hello.txt'), 'hello\\n');", { checks }),
  });
  const words = ['--migration', join(mine.root, 'greet.ts'), '--only', 'X', '--format', 'json', '--step-timeout', '10'];
  const report = JSON.parse(refit('check', ...words, '--trust').stdout) as {
    checks: readonly { id: string; status: string; message?: string }[];
  };
  const results = new Map(report.checks.map((one) => [one.id, one]));
  expect(results.get('X01-greets')).toMatchObject({ status: 'waived', reason: 'the pending plan mends it' });
  expect(results.get('X02-hangs')).toMatchObject({ status: 'errored' });
  expect(results.get('X02-hangs')?.message).toContain('check X02-hangs took longer than 10 s and was ended');
  expect(results.get('X03-never')).toMatchObject({ status: 'failed', failing: true });
});

it('leaves no process behind when refit is killed while a step hangs', async () => {
  const { repo, mine, home, refit } = outsideScene({ 'greet.ts': migrationText('    for (;;);') });
  const path = join(mine.root, 'greet.ts');
  expect(refit('explain', path, '--trust').code).toBe(0);
  const bin = resolve(import.meta.dirname, '../../bin/refit.cjs');
  const env = { ...process.env, XDG_STATE_HOME: home };
  const host = spawn(process.execPath, [bin, 'plan', '--migration', path, '--verbose'], { cwd: repo.root, env });
  const busy = async (): Promise<readonly string[]> => {
    await new Promise((done) => setTimeout(done, 200));
    return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && folderOf(pid) === mine.root);
  };
  while ((await busy()).length === 0) expect(host.exitCode).toBe(null);
  host.kill('SIGKILL');
  while ((await busy()).length > 0);
}, 240_000);

/** The working folder of a process: that of the migration, for one that runs it. */
function folderOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes('NODE_CHANNEL_FD') && existsSync(`/proc/${pid}/cwd`)
      ? realpathSync(`/proc/${pid}/cwd`)
      : '';
  } catch {
    return '';
  }
}
