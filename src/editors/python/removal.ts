import type { LineIndex } from '../../base/text.ts';
import { type Binding, type BindingUse, isPure } from './bindings.ts';
import { importItems, localName } from './imports.ts';
import {
  ancestors,
  childAt,
  dottedOf,
  isBinding,
  namedChildren,
  type PyNode,
  scopeOf,
  sourceOf,
  statementAround,
  statementsOf,
  walk,
} from './node.ts';

/** What is to go from a text, before any span is drawn. */
export interface Removal {
  /** Statements that go whole. */
  readonly gone: ReadonlySet<PyNode>;
  /** Modules and names that go from an import statement that keeps others. */
  readonly dropped: ReadonlySet<PyNode>;
  /** Calls that give way to the argument they hand back. */
  readonly replaced: ReadonlyMap<PyNode, PyNode>;
}

export interface RemovalContext {
  readonly text: string;
  readonly root: PyNode;
  readonly lines: LineIndex;
  /** Matches what a `print` or log call says that only announces what was removed. */
  readonly announcement: RegExp | undefined;
}

/** Follows replaced calls, also nested ones, to the expression that is left. */
export function leftOf(node: PyNode, replaced: ReadonlyMap<PyNode, PyNode>): PyNode {
  let at = node;
  for (;;) {
    const inner = at.type === 'parenthesized_expression' ? namedChildren(at)[0] : undefined;
    const next = replaced.get(at) ?? (inner && replaced.has(inner) ? inner : undefined);
    if (next === undefined) return at;
    at = next;
  }
}

/** `app = app`, once the call between is replaced; in a class body even that binds something. */
function bindsToItself(text: string, assignment: PyNode, replaced: ReadonlyMap<PyNode, PyNode>): boolean {
  const left = childAt(assignment, 'left');
  const right = childAt(assignment, 'right');
  if (left === undefined || right === undefined || scopeOf(assignment).type === 'class_definition') return false;
  const name = dottedOf(text, left);
  return name !== null && name === dottedOf(text, leftOf(right, replaced));
}

function losesNothing(text: string, statement: PyNode, replaced: ReadonlyMap<PyNode, PyNode>): boolean {
  const [expression, ...more] = namedChildren(statement);
  if (statement.type !== 'expression_statement' || expression === undefined || more.length > 0) return false;
  if (expression.type === 'assignment') return bindsToItself(text, expression, replaced);
  return replaced.has(expression) && isPure(leftOf(expression, replaced));
}

const LOG_LEVELS = /^(?:debug|info|warning|warn|error|exception|critical|log)$/;

/** Whether a statement only says something: `print` or a log call with texts and names. */
export function isMessage(text: string, statement: PyNode): boolean {
  const [call, ...more] = namedChildren(statement);
  if (statement.type === 'print_statement') return namedChildren(statement).every(isSaid);
  if (statement.type !== 'expression_statement' || call?.type !== 'call' || more.length > 0) return false;
  const callee = childAt(call, 'function');
  const list = childAt(call, 'arguments');
  const name = callee === undefined ? null : dottedOf(text, callee);
  if (name === null || list?.type !== 'argument_list') return false;
  const logs = /log/i.test(name) && LOG_LEVELS.test(name.split('.').at(-1) as string);
  return (name === 'print' || logs) && namedChildren(list).every(isSaid);
}

function isSaid(node: PyNode): boolean {
  if (node.type === 'string') return node.children.every((part) => part.type !== 'interpolation' || isInserted(part));
  if (node.type === 'concatenated_string') return namedChildren(node).every(isSaid);
  if (node.type === 'keyword_argument') return namedChildren(node).every(isSaid);
  return isPure(node);
}

function isInserted(interpolation: PyNode): boolean {
  const expression = childAt(interpolation, 'expression');
  return expression !== undefined && isPure(expression);
}

function isAnnouncement(context: RemovalContext, statement: PyNode): boolean {
  const { text, announcement } = context;
  return announcement !== undefined && isMessage(text, statement) && announcement.test(sourceOf(text, statement));
}

/**
 * The next statement of the block when it follows on the next line or the same one; after anything but a message, which
 * may be the announcement already, also when blank lines stand between.
 */
function nextAttached(context: RemovalContext, statement: PyNode): PyNode | undefined {
  const siblings = statement.parent === null ? [] : statementsOf(statement.parent);
  const next = siblings[siblings.indexOf(statement) + 1];
  if (next === undefined) return undefined;
  const { lines, text } = context;
  if (!isMessage(text, statement) && /^\s*$/.test(text.slice(statement.end, next.start))) return next;
  return lines.lineAt(next.start) - lines.lineAt(Math.max(statement.start, statement.end - 1)) <= 1 ? next : undefined;
}

function allGone(block: PyNode | undefined, gone: ReadonlySet<PyNode>): boolean {
  return block !== undefined && statementsOf(block).every((statement) => gone.has(statement));
}

