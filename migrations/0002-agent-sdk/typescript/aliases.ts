import { type JsonNode, jsonNodeAt, type ReadonlyTree, readJson } from '../../../src/authoring.ts';
import { isInstalled } from './code-files.ts';
import { isOldModule, newModuleName, OLD_PACKAGE } from './names.ts';

const MAPS = [['imports'], ['dependencies'], ['devDependencies'], ['optionalDependencies'], ['peerDependencies']];

/** Words of the repository's own by which code imports the old SDK: keys of import maps and of package.json. */
export async function findAliases(tree: ReadonlyTree): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of await tree.search([OLD_PACKAGE])) {
    if (!/(?:^|\/)(?:package|deno|import_?-?map)[^/]*\.jsonc?$/.test(path) || isInstalled(path)) continue;
    const read = readJson(tree.tryReadText(path) ?? '');
    if (read.kind === 'refused') continue;
    for (const map of MAPS) {
      const node = jsonNodeAt(read.document.root, map);
      if (node?.kind !== 'object') continue;
      for (const { name, value } of node.entries) if (!isOldModule(name) && namesSdk(value)) found.add(name);
    }
  }
  return [...found].sort();
}

function namesSdk(value: JsonNode): boolean {
  if (value.kind === 'object') return value.entries.some((entry) => namesSdk(entry.value));
  return value.kind === 'scalar' && typeof value.value === 'string' && newModuleName(value.value, '').kind === 'rename';
}
