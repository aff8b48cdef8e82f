import { type JsonEntry, type JsonList, type JsonNode, type JsonObject, jsonNodeAt } from '../../../src/authoring.ts';
import { OLD_PACKAGE } from '../typescript/names.ts';

/** A key of an object that names the old package. */
export interface NamedEntry {
  readonly object: JsonObject;
  readonly entry: JsonEntry;
}

/** An item of a list that names the old package. */
export interface NamedItem {
  readonly list: JsonList;
  readonly item: JsonNode;
}

/** Objects of a package.json that give a version to a package wherever it is asked for. */
const OVERRIDES: readonly (readonly string[])[] = [
  ['overrides'],
  ['resolutions'],
  ['pnpm', 'overrides'],
  ['catalog'],
  ['workspaces', 'catalog'],
];
/** Objects that say something about a package by its name. */
const ABOUT: readonly (readonly string[])[] = [
  ['peerDependenciesMeta'],
  ['dependenciesMeta'],
  ['browser'],
  ['jest', 'moduleNameMapper'],
];
/** Lists of package names. */
const LISTS: readonly (readonly string[])[] = [
  ['bundledDependencies'],
  ['bundleDependencies'],
  ['trustedDependencies'],
  ['pnpm', 'onlyBuiltDependencies'],
  ['pnpm', 'neverBuiltDependencies'],
  ['pnpm', 'ignoredBuiltDependencies'],
  ['tsup', 'external'],
  ['tsup', 'noExternal'],
  ['build', 'external'],
  ['knip', 'ignoreDependencies'],
  ['jest', 'transformIgnorePatterns'],
  ['vite', 'optimizeDeps', 'exclude'],
];

/** Entries that override the version of the old package, nested ones too: `"a>@anthropic-ai/claude-code"`, `{ "a": { … } }`. */
export function overridesOf(root: JsonNode): readonly NamedEntry[] {
  const catalogs = [jsonNodeAt(root, ['catalogs']), jsonNodeAt(root, ['workspaces', 'catalogs'])].flatMap((node) =>
    node?.kind === 'object' ? node.entries.map(({ value }) => value) : [],
  );
  const nodes = [...OVERRIDES.map((path) => jsonNodeAt(root, path)), ...catalogs];
  return nodes.flatMap((node) => (node?.kind === 'object' ? entriesIn(node) : []));
}

function entriesIn(object: JsonObject): readonly NamedEntry[] {
  return object.entries.flatMap((entry) => {
    const nested = entry.value.kind === 'object' ? entriesIn(entry.value) : [];
    return namesPackage(entry.name) ? [{ object, entry }, ...nested] : nested;
  });
}

/** Whether the key of an override is about the old package: alone, under another one, or for some versions of it. */
function namesPackage(key: string): boolean {
  return new RegExp(`(?:^|[>/])${OLD_PACKAGE}(?:@[^/>]*)?$`).test(key);
}

/** Entries that say something about the old package. */
export function mentionsOf(root: JsonNode): readonly NamedEntry[] {
  return ABOUT.flatMap((path) => {
    const object = jsonNodeAt(root, path);
    if (object?.kind !== 'object') return [];
    return object.entries
      .filter(({ name }) => name.replace(/^\^|\$$/g, '') === OLD_PACKAGE)
      .map((entry) => ({ object, entry }));
  });
}

/** Lists that hold the old package. */
export function listsOf(root: JsonNode, paths: readonly (readonly string[])[] = LISTS): readonly NamedItem[] {
  return paths.flatMap((path) => {
    const list = jsonNodeAt(root, path);
    if (list?.kind !== 'list') return [];
    return list.items
      .filter((item) => item.kind === 'scalar' && item.value === OLD_PACKAGE)
      .map((item) => ({ list, item }));
  });
}
