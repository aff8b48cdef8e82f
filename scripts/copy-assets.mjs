// Runs after tsdown: puts the WebAssembly of the Python parser, with its licences, beside the bundle that reads it.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const target = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'wasm');
const assets = [
  ['web-tree-sitter', 'web-tree-sitter.wasm'],
  ['tree-sitter-python', 'tree-sitter-python.wasm'],
];

await mkdir(target, { recursive: true });
for (const [name, file] of assets) {
  const source = require.resolve(`${name}/${file}`);
  await copyFile(source, join(target, file));
  await copyFile(join(dirname(source), 'LICENSE'), join(target, `${name}.LICENSE`));
}
