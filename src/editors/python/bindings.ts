import { bindsModule, bringsIn, type ImportItem, importItems, localName, tryAround } from './imports.ts';
import {
  childAt,
  closest,
  dottedOf,
  isBinding,
  isWithin,
  namedChildren,
  type PyNode,
  scopeOf,
  sourceOf,
  statementAround,
  walk,
} from './node.ts';
import type { PythonTarget } from './uses.ts';

/** What becomes of one use of a removed name. */
export type BindingUse =
  /** A call that hands its argument back: replaced by the argument, or null where it has none. */
  | { readonly kind: 'call'; readonly node: PyNode; readonly argument: PyNode | null }
  /** The whole condition of an `if`, which must go with its body. */
  | { readonly kind: 'guard'; readonly node: PyNode; readonly statement: PyNode }
  /** A stand-in for the import when it fails: `name = None`. */
  | { readonly kind: 'fallback'; readonly node: PyNode; readonly statement: PyNode }
  | { readonly kind: 'stays'; readonly node: PyNode };

/** Imports of the target that bind one name in one scope, with every use of that name there. */
export interface Binding {
  /** What the uses say: `add_auth_routes`, `auth`, or `pkg.auth` for `import pkg.auth`. */
  readonly name: string;
  readonly items: readonly ImportItem[];
  readonly uses: readonly BindingUse[];
}

const PURE_LEAVES = ['identifier', 'integer', 'float', 'true', 'false', 'none', 'ellipsis'];
const PURE_PARTS = [
  'concatenated_string',
  'attribute',
  'list',
  'tuple',
  'dictionary',
  'pair',
  'parenthesized_expression',
  'keyword_argument',
];

/** Whether leaving out an expression loses nothing but its value. */
export function isPure(node: PyNode): boolean {
  if (PURE_LEAVES.includes(node.type)) return true;
  if (node.type === 'string') return !node.children.some((child) => child.type === 'interpolation');
  return PURE_PARTS.includes(node.type) && namedChildren(node).every(isPure);
}

/** The argument that a call hands back: the first one, when the others can be left out. */
function argumentOf(call: PyNode): PyNode | null | undefined {
  const list = childAt(call, 'arguments');
  if (list === undefined || list.type !== 'argument_list' || call.parent?.type === 'await') return undefined;
  const [first, ...rest] = namedChildren(list);
  if (first === undefined) return call.parent?.type === 'expression_statement' ? null : undefined;
  if (first.type === 'keyword_argument') return rest.length === 0 ? childAt(first, 'value') : undefined;
  if (first.type.endsWith('_splat') || !rest.every(isPure)) return undefined;
  return first;
}

/** The `if` statement of which `reference` is the whole condition: `f`, `f is not None` or `callable(f)`. */
function guardedBy(text: string, reference: PyNode): PyNode | undefined {
  let at = reference;
  const parent = at.parent;
  if (parent?.type === 'comparison_operator') {
    if (!/^\S+\s+is\s+not\s+None$/.test(sourceOf(text, parent))) return undefined;
    at = parent;
  } else if (parent?.type === 'argument_list' && namedChildren(parent).length === 1) {
    const call = parent.parent;
    const callee = call === null ? undefined : childAt(call, 'function');
    if (call === null || callee === undefined || dottedOf(text, callee) !== 'callable') return undefined;
    at = call;
  }
  while (at.parent?.type === 'parenthesized_expression') at = at.parent;
  const statement = at.parent;
  const isCondition = statement?.type === 'if_statement' && at.field === 'condition';
  return isCondition && !statement.children.some((child) => child.field === 'alternative') ? statement : undefined;
}

