import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder, tempRepo } from '../../support/temp-repo.ts';

/** Plans `agent-sdk` on one file, and tells whether the process loaded ts-morph. */
function plansWithCompiler(text: string): { readonly code: number | null; readonly loaded: boolean } {
  const told = join(tempFolder(), 'loaded');
  const script =
    "import{createRequire}from'node:module';import{writeFileSync}from'node:fs';" +
    `const{cache}=createRequire(${JSON.stringify(import.meta.filename)});` +
    `process.on('exit',()=>writeFileSync(${JSON.stringify(told)},Object.keys(cache).join('\\n')))`;
  const { root } = tempRepo({ 'src/a.ts': text });
  const env = { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(script)}"` };
  const { code } = runCli(['plan', root, '--migration', 'agent-sdk'], { env });
  const modules = readFileSync(told, 'utf8').split('\n');
  // What the process loaded has to be seen at all for an absence to say something.
  expect(modules.some((path) => /[\\/]bin[\\/]refit\.cjs$/.test(path))).toBe(true);
  return { code, loaded: modules.some((path) => /[\\/]node_modules[\\/]ts-morph[\\/]/.test(path)) };
}

it('loads ts-morph for a file that names the old package', () => {
  expect(plansWithCompiler("import { query } from '@anthropic-ai/claude-code';\nquery({ prompt: 'a' });\n")).toEqual({
    code: 0,
    loaded: true,
  });
});

it('plans a repository that names no package without ts-morph', () => {
  expect(plansWithCompiler("import { query } from './claude-code.js';\nquery({ prompt: 'a' });\n")).toEqual({
    code: 0,
    loaded: false,
  });
});
