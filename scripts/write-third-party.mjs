// Runs after tsdown: lists what was bundled, each package with its version and the text of its licence.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

const names = new Set(['web-tree-sitter', 'tree-sitter-python']);
for (const file of await readdir(dist)) {
  if (!file.endsWith('.cjs')) continue;
  for (const [, path] of (await readFile(join(dist, file), 'utf8')).matchAll(
    /#region \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/g,
  ))
    names.add(path);
}

const parts = [];
for (const name of [...names].sort()) {
  const folder = join(root, 'node_modules', name);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const licence = (await readdir(folder)).find((file) => /^licen[cs]e(\.|-|$)/i.test(file));
  const text =
    licence === undefined
      ? 'The package holds no licence file.'
      : (await readFile(join(folder, licence), 'utf8')).trim();
  parts.push(
    `## ${name} ${manifest.version}\n\n${manifest.license ?? 'no licence named'}\n\n\`\`\`\n${text}\n\`\`\`\n`,
  );
}
if (parts.length < 10) throw new Error('found too few bundled packages: has the bundler changed its region comments?');
await writeFile(join(dist, 'THIRD-PARTY.md'), `# Bundled packages\n\n${parts.join('\n')}`);
