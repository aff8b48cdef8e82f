import { newlineOf, type PyNode, pythonChildren, type TextEdit, walkPython } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';

/** How wide a line may be, as Black and Ruff have it. */
export const WIDTH = 88;

/** An argument that is written into a call: on one line where it fits, else over several. */
export interface NewArgument {
  /** `system_prompt=…`, or `options=Name(` with {@link inner} in it and `)`. */
  readonly head: string;
  /** Arguments of the call that the head opens. */
  readonly inner?: readonly string[];
}

/** Adds keyword arguments at the end of a call's, laid out as those that are there. */
export function addArguments(file: PythonFile, list: PyNode, added: readonly NewArgument[]): readonly TextEdit[] {
  const { text } = file.code;
  const args = pythonChildren(list);
  const last = args.at(-1);
  const comments = list.children.filter(({ type }) => type === 'comment');
  if (last === undefined && comments.length > 0) return addBelowComment(file, list, added);
  const isOneLine = !text.slice(list.start, list.end).includes('\n');
  if (last === undefined || isOneLine) return addToLine(file, list, args, added);
  const lead = leadOf(text, last.start);
  const isOwnLine = args.some(
    (one) =>
      text.slice(lineStart(text, one.start), one.start).trim() === '' &&
      lineStart(text, one.start) === lineStart(text, last.start),
  );
  if (!isOwnLine) {
    const items = added.map((one) => `, ${inline(one)}`).join('');
    return [{ start: last.end, end: last.end, text: items }];
  }
  return addLines(file, list, last, lead, added);
}

function addLines(
  file: PythonFile,
  list: PyNode,
  last: PyNode,
  lead: string,
  added: readonly NewArgument[],
): readonly TextEdit[] {
  const { text } = file.code;
  const newline = newlineOf(text);
  const comma = list.children.find((child) => child.type === ',' && child.start >= last.end);
  const behind = comma?.end ?? last.end;
  const comment = list.children.find(
    (child) => child.type === 'comment' && child.start >= behind && !text.slice(behind, child.start).includes('\n'),
  );
  const at = comment === undefined ? behind : endOf(text, comment);
  const lines = added.map((one) => newline + lead + render(file, one, lead));
  if (comma !== undefined) return [{ start: at, end: at, text: lines.map((line) => `${line},`).join('') }];
  return [
    { start: last.end, end: last.end, text: ',' },
    { start: at, end: at, text: lines.join(',') },
  ];
}

function addBelowComment(file: PythonFile, list: PyNode, added: readonly NewArgument[]): readonly TextEdit[] {
  const { text } = file.code;
  const comment = list.children.findLast(({ type }) => type === 'comment') as PyNode;
  const lead = leadOf(text, comment.start);
  const newline = newlineOf(text);
  const lines = added.map((one) => `${newline}${lead}${render(file, one, lead)},`);
  const at = endOf(text, comment);
  return [{ start: at, end: at, text: lines.join('') }];
}

/** Adds to a call of one line, which becomes one of several lines when it gets too wide. */
function addToLine(
  file: PythonFile,
  list: PyNode,
  args: readonly PyNode[],
  added: readonly NewArgument[],
): readonly TextEdit[] {
  const { text } = file.code;
  const last = args.at(-1);
  const items = added.map(inline).join(', ');
  const separator = last === undefined ? '' : ', ';
  const from = lineStart(text, list.start);
  const lineEnd = text.indexOf('\n', list.end);
  const width = (lineEnd === -1 ? text.length : lineEnd) - from + items.length + separator.length;
  const at = last?.end ?? list.start + 1;
  if (width <= WIDTH) return [{ start: at, end: list.end - 1, text: separator + items }];
  const newline = newlineOf(text);
  const base = leadOf(text, list.start);
  const lead = base + unitOf(file);
  const starts = args.map(({ start }, index) => ({
    start: args[index - 1]?.end ?? list.start + 1,
    end: start,
    text: `${index === 0 ? '' : ','}${newline}${lead}`,
  }));
  const lines = added.map((one) => `${newline}${lead}${render(file, one, lead)},`).join('');
  return [
    ...starts,
    { start: at, end: list.end - 1, text: `${last === undefined ? '' : ','}${lines}${newline}${base}` },
  ];
}

function inline({ head, inner }: NewArgument): string {
  return inner === undefined ? head : `${head}${inner.join(', ')})`;
}

/** The argument as it stands behind `lead`. */
function render(file: PythonFile, one: NewArgument, lead: string): string {
  const line = inline(one);
  if (one.inner === undefined || lead.length + line.length < WIDTH) return line;
  const newline = newlineOf(file.code.text);
  const deeper = lead + unitOf(file);
  return `${one.head}${one.inner.map((item) => `${newline}${deeper}${item},`).join('')}${newline}${lead})`;
}

/** An expression that is put in place of another one, which starts at `at`. */
export function renderAt(file: PythonFile, one: NewArgument, at: number): string {
  const { text } = file.code;
  const line = inline(one);
  return at - lineStart(text, at) + line.length <= WIDTH ? line : render(file, one, leadOf(text, at));
}

/** The grammar takes the first half of a line end of Windows for a part of the comment. */
function endOf(text: string, comment: PyNode): number {
  return text[comment.end - 1] === '\r' ? comment.end - 1 : comment.end;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** The white space that the line of `at` starts with. */
export function leadOf(text: string, at: number): string {
  const start = lineStart(text, at);
  return /^\uFEFF?([ \t]*)/.exec(text.slice(start, at))?.[1] ?? '';
}

/** One level of indentation, as the first block of the file has it. */
export function unitOf({ code: { text, root } }: PythonFile): string {
  for (const node of walkPython(root)) {
    if (node.type !== 'block' || node.parent === null) continue;
    const outer = leadOf(text, node.parent.start);
    const inner = leadOf(text, node.start);
    if (inner.length > outer.length && inner.startsWith(outer)) return inner.slice(outer.length);
  }
  return '    ';
}
