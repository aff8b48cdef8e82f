import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempFolder } from './support/temp-repo.ts';

const root = resolve(import.meta.dirname, '..');
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}
type Versions = Readonly<Record<string, string>>;
const manifest = readJson<{ dependencies: Versions; devDependencies: Versions; scripts: Versions }>('package.json');
const { packages } = readJson<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
const locked = Object.entries(packages).filter(([at]) => at !== '');
/** What a user installs along with this package. */
const runtime = locked.filter(([, entry]) => entry.dev !== true && entry.devOptional !== true);

describe('exact versions', () => {
  test('in the manifest, the same as in the lock file', () => {
    const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(wanted.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });

  test('with a hash of each package, optional programs of other machines aside', () => {
    expect(locked.length).toBeGreaterThan(300);
    expect(locked.filter(([, { integrity }]) => integrity !== undefined && !/^sha512-/.test(integrity))).toEqual([]);
    const without = locked.filter(([, { integrity }]) => integrity === undefined);
    expect(without.filter(([, { optional, dev }]) => optional !== true || dev !== true)).toEqual([]);
  });
});

describe('no install script', () => {
  test('runs when this repository is set up', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });

  test('belongs to a package that is needed at run time, nor to this one', () => {
    expect(runtime.length).toBeGreaterThan(0);
    expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    const own = Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name));
    expect(own).toEqual([]);
  });
});

/** Every file that may be published; a build gives most names a hash of their content. */
const PACKED: readonly RegExp[] = [
  /^(?:CHANGELOG\.md|Dockerfile\.template|LICENSE|README\.md|SECURITY\.md|action\.yml|package\.json)$/,
  /^bin\/(?:load|outside|refit)\.cjs$/,
  /^docs\/[a-z-]+\.md$/,
  /^docs\/schemas\/[a-z]+\.json$/,
  /^dist\/[a-z-]+(?:-[\w-]{8})?\.cjs$/,
  /^dist\/code\/[a-z-]+(?:-[\w-]{8})?\.cjs\.bin$/,
  /^dist\/(?:index|authoring|testing)\.(?:mjs|d\.mts)$/,
  /^dist\/[a-z-]+-[\w-]{8}\.d\.mts$/,
  /^dist\/wasm\/(?:tree-sitter-python|web-tree-sitter)\.(?:wasm|LICENSE)$/,
  /^dist\/THIRD-PARTY\.md$/,
  /^migrations\/\d{4}-[a-z-]+\/README\.md$/,
  /^templates\/new\/(?:migration|step|check)\/(?:test\/)?[a-z.-]+\.(?:ts|json|json\.txt)$/,
  /^migrations\/\d{4}-[a-z-]+\/templates\/[a-z-]+\.(?:md|sh)$/,
];

test('packs what is meant to be published, and nothing else', () => {
  const packed = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: root, encoding: 'utf8' });
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths.filter((path) => !PACKED.some((pattern) => pattern.test(path)))).toEqual([]);
  // Each pattern stands for something: one that matches nothing would let in what it was not made for.
  expect(PACKED.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
});

describe('audit', () => {
  /** Runs the script with a program in the place of npm that prints `answer`. */
  function audit(answer: object | string): { readonly code: number | null; readonly said: string } {
    const folder = tempFolder();
    writeFileSync(join(folder, 'answer'), typeof answer === 'string' ? answer : JSON.stringify(answer));
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat '${folder}/answer'\nexit 1\n`);
    chmodSync(join(folder, 'npm'), 0o755);
    const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/audit.mjs')], {
      env,
      encoding: 'utf8',
    });
    return { code: status, said: stdout };
  }
  const metadata = (total: number) => ({ vulnerabilities: { total }, dependencies: { total: 521 } });

  test('tells each known hole', () => {
    const vulnerabilities = { a: { name: 'a', severity: 'high', range: '<1.2.3' } };
    expect(audit({ vulnerabilities, metadata: metadata(1) })).toEqual({
      code: 1,
      said: 'audit: high: a <1.2.3\naudit: 1 known holes in 521 packages\n',
    });
    expect(audit({ vulnerabilities: {}, metadata: metadata(0) })).toEqual({
      code: 0,
      said: 'audit: 0 known holes in 521 packages\n',
    });
  });

  test.each([
    [
      'refuses',
      { message: '405 Method Not Allowed - POST https://packages.example/x' },
      '405 Method Not Allowed - POST the registry',
    ],
    ['is away', { error: { code: 'ENOTFOUND', summary: 'request failed' } }, 'request failed'],
    ['is cut off', '{"metadata":', 'npm gave no answer'],
  ])('is not run, and no pass, where the registry %s', (_what, answer, why) => {
    expect(audit(answer)).toEqual({ code: 6, said: `audit: not run (${why})\n` });
  });
});
