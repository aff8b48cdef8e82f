import { newlineOf } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { JsonDocument, JsonNode, JsonObject } from './read.ts';

/** `value` as a JSON text of one line. */
export function jsonString(value: string): string {
  return JSON.stringify(value);
}

/** Puts `text`, a JSON text, in place of a key or a value; nothing around it changes. */
export function replaceJson(node: Pick<JsonNode, 'start' | 'end'>, text: string): TextEdit {
  return { start: node.start, end: node.end, text };
}

/**
 * Adds `"name": value` (a JSON text) right before the entry `before` of `object`, laid out as that entry is: on a line of its own, or
 * beside it.
 */
export function addJsonEntry(
  { text }: JsonDocument,
  object: JsonObject,
  before: string,
  name: string,
  value: string,
): TextEdit {
  const next = object.entries.findLast((entry) => entry.name === before);
  const at = next?.key.start ?? object.start + 1;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const indent = text.slice(lineStart, at);
  const separator = lineStart > 0 && /^[ \t]*$/.test(indent) ? newlineOf(text) + indent : ' ';
  const gap =
    next === undefined
      ? ' '
      : text
          .slice(next.key.end, next.value.start)
          .replace(/^\s*:/, '')
          .match(/^[ \t]*/)?.[0];
  const comma = next === undefined && object.entries.length === 0 ? '' : `,${separator}`;
  return { start: at, end: at, text: `${jsonString(name)}:${gap}${value}${comma}` };
}

/** Adds `value` (a JSON text) to a list right before `item`, on a line of its own where that has one. */
export function addJsonItem({ text }: JsonDocument, item: JsonNode, value: string): TextEdit {
  const lineStart = text.lastIndexOf('\n', item.start - 1) + 1;
  const indent = text.slice(lineStart, item.start);
  const separator = lineStart > 0 && /^[ \t]*$/.test(indent) ? newlineOf(text) + indent : ' ';
  return { start: item.start, end: item.start, text: `${value},${separator}` };
}
