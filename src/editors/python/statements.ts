import { indexLines, type LineIndex } from '../../base/text.ts';
import { importItems, localName } from './imports.ts';
import { childAt, dottedOf, isBinding, namedChildren, type PyNode, sourceOf, statementsOf, walk } from './node.ts';
import { parsePython } from './parser.ts';
import { stringValue } from './strings.ts';

/** What a statement is; `other` is any that has no word here. */
export type StatementKind =
  | 'import'
  | 'call'
  | 'assignment'
  | 'docstring'
  | 'pass'
  | 'if'
  | 'try'
  | 'for'
  | 'while'
  | 'with'
  | 'function'
  | 'class'
  | 'error'
  | 'other';

/** A header such as `if a`, `else`, `except E as e`, and the statements under it. */
export interface PythonBlock {
  readonly header: string;
  readonly statements: readonly PythonStatement[];
}

/** One statement, a compound one with its blocks. */
export interface PythonStatement {
  readonly kind: StatementKind;
  /**
   * One line whatever the formatting: no comments, one space where Python needs or custom wants one, plain strings as
   * JSON. Of a compound statement the first header without its colon.
   */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly endLine: number;
  /** The statement as written, without its indentation. */
  readonly source: string;
  /** Empty for a simple statement. */
  readonly blocks: readonly PythonBlock[];
  /** Whether it stands under `if __name__ == "__main__":` at the top level. */
  readonly inMain: boolean;
}

const KINDS: Readonly<Record<string, StatementKind>> = {
  import_statement: 'import',
  import_from_statement: 'import',
  future_import_statement: 'import',
  pass_statement: 'pass',
  if_statement: 'if',
  try_statement: 'try',
  for_statement: 'for',
  while_statement: 'while',
  with_statement: 'with',
  function_definition: 'function',
  class_definition: 'class',
  ERROR: 'error',
};

function kindOf(node: PyNode): StatementKind {
  if (node.type === 'decorated_definition') {
    const definition = childAt(node, 'definition');
    return definition === undefined ? 'error' : kindOf(definition);
  }
  if (node.type !== 'expression_statement') return KINDS[node.type] ?? 'other';
  const only = namedChildren(node);
  const type = only.length === 1 ? only[0]?.type : undefined;
  if (type === 'call') return 'call';
  if (type === 'assignment' || type === 'augmented_assignment') return 'assignment';
  return type === 'string' || type === 'concatenated_string' ? 'docstring' : 'other';
}

const UNSPOKEN = ['comment', 'line_continuation', 'block'];

/** The tokens of a node without comments and nested blocks; a plain string is one token, its value as JSON. */
export function tokensOf(text: string, node: PyNode): readonly string[] {
  const tokens: string[] = [];
  const stack = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (UNSPOKEN.includes(next.type)) continue;
    const value = next.type === 'string' ? stringValue(text, next) : null;
    if (value !== null) tokens.push(JSON.stringify(value));
    else if (next.type === 'string' || next.children.length === 0) tokens.push(sourceOf(text, next).trim());
    else stack.push(...[...next.children].reverse());
  }
  return tokens.filter((token) => token !== '');
}

const TIGHT_AFTER = /^(?:[([{.~@]|\*\*?)$/;
const TIGHT_BEFORE = /^[)\]},:;.]$/;
const KEYWORD =
  /^(?:import|from|except|case|in|is|and|or|not|if|elif|else|return|yield|await|lambda|assert|del|raise|while|with|for|as)$/;

/** Joins tokens to one line; the rule needs no grammar, so equal code gives equal text. */
function joinTokens(tokens: readonly string[]): string {
  let line = '';
  let before = '';
  let depth = 0;
  for (const token of tokens) {
    const opens = token === '(' || token === '[';
    const called = opens && /[\w)\]"]$/.test(before) && !KEYWORD.test(before);
    const keyword = depth > 0 && (token === '=' || before === '=');
    const tight = line === '' || called || keyword || TIGHT_AFTER.test(before) || TIGHT_BEFORE.test(token);
    line += tight ? token : ` ${token}`;
    if (opens) depth += 1;
    if (token === ')' || token === ']') depth -= 1;
    before = token;
  }
  return line;
}

/** The one-line form of a node that {@link PythonStatement.text} describes. */
export function normalise(text: string, node: PyNode): string {
  return joinTokens(tokensOf(text, node)).replace(/:$/, '');
}

