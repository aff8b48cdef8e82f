// Runs after tsdown: puts an ES module before each entry chunk, so that whoever imports the package and the command line get
// the same modules from bin/load.cjs.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const dist = resolve(import.meta.dirname, '../dist');
const { load } = createRequire(import.meta.url)('../bin/load.cjs');

const start = `import { createRequire } from 'node:module';

const { load } = createRequire(import.meta.url)('../bin/load.cjs');
`;
for (const entry of ['index', 'authoring', 'testing']) {
  const names = Object.keys(load(entry)).sort();
  await writeFile(join(dist, `${entry}.mjs`), `${start}export const { ${names.join(', ')} } = load('${entry}');\n`);
}
