/** A node of a parsed Python text. `start` and `end` are UTF-16 code units; types and fields are the grammar's. */
export interface PyNode {
  readonly type: string;
  /** False for punctuation and keywords. */
  readonly named: boolean;
  /** Put in by the parser where the text lacks it. */
  readonly missing: boolean;
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  readonly parent: PyNode | null;
  readonly children: readonly PyNode[];
}

/** Yields `node` and all below it, in the order of the text. */
export function* walk(node: PyNode): Generator<PyNode> {
  const stack: PyNode[] = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index -= 1) stack.push(next.children[index] as PyNode);
  }
}

/** Yields the parent of `node`, its parent, and so on to the root. */
export function* ancestors(node: PyNode): Generator<PyNode> {
  for (let at = node.parent; at !== null; at = at.parent) yield at;
}

/** The nearest node around `node` that is of one of `types`. */
export function closest(node: PyNode, types: readonly string[]): PyNode | undefined {
  for (const above of ancestors(node)) if (types.includes(above.type)) return above;
  return undefined;
}

/** The child of `node` in a field of the grammar. */
export function childAt(node: PyNode, field: string): PyNode | undefined {
  return node.children.find((child) => child.field === field);
}

/** The children of `node` without punctuation, keywords and comments. */
export function namedChildren(node: PyNode): readonly PyNode[] {
  return node.children.filter((child) => child.named && child.type !== 'comment');
}

export function isWithin(node: PyNode, outer: PyNode): boolean {
  return node.start >= outer.start && node.end <= outer.end;
}

export function sourceOf(text: string, node: PyNode): string {
  return text.slice(node.start, node.end);
}

/** The dotted source of a name or attribute chain without spaces (`a . b` is `a.b`), or null for anything else. */
export function dottedOf(text: string, node: PyNode): string | null {
  if (node.type === 'identifier') return sourceOf(text, node);
  if (node.type === 'dotted_name') {
    return namedChildren(node)
      .map((child) => sourceOf(text, child))
      .join('.');
  }
  if (node.type !== 'attribute') return null;
  const object = childAt(node, 'object');
  const attribute = childAt(node, 'attribute');
  const left = object === undefined ? null : dottedOf(text, object);
  return left === null || attribute === undefined ? null : `${left}.${sourceOf(text, attribute)}`;
}

/** The statements of a module or block; comments and `;` are not among them. */
export function statementsOf(container: PyNode): readonly PyNode[] {
  return namedChildren(container).filter((child) => child.type !== 'line_continuation');
}

/** The statement that `node` belongs to: the ancestor (or itself) that is a direct child of a module or block. */
export function statementAround(node: PyNode): PyNode {
  let at = node;
  while (at.parent !== null && at.parent.type !== 'block' && at.parent.type !== 'module') at = at.parent;
  return at;
}

const SCOPES = ['function_definition', 'class_definition', 'lambda', 'module'];

/** The function, class, lambda or module whose names `node` sees first. */
export function scopeOf(node: PyNode): PyNode {
  let last = node;
  for (const above of ancestors(node)) {
    if (SCOPES.includes(above.type)) return above;
    last = above;
  }
  return last;
}

const PATTERNS = [
  'pattern_list',
  'tuple_pattern',
  'list_pattern',
  'list_splat_pattern',
  'dictionary_splat_pattern',
  'as_pattern_target',
  'typed_parameter',
];
const BINDING_FIELDS: Readonly<Record<string, string>> = {
  assignment: 'left',
  augmented_assignment: 'left',
  for_statement: 'left',
  for_in_clause: 'left',
  named_expression: 'name',
  function_definition: 'name',
  class_definition: 'name',
  default_parameter: 'name',
  typed_default_parameter: 'name',
  as_pattern: 'alias',
};

/** Whether an identifier is given a value where it stands; imports are told by the import list. */
export function isBinding(identifier: PyNode): boolean {
  let at = identifier;
  while (at.parent !== null && PATTERNS.includes(at.parent.type)) {
    if (at.parent.type === 'typed_parameter' && at.field === 'type') return false;
    at = at.parent;
  }
  const parent = at.parent;
  if (parent === null) return false;
  if (parent.type === 'parameters' || parent.type === 'lambda_parameters') return true;
  return BINDING_FIELDS[parent.type] === at.field && at.field !== null;
}