/** A `try` around nothing, whose handlers only gave the import up or said so. */
function isEmptyTry(context: RemovalContext, statement: PyNode, gone: ReadonlySet<PyNode>): boolean {
  if (statement.type !== 'try_statement' || !allGone(childAt(statement, 'body'), gone)) return false;
  return statement.children
    .filter((part) => part.type.endsWith('_clause'))
    .every((clause) => {
      const block = clause.children.find((child) => child.type === 'block');
      if (clause.type !== 'except_clause') return allGone(block, gone);
      const idle = (node: PyNode) => gone.has(node) || node.type === 'pass_statement' || isMessage(context.text, node);
      return block !== undefined && statementsOf(block).every(idle);
    });
}

function settle(context: RemovalContext, gone: Set<PyNode>, guards: ReadonlySet<PyNode>): void {
  const compounds = [...walk(context.root)]
    .filter((node) => node.type === 'try_statement' || guards.has(node))
    .reverse();
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const statement of gone) {
      // A set grows while it is walked, so an announcement after an announcement is met too.
      const next = nextAttached(context, statement);
      if (next !== undefined && isAnnouncement(context, next)) gone.add(next);
    }
    for (const statement of compounds) {
      const empty = guards.has(statement)
        ? allGone(childAt(statement, 'consequence'), gone)
        : isEmptyTry(context, statement, gone) && holdsAny(statement, gone);
      if (empty) gone.add(statement);
    }
  }
}

function holdsAny(statement: PyNode, gone: ReadonlySet<PyNode>): boolean {
  return [...gone].some((node) => node.start >= statement.start && node.end <= statement.end);
}

/** Works out what goes when every binding of `bindings` goes. */
export function planRemoval(context: RemovalContext, bindings: readonly Binding[]): Removal {
  const items = bindings.flatMap((binding) => binding.items);
  const uses = bindings.flatMap((binding) => binding.uses);
  const dropped = new Set(items.map((item) => item.node));
  const gone = new Set<PyNode>();
  for (const item of items) {
    const whole = importItems(context.text, item.statement).every((other) => dropped.has(other.node));
    if (whole) gone.add(item.statement);
  }
  const replaced = new Map<PyNode, PyNode>();
  for (const use of uses) {
    if (use.kind === 'fallback') gone.add(use.statement);
    if (use.kind !== 'call') continue;
    if (use.argument === null) gone.add(statementAround(use.node));
    else replaced.set(use.node, use.argument);
  }
  for (const call of replaced.keys()) {
    const statement = statementAround(call);
    if (losesNothing(context.text, statement, replaced)) gone.add(statement);
  }
  const guards = new Set(uses.flatMap((use) => (use.kind === 'guard' ? [use.statement] : [])));
  settle(context, gone, guards);
  return { gone, dropped, replaced };
}

/** The first use of a binding that the removal does not take care of: it keeps the import. */
export function obstacleTo(binding: Binding, removal: Removal): BindingUse | undefined {
  return binding.uses.find((use) => {
    if (use.kind === 'stays') return true;
    if (use.kind === 'guard') return !removal.gone.has(use.statement);
    return false;
  });
}

/** Assignments `app = f(app)` that go though nothing before them binds `app`. */
export function unboundTargets(context: RemovalContext, removal: Removal): readonly PyNode[] {
  return [...removal.gone].filter((statement) => {
    const assignment = namedChildren(statement)[0];
    if (statement.type !== 'expression_statement' || assignment?.type !== 'assignment') return false;
    const right = childAt(assignment, 'right');
    if (right === undefined || !removal.replaced.has(right)) return false;
    const left = childAt(assignment, 'left');
    return left?.type === 'identifier' && !isBoundBefore(context, sourceOf(context.text, left), statement);
  });
}

function isBoundBefore(context: RemovalContext, name: string, statement: PyNode): boolean {
  const { text, root } = context;
  const scopes = [...ancestors(statement)].filter((node) => node.type === 'function_definition' || node === root);
  // A function runs after the module, so there the order of the text says nothing about names of an outer scope.
  const reaches = (node: PyNode): boolean => {
    const scope =
      node.field === 'name' && node.parent?.type === 'function_definition' ? scopeOf(node.parent) : scopeOf(node);
    return scopes.includes(scope) && (scope !== scopeOf(statement) || node.start < statement.start);
  };
  const imported = importItems(text, root).some((item) => {
    return (item.name === '*' || localName(item) === name) && reaches(item.node);
  });
  if (imported) return true;
  return [...walk(root)].some(
    (node) => node.type === 'identifier' && sourceOf(text, node) === name && isBinding(node) && reaches(node),
  );
}

const PRIMARY = ['identifier', 'attribute', 'call', 'subscript', 'string', 'parenthesized_expression', 'list', 'tuple'];

/** Whether an expression that leaves the parentheses of a call needs some of its own. */
export function needsParentheses(text: string, call: PyNode, argument: PyNode): boolean {
  const inList = call.parent?.type === 'argument_list';
  return !inList && (!PRIMARY.includes(argument.type) || sourceOf(text, argument).includes('\n'));
}
