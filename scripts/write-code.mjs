// Runs last in a build: lets V8 compile what plan and check take, by running them on shipped fixtures, and keeps the result
// beside the chunks for bin/load.cjs.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const { codeFile, loadCli, scripts } = createRequire(import.meta.url)('../bin/load.cjs');
const fixtures = resolve(import.meta.dirname, '../fixtures/oauth-only/full');

// V8 drops code that was not used for a while, and it takes code from a run with other flags for foreign.
setFlagsFromString('--no-flush-bytecode');
const { run } = loadCli();
process.stdout.write = () => true;
for (const [command, folder] of [
  ['plan', 'before'],
  ['check', 'before'],
  ['check', 'after'],
])
  await run([command, join(fixtures, folder)]);
setFlagsFromString('--flush-bytecode');

for (const [file, script] of scripts) {
  await mkdir(dirname(codeFile(file)), { recursive: true });
  await writeFile(codeFile(file), script.createCachedData());
}
