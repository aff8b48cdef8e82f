import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from './support/temp-repo.ts';

const root = resolve(import.meta.dirname, '..');

/** A package of two chunks with the real `bin/load.cjs`. */
function packageWithChunks(): string {
  const folder = tempFolder();
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'dist/code'), { recursive: true });
  copyFileSync(join(root, 'bin/load.cjs'), join(folder, 'bin/load.cjs'));
  writeFileSync(join(folder, 'dist/one.cjs'), "exports.shared = require('./two-x.cjs'); exports.name = () => 'one';\n");
  writeFileSync(join(folder, 'dist/two-x.cjs'), "exports.sep = require('node:path').sep;\n");
  return folder;
}

function runIn(folder: string, program: string): unknown {
  const start = `const loader = require(${JSON.stringify(join(folder, 'bin/load.cjs'))}); const { load, scripts, codeFile } = loader;`;
  const result = spawnSync(process.execPath, ['-e', `${start}${program}`], { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout);
}

const KEEP =
  "for (const [file, script] of scripts) require('node:fs').writeFileSync(codeFile(file), script.createCachedData());";
const TELL =
  'console.log(JSON.stringify({ name: one.name(), sep: one.shared.sep, rejected: [...scripts.values()].map((script) => script.cachedDataRejected ?? null) }));';

describe('load', () => {
  it('loads chunks without code, with code of this Node, and with code that V8 refuses', () => {
    const folder = packageWithChunks();
    const answer = { name: 'one', sep: '/' };
    expect(runIn(folder, `const one = load('one'); ${TELL} ${KEEP}`)).toEqual({ ...answer, rejected: [null, null] });
    expect(runIn(folder, `const one = load('one'); ${TELL}`)).toEqual({ ...answer, rejected: [false, false] });
    for (const name of readdirSync(join(folder, 'dist/code')))
      writeFileSync(join(folder, 'dist/code', name), 'made by something else');
    expect(runIn(folder, `const one = load('one'); ${TELL}`)).toEqual({ ...answer, rejected: [true, true] });
  });

  it('gives whoever requires a chunk by its path the same module', () => {
    const folder = packageWithChunks();
    const program = `const one = load('one'); console.log(require(${JSON.stringify(join(folder, 'dist/two-x.cjs'))}) === one.shared);`;
    expect(runIn(folder, program)).toBe(true);
  });

  it('has chunks that import nothing by themselves, which a script with code from before cannot', () => {
    const chunks = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.cjs'));
    const importing = chunks.filter((name) =>
      /(?:await|return|=>|[=(,])\s*import\(/.test(readFileSync(join(root, 'dist', name), 'utf8')),
    );
    expect(importing).toEqual([]);
  });

  it('says which chunk of the build V8 has code for', () => {
    const names = readdirSync(join(root, 'dist/code'));
    for (const chunk of ['cli', 'dispatch', 'plan', 'check', 'migration'])
      expect(
        names.filter((name) => name === `${chunk}.cjs.bin` || name.startsWith(`${chunk}-`)).length,
        chunk,
      ).toBeGreaterThan(0);
  });
});
