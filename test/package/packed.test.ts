import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshot, tempRepo } from '../support/temp-repo.ts';
import { outputPattern, readActs } from './documented.ts';
import { copyTo, installPacked, repository } from './packed.ts';

const author = installPacked();
const refit = ['--no-install', 'refit'];

/** A folder of the author's with one project in it. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(author.folder, name);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const STRICT = JSON.stringify({
  compilerOptions: {
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'bundler',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: false,
  },
});

describe('the packed package in a folder of its own', () => {
  it('runs', () => {
    expect(author.run('npx', [...refit, 'list']).output).toContain('oauth-only');
    expect(author.run('npx', [...refit, '--version']).output).toBe('0.1.0\n');
  });

  it('is imported from plain JavaScript, by each of its names', () => {
    const folder = project('plain', {
      'all.mjs': `
import { strict as assert } from 'node:assert';
import { openCheckout, planMigration } from 'refit';
import { applyEdits, defineCheck, defineMigration, defineStep, repoPath } from 'refit/authoring';
import { planFiles } from 'refit/testing';
import { z } from 'zod';

assert.equal(typeof openCheckout, 'function');
assert.equal(typeof planMigration, 'function');
assert.equal(typeof defineCheck, 'function');
assert.equal(applyEdits('abc', [{ start: 1, end: 2, text: 'B' }]), 'aBc');
const shout = defineStep({
  id: 'shout', title: 'Shout', description: 'Writes a greeting in capitals.', version: 1,
  select: (tree) => ({ kind: 'applies', input: repoPath('hello.txt') }),
  run: (path, tree) => tree.overwrite(path, tree.readText(path).toUpperCase()),
});
const migration = defineMigration({
  id: 'loud', title: 'Loud', description: 'Shouts.', params: z.strictObject({}),
  phases: [{ id: 'all', title: 'All', steps: [shout] }], checks: [],
});
const planned = await planFiles(migration, { 'hello.txt': 'Hello\\n' });
assert.deepEqual(planned.texts, { 'hello.txt': 'HELLO\\n' });
console.log(planned.plan.changes.length, 'change');
`,
    });
    expect(author.run(process.execPath, ['all.mjs'], folder)).toEqual({ code: 0, output: '1 change\n' });
  });

  it('has types that hold under strict, with those of its dependencies', () => {
    const folder = project('typed', {
      'tsconfig.json': STRICT,
      'use.ts': `
import { type Plan, planToJson } from 'refit';
import { defineMigration, defineStep, type Migration, type RepoPath, repoPath } from 'refit/authoring';
import { type FixtureTest, fixtureTests, planFiles } from 'refit/testing';
import { z } from 'zod';

const params = z.strictObject({ depth: z.coerce.number().default(1) });
const step = defineStep<z.infer<typeof params>, readonly RepoPath[]>({
  id: 'look', title: 'Look', description: 'Looks.', version: 1,
  select: (tree, { params: { depth } }) => ({ kind: 'applies', input: tree.paths('*').slice(depth) }),
  run: (paths, tree) => { for (const path of paths) tree.delete(path); },
});
const migration: Migration<z.infer<typeof params>> = defineMigration<z.infer<typeof params>>({
  id: 'm', title: 'M', description: 'M.', params, phases: [{ id: 'p', title: 'P', steps: [step] }], checks: [],
});
const tests: readonly FixtureTest[] = fixtureTests(migration, { fixtures: '/x' });
const plan: Plan = (await planFiles(migration, { a: '' }, { params: { depth: 2 } })).plan;
export const json: string = planToJson(plan) + tests.length + repoPath('a');

// @ts-expect-error a string is no path of the repository
defineStep({ id: 'x', title: '', description: '', version: 1, select: () => ({ kind: 'applies', input: 1 }), run: (_i: number, tree) => tree.delete('a') });
// @ts-expect-error an answer has one of four kinds
defineStep({ id: 'x', title: '', description: '', version: 1, select: () => ({ kind: 'maybe' }), run: () => undefined });
`,
    });
    expect(author.typecheck(folder)).toBe('');
  });
});

const REPOSITORY_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node-protocol': { 'index.js': "import fs from 'fs';\n" },
  'raise-node': { '.nvmrc': '18\n' },
};

describe.each(readdirSync(join(repository, 'examples')))('examples/%s', (name) => {
  const folder = copyTo(author, `examples/${name}`, name);

  it('passes its own tests, and they are more than none', () => {
    const { code, output } = author.run('npm', ['test'], folder);
    expect(output).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(output)?.[1])).toBeGreaterThan(10);
    expect(code).toBe(0);
  });

  it('passes the type check', () => {
    expect(author.typecheck(folder)).toBe('');
  });

  it('works as an installed package, once it is trusted', () => {
    copyTo(author, `examples/${name}`, `node_modules/refit-migration-${name}`);
    const files = REPOSITORY_OF[name];
    if (files === undefined) throw new Error(`say what repository ${name} is tried on`);
    const repo = tempRepo(files);
    const before = snapshot(repo.root);
    const asked = ['--migration', `refit-migration-${name}`];
    const refused = author.run('npx', [...refit, 'plan', repo.root, ...asked]);
    expect([refused.code, refused.output.includes('--trust')]).toEqual([4, true]);
    const applied = author.run('npx', [...refit, 'apply', repo.root, ...asked, '--trust', '--yes']);
    expect([applied.code, applied.output.includes('1 updated')]).toEqual([0, true]);
    expect(author.run('npx', [...refit, 'plan', repo.root, ...asked]).output).toContain('Nothing to do');
    expect(author.run('npx', [...refit, 'rollback', repo.root]).code).toBe(0);
    expect(snapshot(repo.root)).toEqual(before);
  });
});

describe('docs/authoring.md', () => {
  const tutorial = project('tutorial', {});
  copyFileSync(author.tarball, join(tutorial, basename(author.tarball)));
  const acts = readActs(readFileSync(join(repository, 'docs/authoring.md'), 'utf8'));

  it('is done word for word in an empty folder', () => {
    expect(acts.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(10);
    for (const act of acts) {
      if (act.kind === 'file') {
        mkdirSync(dirname(join(tutorial, act.path)), { recursive: true });
        writeFileSync(join(tutorial, act.path), act.text);
        continue;
      }
      // Until there is a release, the registry's place is taken by the tarball.
      const line = act.line.replace(/^(npm install .*) refit$/, `$1 ${author.tarball}`);
      const { code, output } = author.run('bash', ['-euc', line], tutorial);
      expect({ line, output, code }).toEqual({
        line,
        output: expect.stringMatching(outputPattern(act.output)),
        code: 0,
      });
    }
  });
});
