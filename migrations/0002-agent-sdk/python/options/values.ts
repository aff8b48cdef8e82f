import { type PyNode, pythonAncestors, pythonChild, pythonChildren, pythonString } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import type { SdkPython } from '../sdk-python.ts';

/** Whether Python takes a value for true, as the old SDK asked of its prompts: always, never, or that is not seen. */
export type Truth = 'yes' | 'no' | 'maybe';

/** A constant of a constant of a constant is followed so far. */
const DEPTH = 6;

export function truthOf(sdk: SdkPython, file: PythonFile, node: PyNode, depth = DEPTH): Truth {
  if (depth === 0) return 'maybe';
  if (depth === DEPTH && isGuarded(file, node)) return 'yes';
  const { text } = file.code;
  const inner = (one: PyNode | undefined): Truth => (one === undefined ? 'maybe' : truthOf(sdk, file, one, depth - 1));
  const parts = pythonChildren(node);
  switch (node.type) {
    case 'none':
    case 'false':
      return 'no';
    case 'dictionary':
      return parts.length > 0 ? 'yes' : 'no';
    case 'string':
      return truthOfString(text, node);
    case 'concatenated_string':
      return either(parts.map(inner));
    case 'parenthesized_expression':
      return inner(parts[0]);
    case 'conditional_expression':
      return both(inner(parts[0]), inner(parts[2]));
    case 'boolean_operator':
      return node.children.some(({ type }) => type === 'or') && inner(parts[1]) === 'yes' ? 'yes' : 'maybe';
    case 'binary_operator':
      return node.children.some(({ type }) => type === '+') ? either(parts.map(inner)) : truthOfTemplate(text, node);
    case 'call':
      return truthOfCall(text, node, inner);
    case 'identifier':
    case 'attribute':
      return truthOfName(sdk, file, node, depth);
    default:
      return 'maybe';
  }
}

/** Whether the value stands where it was just seen to be true: under `if x:`, or in `… if x else …`. */
function isGuarded({ code: { text } }: PythonFile, node: PyNode): boolean {
  if (!isRepeatable(node)) return false;
  const source = text.slice(node.start, node.end);
  let below = node;
  for (const above of pythonAncestors(node)) {
    if (/^(?:function_definition|lambda|class_definition)$/.test(above.type)) return false;
    const [consequence, condition] = above.type === 'conditional_expression' ? pythonChildren(above) : [];
    const isThen = above.type === 'if_statement' && below.field === 'consequence';
    const asked = isThen ? pythonChild(above, 'condition') : consequence === below ? condition : undefined;
    if (asked !== undefined && text.slice(asked.start, asked.end) === source) return true;
    below = above;
  }
  return false;
}

function both(a: Truth, b: Truth): Truth {
  return a === b ? a : 'maybe';
}

/** Of texts that are joined. */
function either(parts: readonly Truth[]): Truth {
  if (parts.includes('yes')) return 'yes';
  return parts.every((part) => part === 'no') ? 'no' : 'maybe';
}

function truthOfString(text: string, node: PyNode): Truth {
  const value = pythonString(text, node);
  if (value !== null) return value === '' ? 'no' : 'yes';
  return node.children.some((child) => child.type === 'string_content' && child.end > child.start) ? 'yes' : 'maybe';
}

/** `"…%s…" % x`. */
function truthOfTemplate(text: string, node: PyNode): Truth {
  const [left] = pythonChildren(node);
  const value = left === undefined ? null : pythonString(text, left);
  return value !== null && value.replace(/%(?:\(\w+\))?[-+ #0-9.]*[a-zA-Z]/g, '').trim() !== '' ? 'yes' : 'maybe';
}

/** What only trims or fills in a text that has more in it than that. */
function truthOfCall(text: string, node: PyNode, inner: (node: PyNode | undefined) => Truth): Truth {
  const callee = pythonChild(node, 'function');
  const [first] = pythonChildren(pythonChild(node, 'arguments') ?? node);
  if (callee === undefined) return 'maybe';
  const name = text.slice(callee.start, callee.end).split('.').at(-1) ?? '';
  const object = callee.type === 'attribute' ? pythonChild(callee, 'object') : undefined;
  if (/^(?:dedent|cleandoc)$/.test(name)) return hasWords(text, first) ? 'yes' : 'maybe';
  if (/^(?:strip|lstrip|rstrip|format)$/.test(name)) return hasWords(text, object) ? 'yes' : 'maybe';
  if (name !== 'join' || first === undefined || !/^(?:list|tuple)$/.test(first.type)) return 'maybe';
  return pythonChildren(first).some((item) => inner(item) === 'yes') ? 'yes' : 'maybe';
}

function hasWords(text: string, node: PyNode | undefined): boolean {
  const value = node === undefined ? null : pythonString(text, node);
  return value !== null && value.replace(/\{[^}]*\}/g, '').trim() !== '';
}

function truthOfName(sdk: SdkPython, file: PythonFile, node: PyNode, depth: number): Truth {
  const { code } = file;
  if (node.type === 'identifier') {
    const found = code.bindingsOf(code.text.slice(node.start, node.end), node);
    const values = found.map((one) => (one.kind === 'other' ? assigned(one.node) : undefined));
    if (found.length > 0 && values.every((value) => value !== undefined)) {
      const truths = values.map((value) => truthOf(sdk, file, value as PyNode, depth - 1));
      return truths.reduce(both);
    }
  }
  const [origin] = code.originsOf(node);
  const dot = origin?.lastIndexOf('.') ?? -1;
  if (origin === undefined || dot <= 0) return 'maybe';
  const own = sdk.ownFile(
    file.path,
    /^\.+$/.test(origin.slice(0, dot + 1)) ? origin.slice(0, dot + 1) : origin.slice(0, dot),
  );
  const name = origin.slice(dot + 1);
  const found = own?.code.bindingsOf(name, own.code.root) ?? [];
  const [only] = found;
  const value = only?.kind === 'other' ? assigned(only.node) : undefined;
  return own === null || own.path === file.path || found.length !== 1 || value === undefined
    ? 'maybe'
    : truthOf(sdk, own, value, depth - 1);
}

/** What a plain assignment gives a name; nothing for a loop, a parameter or `+=`. */
function assigned(name: PyNode): PyNode | undefined {
  return name.parent?.type === 'assignment' && name.field === 'left' ? pythonChild(name.parent, 'right') : undefined;
}

/** Whether the expression may stand twice: a name or a chain of names, or an item of one by a fixed key. */
export function isRepeatable(node: PyNode): boolean {
  if (node.type === 'identifier' || node.type === 'string' || node.type === 'integer') return true;
  if (node.type === 'attribute') return isRepeatable(pythonChild(node, 'object') ?? node.children[0] ?? node);
  return node.type === 'subscript' && pythonChildren(node).every(isRepeatable);
}

/** Whether the expression needs parentheses before `or`. */
export function needsParentheses(node: PyNode): boolean {
  return node.type === 'conditional_expression' || node.type === 'lambda' || node.type === 'named_expression';
}
