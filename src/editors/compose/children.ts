import { effectiveEntries, lookUp, resolveAlias } from '../yaml/value.ts';
import type { YamlNode } from '../yaml.ts';
import { interpolateDefaults } from './interpolate.ts';
import type { ComposeText } from './model.ts';

/** A key with its value, as the readers of one service take it. */
export interface Child {
  readonly name: string;
  readonly node: YamlNode;
  readonly line: number;
  readonly viaAlias: boolean;
}

function childOf(node: YamlNode, name: string, viaAlias = false): Child | null {
  const found = lookUp(node, name);
  if (found === null) return null;
  const value = resolveAlias(found.entry.value);
  return { name, node: value, line: found.entry.line, viaAlias: viaAlias || found.viaAlias };
}

/** The entries of the map under `name`. */
export function childrenOf(node: YamlNode, name: string): readonly Child[] {
  const child = childOf(node, name);
  return child === null ? [] : entriesOf(child);
}

/** The entries of a map, aliases and merge keys followed; none when it is no map. */
export function entriesOf(child: Child): readonly Child[] {
  if (child.node.kind !== 'map') return [];
  return effectiveEntries(child.node).map(({ entry, viaAlias }) => ({
    name: entry.name,
    node: resolveAlias(entry.value),
    line: entry.line,
    viaAlias: child.viaAlias || viaAlias || entry.value.kind === 'alias',
  }));
}

/** The items of a list, aliases followed; none when it is no list. */
export function itemsOf(child: Child | null): readonly Child[] {
  if (child?.node.kind !== 'list') return [];
  return child.node.items.map((item) => ({
    name: '',
    node: resolveAlias(item.value),
    line: item.line,
    viaAlias: child.viaAlias || item.value.kind === 'alias',
  }));
}

/** A scalar with something in it; null for anything else. */
export function textOf(child: Child | null): ComposeText | null {
  if (child?.node.kind !== 'scalar' || child.node.value === null) return null;
  const text = child.node.source;
  return { text, resolved: interpolateDefaults(text), line: child.line, viaAlias: child.viaAlias };
}

/** The child `name` of a child that is a map. */
export function within(child: Child, name: string): Child | null {
  return childOf(child.node, name, child.viaAlias);
}
