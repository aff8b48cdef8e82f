import { rememberByText } from '../../base/memo.ts';
import { indexLines, type LineIndex } from '../../base/text.ts';
import { type ImportItem, importItems, localName } from './imports.ts';
import { childAt, isBinding, namedChildren, type PyNode, scopeOf, sourceOf, walk } from './node.ts';
import { parsePython } from './parser.ts';
import { stringValue } from './strings.ts';

/** A place that gives a name its value: an import, or the identifier that is assigned, defined or taken as a parameter. */
export type PythonBinding =
  | { readonly kind: 'import'; readonly item: ImportItem }
  | { readonly kind: 'other'; readonly node: PyNode };

/** A parsed text, with what its names stand for. */
export interface PythonCode {
  readonly text: string;
  readonly root: PyNode;
  readonly lines: LineIndex;
  readonly imports: readonly ImportItem[];
  /** What gives `name` its value where `node` stands: all of one scope, the nearest that has any; empty for none. */
  bindingsOf(name: string, node: PyNode): readonly PythonBinding[];
  /**
   * What a name, an attribute or a call that loads a module stands for, as a dotted path from the outside: `pkg.sub.Name`, with the leading dots
   * of a relative import. A name that is imported in several ways has several; one that is not imported has none.
   */
  originsOf(node: PyNode): readonly string[];
  /** The same for a name that is written in a string where `node` stands. */
  originsOfName(name: string, node: PyNode): readonly string[];
}

const LOADERS = /(?:^|\.)(?:import_module|importorskip|__import__)$/;
/** An alias of an alias of an alias is followed so far. */
const DEPTH = 6;

type Scopes = ReadonlyMap<PyNode, ReadonlyMap<string, readonly PythonBinding[]>>;

/** Reads `text`; what is asked of the result is worked out once. */
export const readPythonCode: (text: string) => PythonCode = rememberByText((text) => {
  const root = parsePython(text);
  const imports = importItems(text, root);
  let known: Scopes | undefined;
  const scopes = (): Scopes => {
    known ??= readScopes(text, root, imports);
    return known;
  };
  const bindingsOf = (name: string, node: PyNode): readonly PythonBinding[] => findBindings(scopes(), name, node);
  const originsOfName = (name: string, node: PyNode, depth = DEPTH): readonly string[] => {
    const found = bindingsOf(name, node);
    if (found.length === 0) return starOrigins(imports, name);
    const imported = found.flatMap((one) => (one.kind === 'import' ? [originOfItem(one.item)] : []));
    if (imported.length > 0) return [...new Set(imported)];
    const [only] = found;
    if (found.length !== 1 || only?.kind !== 'other' || depth === 0) return [];
    const value = assignedValue(only.node);
    return value === null ? [] : originsOf(value, depth - 1);
  };
  const originsOf = (node: PyNode, depth = DEPTH): readonly string[] => {
    if (node.type === 'identifier') return originsOfName(sourceOf(text, node), node, depth);
    if (node.type === 'parenthesized_expression') return namedChildren(node).flatMap((one) => originsOf(one, depth));
    if (node.type === 'call') return loadedModule(text, node);
    const object = node.type === 'attribute' ? childAt(node, 'object') : undefined;
    const attribute = childAt(node, 'attribute');
    if (object === undefined || attribute === undefined) return [];
    return originsOf(object, depth).map((origin) => joined(origin, sourceOf(text, attribute)));
  };
  return { text, root, lines: indexLines(text), imports, bindingsOf, originsOf, originsOfName };
}, 64);

function joined(origin: string, name: string): string {
  return origin === '' || origin.endsWith('.') ? origin + name : `${origin}.${name}`;
}

function originOfItem({ level, module, name, alias }: ImportItem): string {
  if (name !== null) return joined('.'.repeat(level) + module, name);
  return alias === null ? (module.split('.')[0] ?? module) : module;
}

/** A name that nothing binds may come from any star import. */
function starOrigins(imports: readonly ImportItem[], name: string): readonly string[] {
  const stars = imports.filter((item) => item.name === '*');
  return [...new Set(stars.map(({ level, module }) => joined('.'.repeat(level) + module, name)))];
}

function loadedModule(text: string, call: PyNode): readonly string[] {
  const callee = childAt(call, 'function');
  const [first] = namedChildren(childAt(call, 'arguments') ?? call);
  if (callee === undefined || first === undefined || !LOADERS.test(sourceOf(text, callee))) return [];
  const value = stringValue(text, first);
  return value === null ? [] : [value];
}

/** The right side of `name = value`; null for any other way to bind a name. */
function assignedValue(name: PyNode): PyNode | null {
  const { parent } = name;
  if (parent?.type !== 'assignment' || name.field !== 'left') return null;
  return childAt(parent, 'right') ?? null;
}

function findBindings(scopes: Scopes, name: string, node: PyNode): readonly PythonBinding[] {
  let scope: PyNode | null = scopeOf(node);
  for (let isFirst = true; scope !== null; isFirst = false) {
    const found = scopes.get(scope)?.get(name);
    // What a class binds is not seen from its methods.
    if (found !== undefined && (isFirst || scope.type !== 'class_definition')) return found;
    scope = scope.parent === null ? null : scopeOf(scope);
  }
  return [];
}

function readScopes(text: string, root: PyNode, imports: readonly ImportItem[]): Scopes {
  const scopes = new Map<PyNode, Map<string, PythonBinding[]>>();
  const add = (scope: PyNode, name: string, binding: PythonBinding): void => {
    const names = scopes.get(scope) ?? new Map<string, PythonBinding[]>();
    names.set(name, [...(names.get(name) ?? []), binding]);
    scopes.set(scope, names);
  };
  for (const item of imports) {
    if (item.name !== '*') add(scopeOf(item.statement), localName(item), { kind: 'import', item });
  }
  for (const node of walk(root)) {
    if (node.type !== 'identifier' || !isBinding(node)) continue;
    const isName = node.field === 'name' && /^(?:function|class)_definition$/.test(node.parent?.type ?? '');
    add(scopeOf(isName ? (node.parent as PyNode) : node), sourceOf(text, node), { kind: 'other', node });
  }
  return scopes;
}