/** The parts of a compound statement that carry a block of their own: `elif`, `else`, `except`, `finally`, `case`. */
function clausesOf(node: PyNode): readonly PyNode[] {
  return node.children.filter((child) => child.type.endsWith('_clause') && child.type !== 'for_in_clause');
}

function blocksOf(text: string, node: PyNode, lines: LineIndex, inMain: boolean): readonly PythonBlock[] {
  const holder = node.type === 'decorated_definition' ? (childAt(node, 'definition') ?? node) : node;
  const blocks: PythonBlock[] = [];
  for (const part of [holder, ...clausesOf(holder)]) {
    for (const block of part.children.filter((child) => child.type === 'block')) {
      const statements = statementsOf(block).map((statement) => describe(text, statement, lines, inMain));
      blocks.push({ header: headerOf(text, part), statements });
    }
  }
  return blocks;
}

function headerOf(text: string, node: PyNode): string {
  const own = node.children.filter((child) => child.type !== 'block' && !clausesOf(node).includes(child));
  return joinTokens(own.flatMap((child) => tokensOf(text, child))).replace(/:$/, '');
}

function describe(text: string, node: PyNode, lines: LineIndex, inMain: boolean): PythonStatement {
  const blocks = blocksOf(text, node, lines, inMain);
  return {
    kind: kindOf(node),
    text: blocks.length === 0 ? normalise(text, node) : (blocks[0]?.header ?? ''),
    line: lines.lineAt(node.start),
    endLine: lines.lineAt(Math.max(node.start, node.end - 1)),
    source: sourceOf(text, node),
    blocks,
    inMain,
  };
}

/** Whether a statement is `if __name__ == "__main__":`, either way round. */
export function isMainGuard(text: string, node: PyNode): boolean {
  if (node.type !== 'if_statement') return false;
  const header = headerOf(text, node);
  return /^if \(?(?:__name__ == "__main__"|"__main__" == __name__)\)?$/.test(header);
}

/**
 * The statements of the top level in order; a main guard is replaced by the statements of its body, marked `inMain`,
 * unless it has an `else`. Compound statements carry their blocks.
 */
export function listStatements(text: string): readonly PythonStatement[] {
  const root = parsePython(text);
  const lines = indexLines(text);
  return statementsOf(root).flatMap((node) => {
    const body = childAt(node, 'consequence');
    if (!isMainGuard(text, node) || clausesOf(node).length > 0 || body === undefined) {
      return [describe(text, node, lines, false)];
    }
    return statementsOf(body).map((statement) => describe(text, statement, lines, true));
  });
}

/** A name that the module binds at its top level, also under `if`, `try`, `for` and `with`. */
export interface TopLevelName {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'import' | 'variable';
  readonly line: number;
}

/** The names that `text` binds at its top level, in order; a name bound twice is told twice. */
export function listTopLevelNames(text: string): readonly TopLevelName[] {
  const root = parsePython(text);
  const lines = indexLines(text);
  const found: { readonly name: string; readonly kind: TopLevelName['kind']; readonly start: number }[] = [];
  for (const item of importItems(text, root)) {
    if (isTopLevel(item.node)) found.push({ name: localName(item), kind: 'import', start: item.node.start });
  }
  for (const node of walk(root)) {
    if (node.type !== 'identifier' || !isBinding(node) || !isTopLevel(node)) continue;
    const type = node.parent?.type;
    const kind = type === 'function_definition' ? 'function' : type === 'class_definition' ? 'class' : 'variable';
    found.push({ name: sourceOf(text, node), kind, start: node.start });
  }
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ name, kind, start }) => ({ name, kind, line: lines.lineAt(start) }));
}

const INNER = ['function_definition', 'class_definition', 'lambda', 'for_in_clause'];

function isTopLevel(node: PyNode): boolean {
  let below = node;
  for (let above = node.parent; above !== null; below = above, above = above.parent) {
    // The name of a function or class is bound outside of it.
    if (INNER.includes(above.type) && !(below.field === 'name' && below === node)) return false;
  }
  return true;
}

/** Whether the callee of a call, as dotted text, is one of `names`; `*.get` stands for any receiver. */
export function calleeMatches(text: string, callee: PyNode, names: readonly string[]): boolean {
  const dotted = dottedOf(text, callee);
  const attribute = callee.type === 'attribute' ? childAt(callee, 'attribute') : undefined;
  const last = attribute === undefined ? undefined : `*.${sourceOf(text, attribute)}`;
  return names.some((name) => name === dotted || name === last);
}