const CATCHES_IMPORT = /^except\s*(?::|\(?[^:]*\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b)/;

/** The statement that only stands in for the import: `f = None`, or anything bound to `f` where the import failed. */
function fallbackOf(text: string, name: PyNode, items: readonly ImportItem[]): PyNode | undefined {
  const statement = statementAround(name);
  const handler = closest(name, ['except_clause']);
  const failed =
    handler !== undefined &&
    CATCHES_IMPORT.test(sourceOf(text, handler)) &&
    items.some((item) => tryAround(item.statement) === handler.parent);
  if (name.parent?.type === 'function_definition') return failed && name.field === 'name' ? name.parent : undefined;
  const assignment = name.parent;
  if (assignment?.type !== 'assignment' || name.field !== 'left' || assignment.parent !== statement) return undefined;
  const value = childAt(assignment, 'right');
  if (value === undefined) return undefined;
  if (value.type === 'none' || value.type === 'false') return statement;
  return failed && (isPure(value) || value.type === 'lambda') ? statement : undefined;
}

function useOf(
  text: string,
  node: PyNode,
  items: readonly ImportItem[],
  callable: (node: PyNode) => PyNode | undefined,
): BindingUse {
  if (node.type === 'identifier' && isBinding(node)) {
    const statement = fallbackOf(text, node, items);
    return statement === undefined ? { kind: 'stays', node } : { kind: 'fallback', node, statement };
  }
  const reference = callable(node);
  const call = reference?.field === 'function' ? reference.parent : null;
  if (call?.type === 'call') {
    const argument = argumentOf(call);
    return argument === undefined ? { kind: 'stays', node } : { kind: 'call', node: call, argument };
  }
  const statement = guardedBy(text, node);
  return statement === undefined ? { kind: 'stays', node } : { kind: 'guard', node, statement };
}

const IMPORTS = ['import_statement', 'import_from_statement', 'future_import_statement'];

/** The places under `scope` where `name` is said, imports left out. */
function placesOf(text: string, scope: PyNode, name: string): readonly PyNode[] {
  const type = name.includes('.') ? 'attribute' : 'identifier';
  return [...walk(scope)].filter((node) => {
    if (node.type !== type || dottedOf(text, node) !== name || closest(node, IMPORTS) !== undefined) return false;
    const inAttribute = node.field === 'attribute' && node.parent?.type === 'attribute';
    return !inAttribute && !(node.field === 'name' && node.parent?.type === 'keyword_argument');
  });
}

/** `__all__ = ["name"]` hands the name on to whoever imports the file. */
function exportsOf(text: string, root: PyNode, name: string): readonly PyNode[] {
  return [...walk(root)].filter((node) => {
    if (node.type !== 'string_content' || sourceOf(text, node) !== name) return false;
    const assignment = closest(node, ['assignment', 'augmented_assignment']);
    const left = assignment === undefined ? undefined : childAt(assignment, 'left');
    return left !== undefined && sourceOf(text, left) === '__all__';
  });
}

function staysOf(nodes: readonly PyNode[]): readonly BindingUse[] {
  return nodes.map((node) => ({ kind: 'stays', node }));
}

function describeBinding(text: string, root: PyNode, items: readonly ImportItem[], target: PythonTarget): Binding {
  const [first] = items as readonly [ImportItem, ...ImportItem[]];
  const scope = scopeOf(first.statement);
  const dotted = first.name === null && first.alias === null && first.module.includes('.');
  const name = dotted ? first.module : localName(first);
  const isModule = items.every((item) => bindsModule(item, target.modules));
  const callable = (node: PyNode): PyNode | undefined => {
    if (!isModule) return items.every((item) => target.names.includes(item.name ?? '')) ? node : undefined;
    const member = node.parent;
    const attribute =
      member?.type === 'attribute' && node.field === 'object' ? childAt(member, 'attribute') : undefined;
    return attribute && target.names.includes(sourceOf(text, attribute)) ? (member ?? undefined) : undefined;
  };
  const stays = [...exportsOf(text, root, name)];
  if (first.name === '*' || scope.type === 'class_definition') stays.push(first.node);
  // `import pkg.auth` binds `pkg`; what else is said of `pkg` may rest on this import alone.
  if (dotted) {
    const used = placesOf(text, scope, name);
    stays.push(...placesOf(text, scope, localName(first)).filter((node) => !used.some((use) => isWithin(node, use))));
  }
  const own = new Set(items.map((item) => item.node));
  const others = importItems(text, scope).filter((item) => !own.has(item.node) && scopeOf(item.statement) === scope);
  stays.push(...others.filter((item) => !dotted && localName(item) === name).map((item) => item.node));
  const uses = placesOf(text, scope, name).map((node) => useOf(text, node, items, callable));
  return { name, items, uses: [...uses, ...staysOf(stays)] };
}

/** Groups the target's imports of `text` by the name and scope they bind. */
export function findBindings(text: string, root: PyNode, target: PythonTarget): readonly Binding[] {
  const groups = new Map<string, ImportItem[]>();
  const items = importItems(text, root);
  for (const item of items.filter((one) => bringsIn(one, target.modules))) {
    const dotted = item.name === null && item.alias === null ? item.module : localName(item);
    const key = `${scopeOf(item.statement).start} ${scopeOf(item.statement).type} ${dotted}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((group) => describeBinding(text, root, group, target));
}
