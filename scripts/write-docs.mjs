// Writes every file that is made from the sources: docs/cli.md, docs/checks.md and docs/schemas/. The tests that compare
// those files with the sources do the writing when UPDATE_DOCS is 1, so there is one place that knows what belongs in them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const tests = ['test/commands/cli-doc.test.ts', 'test/commands/check-doc.test.ts', 'test/schemas.test.ts'];
const { status } = spawnSync(process.execPath, [vitest, 'run', ...tests], {
  cwd: root,
  env: { ...process.env, UPDATE_DOCS: '1' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
