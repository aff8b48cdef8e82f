import type { LineIndex } from '../../base/text.ts';
import { applyEdits, type TextEdit } from '../../tree/edits.ts';
import { importItems } from './imports.ts';
import { ancestors, type PyNode, sourceOf } from './node.ts';
import { leftOf, needsParentheses, type Removal } from './removal.ts';

function isInsideGone(node: PyNode, removal: Removal): boolean {
  return [...ancestors(node)].some((above) => removal.gone.has(above));
}

/** Puts what is left of each replaced call in its place; a call inside another is part of what is left of that. */
export function drawReplaced(text: string, removal: Removal): readonly TextEdit[] {
  const { replaced } = removal;
  return [...replaced.keys()]
    .filter((call) => !isInsideGone(call, removal) && ![...ancestors(call)].some((above) => replaced.has(above)))
    .map((call) => ({ start: call.start, end: call.end, text: renderLeft(text, call, replaced) }));
}

function renderLeft(text: string, call: PyNode, replaced: ReadonlyMap<PyNode, PyNode>): string {
  const argument = leftOf(call, replaced);
  const edits: TextEdit[] = [];
  const stack = [...argument.children];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!replaced.has(node)) stack.push(...node.children);
    else {
      const [start, end] = [node.start - argument.start, node.end - argument.start];
      edits.push({ start, end, text: renderLeft(text, node, replaced) });
    }
  }
  const left = applyEdits(sourceOf(text, argument), edits);
  return needsParentheses(text, call, argument) ? `(${left})` : left;
}

/** Takes modules and names out of import statements that keep others. */
export function drawDropped(text: string, root: PyNode, lines: LineIndex, removal: Removal): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const statements = new Set(
    importItems(text, root)
      .filter((item) => removal.dropped.has(item.node) && !removal.gone.has(item.statement))
      .map((item) => item.statement),
  );
  for (const statement of statements) {
    if (isInsideGone(statement, removal)) continue;
    edits.push(...cutFromList(text, statement, lines, removal.dropped));
  }
  return edits;
}

/** Takes items out of `import a, b` or `from m import (…)`; an item alone on its line goes with the line. */
function cutFromList(
  text: string,
  statement: PyNode,
  lines: LineIndex,
  dropped: ReadonlySet<PyNode>,
): readonly TextEdit[] {
  const items = statement.children.filter((child) => child.field === 'name');
  const open = statement.children.find((child) => child.type === '(');
  const edits: TextEdit[] = [];
  const lastKept = items.findLastIndex((node) => !dropped.has(node));
  const ownLines = new Set(open === undefined ? [] : items.filter((node) => standsAlone(text, node, lines)));
  items.forEach((node, index) => {
    if (!dropped.has(node)) return;
    const line = lines.lineAt(node.start);
    if (ownLines.has(node)) edits.push({ start: lines.startOf(line), end: lines.endOf(line), text: '' });
    else if (index < lastKept) edits.push({ start: node.start, end: (items[index + 1] as PyNode).start, text: '' });
    else edits.push({ start: (items[index - 1] as PyNode).end, end: node.end, text: '' });
  });
  return edits;
}

function standsAlone(text: string, node: PyNode, lines: LineIndex): boolean {
  const line = lines.lineAt(node.start);
  const before = text.slice(lines.startOf(line), node.start);
  const after = text.slice(node.end, lines.endOf(line));
  return before.trim() === '' && /^[ \t]*,[ \t]*(?:#.*)?\r?\n$/.test(after);
}
