import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { RefitError } from '../base/errors.ts';
import { loadPython, providePython } from '../editors/python.ts';
import { loadTypeScript } from '../editors/typescript.ts';
import type { ParserName } from '../migration/define.ts';

/** Beside the bundle in a build, else in the package it comes from. */
async function readWasm(packageName: string, file: string): Promise<Uint8Array> {
  const beside = fileURLToPath(new URL(`./wasm/${file}`, import.meta.url));
  try {
    const path = existsSync(beside) ? beside : createRequire(import.meta.url).resolve(`${packageName}/${file}`);
    return await readFile(path);
  } catch (cause) {
    throw new RefitError(`cannot read ${file}, which parsing Python needs`, {
      cause,
      hint: 'npm ci && npm run build',
    });
  }
}

const LOADERS: Readonly<Record<ParserName, () => Promise<void>>> = {
  python: async () => {
    const [runtime, grammar] = await Promise.all([
      readWasm('web-tree-sitter', 'web-tree-sitter.wasm'),
      readWasm('tree-sitter-python', 'tree-sitter-python.wasm'),
    ]);
    await loadPython({ runtime, grammar });
  },
  typescript: loadTypeScript,
};

const loaded = new Map<ParserName, Promise<void>>();

function loadOnce(name: ParserName): Promise<void> {
  const loading = loaded.get(name) ?? LOADERS[name]();
  loaded.set(name, loading);
  // What failed is tried again when asked for again.
  loading.catch(() => loaded.delete(name));
  return loading;
}

/**
 * Loads the parsers that steps and checks name; each once, so a second call costs nothing.
 * @throws RefitError when a parser's file is missing or damaged.
 */
export async function loadParsers(names: readonly ParserName[]): Promise<void> {
  await Promise.all(names.map(loadOnce));
}

// Whoever runs migrations loads this module, and so a step may ask for the parser when it has found Python.
providePython(() => loadOnce('python'));
