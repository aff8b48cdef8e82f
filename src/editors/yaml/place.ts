import { bomLength, type Newline, newlineOf } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { YamlList, YamlMap } from './node.ts';

/** Thrown inside an editor for a place that no edit can take safely; the editor answers `refused`. */
export class UnsafePlaceError extends Error {
  readonly line: number;
  constructor(why: string, line: number) {
    super(why);
    this.line = line;
  }
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  if (offset === 0) return 0;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 ? bomLength(text) : start;
}

/** Offset just after the newline of the line that holds `offset`, or the end of the text. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** Spaces before `offset` on its line; refuses when anything else stands there. */
export function indentAt(text: string, offset: number, line: number): number {
  const before = text.slice(lineStart(text, offset), offset);
  if (!/^ *$/.test(before)) throw new UnsafePlaceError('the place is not at the start of its own line', line);
  return before.length;
}

/** Puts `lines` on lines of their own just after the line that holds `offset`; keeps a missing final newline missing. */
export function insertLinesAfter(text: string, offset: number, lines: readonly string[]): TextEdit {
  const at = lineEnd(text, offset);
  const newline = newlineBefore(text, at);
  const closed = text.charCodeAt(at - 1) === 10;
  const body = lines.join(newline);
  return { start: at, end: at, text: closed ? `${body}${newline}` : `${newline}${body}` };
}

function newlineBefore(text: string, at: number): Newline {
  if (text.charCodeAt(at - 1) !== 10) return newlineOf(text);
  return text.charCodeAt(at - 2) === 13 ? '\r\n' : '\n';
}

/**
 * The offset to insert after so that comments which stand deeper than `indent` right below `offset` stay with what is
 * above them.
 */
export function pastInnerComments(text: string, offset: number, indent: number): number {
  let at = offset;
  for (;;) {
    const next = lineEnd(text, at);
    const line = /^( *)#/.exec(text.slice(next, lineEnd(text, next)));
    if (line?.[1] === undefined || line[1].length <= indent) return at;
    at = next;
  }
}

/** Removes the whole lines from `start` to `end`, with a trailing comment of the last one. */
export function removeLines(text: string, start: number, end: number, line: number): TextEdit {
  indentAt(text, start, line);
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  const atOpenEnd = to === text.length && text.charCodeAt(to - 1) !== 10;
  if (!atOpenEnd || from === 0) return { start: from, end: to, text: '' };
  return { start: text.charCodeAt(from - 2) === 13 ? from - 2 : from - 1, end: to, text: '' };
}

/** Adds one element, written as `element`, at the end of a flow collection. */
export function insertIntoFlow(text: string, collection: YamlMap | YamlList, element: string): TextEdit {
  const last = elementsOf(collection).at(-1);
  if (last === undefined) {
    const at = collection.start + 1;
    const rest = text.slice(at, collection.end - 1);
    if (rest.trim() !== '') throw new UnsafePlaceError('a comment fills the empty collection', collection.line);
    return { start: at, end: at, text: element };
  }
  return { start: last.end, end: last.end, text: `, ${element}` };
}

/** Removes the element `index` of a flow collection with the comma that belongs to it. */
export function removeFromFlow(text: string, collection: YamlMap | YamlList, index: number): TextEdit {
  const elements = elementsOf(collection);
  const element = elements[index];
  if (element === undefined) throw new UnsafePlaceError('there is no such element', collection.line);
  const next = elements[index + 1];
  const previous = elements[index - 1];
  let edit: TextEdit;
  if (next !== undefined) edit = { start: element.start, end: next.start, text: '' };
  else if (previous !== undefined) edit = { start: previous.end, end: element.end, text: '' };
  else edit = { start: collection.start + 1, end: collection.end - 1, text: '' };
  const gaps = text.slice(edit.start, element.start) + text.slice(element.end, edit.end);
  if (!/^[\s,]*$/.test(gaps))
    throw new UnsafePlaceError('a comment or property stands beside the element', element.line);
  return edit;
}

interface FlowElement {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

function elementsOf(collection: YamlMap | YamlList): readonly FlowElement[] {
  if (collection.kind === 'list') return collection.items;
  return collection.entries.map((entry) => ({ start: entry.key.start, end: entry.end, line: entry.line }));
}
