import type { YamlEntry, YamlMap, YamlNode, YamlPath } from './node.ts';

/** Values that aliases may add to a document before it counts as an alias bomb. */
const ALIAS_LIMIT = 10_000;

/** Signals that aliases expand beyond the limit; caught by the reader, which knows the line. */
export class AliasLimitError extends Error {
  readonly line: number;
  constructor(line: number) {
    super(`aliases expand to more than ${ALIAS_LIMIT} values`);
    this.line = line;
  }
}

/** The node that `node` stands for, aliases followed. */
export function resolveAlias(node: YamlNode): YamlNode {
  let at = node;
  while (at.kind === 'alias') at = at.target;
  return at;
}

export interface EffectiveEntry {
  readonly entry: YamlEntry;
  /** Reached through an alias or a merge key, so an edit there would change other places too. */
  readonly viaAlias: boolean;
}

/** The entries of a map as they apply: its own first, then what merge keys add, the first merged map winning. */
export function effectiveEntries(map: YamlMap): readonly EffectiveEntry[] {
  const found = new Map<string, EffectiveEntry>();
  for (const entry of map.entries) if (!entry.isMerge) found.set(entry.name, { entry, viaAlias: false });
  for (const merged of mergedMaps(map)) {
    for (const { entry } of effectiveEntries(merged)) {
      if (!found.has(entry.name)) found.set(entry.name, { entry, viaAlias: true });
    }
  }
  return [...found.values()];
}

function mergedMaps(map: YamlMap): readonly YamlMap[] {
  return map.entries
    .filter((entry) => entry.isMerge)
    .flatMap((entry) => {
      const node = resolveAlias(entry.value);
      const sources = node.kind === 'list' ? node.items.map((item) => resolveAlias(item.value)) : [node];
      return sources.filter((source) => source.kind === 'map');
    });
}

/** The entry `name` of a map, merge keys included; null when there is none or `node` is no map. */
export function lookUp(node: YamlNode | null, name: string): EffectiveEntry | null {
  if (node === null) return null;
  const map = resolveAlias(node);
  if (map.kind !== 'map') return null;
  const found = effectiveEntries(map).find(({ entry }) => entry.name === name);
  if (found === undefined) return null;
  const viaAlias = found.viaAlias || node.kind === 'alias' || found.entry.value.kind === 'alias';
  return { entry: found.entry, viaAlias };
}

/** The node at `path`, aliases and merge keys followed; null when there is none. */
export function nodeAt(root: YamlNode | null, path: YamlPath): YamlNode | null {
  let at = root;
  for (const part of path) {
    if (at === null) return null;
    const node: YamlNode = resolveAlias(at);
    if (typeof part === 'number' && node.kind === 'list') at = node.items[part]?.value ?? null;
    else at = lookUp(node, String(part))?.entry.value ?? null;
  }
  return at;
}

/** The line of the key or item at `path`, from 1; null when there is none. */
export function lineAt(root: YamlNode | null, path: YamlPath): number | null {
  const last = path.at(-1);
  if (last === undefined) return root?.line ?? null;
  const parent = nodeAt(root, path.slice(0, -1));
  if (parent === null) return null;
  const node = resolveAlias(parent);
  if (typeof last === 'number' && node.kind === 'list') return node.items[last]?.line ?? null;
  return lookUp(node, String(last))?.entry.line ?? null;
}

/**
 * The plain value of `root`: null, boolean, number, string, array or object. Every alias is copied, so that a change to
 * one place of the value leaves the others. @throws AliasLimitError
 */
export function plainValue(root: YamlNode | null): unknown {
  let aliased = 0;
  const convert = (node: YamlNode, insideAlias: boolean): unknown => {
    if (insideAlias) {
      aliased += 1;
      if (aliased > ALIAS_LIMIT) throw new AliasLimitError(node.line);
    }
    if (node.kind === 'alias') return convert(node.target, true);
    if (node.kind === 'scalar') return node.value;
    if (node.kind === 'list') return node.items.map((item) => convert(item.value, insideAlias));
    const value = {};
    for (const { entry, viaAlias } of effectiveEntries(node)) {
      // Defined rather than assigned, so that a key named __proto__ is a key like any other.
      Object.defineProperty(value, entry.name, {
        value: convert(entry.value, insideAlias || viaAlias),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return value;
  };
  return root === null ? null : convert(root, false);
}

/** Whether two plain values are the same, the order of keys included. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = Object.entries(b);
  return (
    left.length === right.length &&
    left.every(([key, value], index) => {
      const other = right[index];
      return other !== undefined && other[0] === key && sameValue(value, other[1]);
    })
  );
}
