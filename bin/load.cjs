// Loads a built chunk together with the code that V8 made of it when the package was built (`scripts/write-code.mjs`), for
// compiling takes longer than most commands do. V8 refuses code that another version of it made and compiles as usual.
'use strict';
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { basename, join, resolve } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const dist = resolve(__dirname, '../dist');
/** Chunk file → the script made of it. */
const scripts = new Map();

function codeFile(file) {
  return join(dist, 'code', `${basename(file)}.bin`);
}

function readCode(file) {
  try {
    return readFileSync(codeFile(file));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the chunk exports. A chunk that is required by its path by others is the same one. */
function load(file) {
  const known = require.cache[file];
  if (known !== undefined) return known.exports;
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData: readCode(file) });
  scripts.set(file, script);
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(dist);
  require.cache[file] = module;
  const outside = Module.createRequire(file);
  const inside = (name) => (name.startsWith('./') ? load(join(dist, name)) : outside(name));
  script.runInThisContext().call(module.exports, module.exports, inside, module, file, dist);
  module.loaded = true;
  return module.exports;
}

/** The command line. Most of its runs end before what V8 would make of a warm function pays, so it waits three times as long with that. */
function loadCli() {
  setFlagsFromString('--interrupt-budget=400000');
  return loadEntry('cli');
}

function loadEntry(entry) {
  return load(join(dist, `${entry}.cjs`));
}

module.exports = { codeFile, scripts, load: loadEntry, loadCli };
