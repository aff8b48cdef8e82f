import {
  type JsonDocument,
  type JsonEntry,
  type JsonNode,
  jsonNodeAt,
  jsonString,
  replaceJson,
  type TextEdit,
} from '../../../src/authoring.ts';
import { newModuleName, OLD_PACKAGE } from '../typescript/names.ts';
import { newRange } from './ranges.ts';

/**
 * Moves the values of an import map to the new package. An alias that is a word of the repository's own stays; a key that is the
 * old package's name goes with the imports that use it.
 */
export function moveInImportMap(document: JsonDocument, version: string): readonly TextEdit[] {
  const scopes = jsonNodeAt(document.root, ['scopes']);
  const inner = scopes?.kind === 'object' ? scopes.entries.map(({ value }) => value) : [];
  const edits: TextEdit[] = [];
  for (const map of [jsonNodeAt(document.root, ['imports']), ...inner]) {
    if (map?.kind !== 'object') continue;
    for (const { name, key, value } of map.entries.flatMap(withConditions)) {
      const moved = newTarget(value, version);
      if (moved === null) continue;
      edits.push(replaceJson(value, jsonString(moved)));
      const renamed = name.startsWith(OLD_PACKAGE) ? newModuleName(name.replace(/\/$/, ''), version) : null;
      if (renamed?.kind === 'rename')
        edits.push(replaceJson(key, jsonString(renamed.to + (name.endsWith('/') ? '/' : ''))));
    }
  }
  return edits;
}

/** An entry of package.json may have one value for each condition. */
function withConditions(entry: JsonEntry): readonly JsonEntry[] {
  if (entry.value.kind !== 'object') return [entry];
  return entry.value.entries.flatMap(({ value }) => withConditions({ ...entry, value }));
}

function newTarget(value: JsonNode, version: string): string | null {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return null;
  const slash = value.value.endsWith('/') ? '/' : '';
  const range = /claude-code@([^/]*)/.exec(value.value)?.[1] ?? '';
  const moved = newModuleName(value.value.replace(/\/$/, ''), newRange(range, version));
  return moved.kind === 'rename' ? moved.to + slash : null;
}
