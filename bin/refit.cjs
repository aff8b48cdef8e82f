#!/usr/bin/env node
// CommonJS: Node's loader of ES modules would take a fifth of the time of a short command.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A run that never comes to its end must not pass for a good one.
process.exitCode = 1;
if (existsSync(join(__dirname, '../dist/cli.cjs'))) {
  const { loadCli } = require('./load.cjs');
  loadCli()
    .run(process.argv.slice(2))
    .then((code) => {
      process.exitCode = code;
    });
} else {
  console.error('refit: not built: npm run build');
}
