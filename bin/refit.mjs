#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

if (existsSync(new URL('../dist/cli.cjs', import.meta.url))) {
  const { loadCli } = createRequire(import.meta.url)('./load.cjs');
  process.exitCode = await loadCli().run(process.argv.slice(2));
} else {
  console.error('refit: not built: npm run build');
  process.exitCode = 1;
}
