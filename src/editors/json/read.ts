import { rememberByText } from '../../base/memo.ts';
import { bomLength, indexLines, type LineIndex } from '../../base/text.ts';

interface Place {
  /** Offsets in the text, UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

/** A text, a number, true, false or null. */
export interface JsonScalar extends Place {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

/** Values in brackets. */
export interface JsonList extends Place {
  readonly kind: 'list';
  readonly items: readonly JsonNode[];
}

/** One `"key": value`; `key` has the place of the quoted text. */
export interface JsonEntry {
  readonly name: string;
  readonly key: Place;
  readonly value: JsonNode;
}

/** Entries in braces, in the order of the text; a name may stand twice, and then readers take the last. */
export interface JsonObject extends Place {
  readonly kind: 'object';
  readonly entries: readonly JsonEntry[];
}

/** A value with its place. */
export type JsonNode = JsonScalar | JsonList | JsonObject;

/** A JSON text that was read. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode;
  /** Lines of keys that an object holds for the second time. */
  readonly duplicates: readonly { readonly name: string; readonly line: number }[];
}

/** What came of reading a JSON text. */
export type JsonResult =
  | { readonly kind: 'read'; readonly document: JsonDocument }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };

const DEPTH = 500;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const BLANK = /[ \t\r\n]*(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/)?/y;

/** Reads JSON of any looseness that package managers and compilers take, comments and trailing commas; never throws for any text. */
export const readJson: (text: string) => JsonResult = rememberByText((text) => {
  const cursor: Cursor = { text, lines: indexLines(text), at: bomLength(text), duplicates: [] };
  try {
    skipBlank(cursor);
    const root = readNode(cursor, 0);
    skipBlank(cursor);
    if (cursor.at < text.length) throw new NotJson('something follows the value');
    return { kind: 'read', document: { text, root, duplicates: cursor.duplicates } };
  } catch (error) {
    if (error instanceof NotJson) return { kind: 'refused', why: error.message, line: cursor.lines.lineAt(cursor.at) };
    throw error;
  }
});

/** The node at a path of names and positions, the last of entries with one name; null when there is none. */
export function jsonNodeAt(root: JsonNode, path: readonly (string | number)[]): JsonNode | null {
  let at: JsonNode | undefined = root;
  for (const part of path) {
    if (at?.kind === 'object') at = at.entries.findLast(({ name }) => name === part)?.value;
    else if (at?.kind === 'list' && typeof part === 'number') at = at.items[part];
    else return null;
  }
  return at ?? null;
}

class NotJson extends Error {}

interface Cursor {
  readonly text: string;
  readonly lines: LineIndex;
  readonly duplicates: { name: string; line: number }[];
  at: number;
}

function match(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? null;
  cursor.at += found?.length ?? 0;
  return found;
}

function skipBlank(cursor: Cursor): void {
  let from: number;
  do {
    from = cursor.at;
    match(cursor, BLANK);
  } while (cursor.at > from);
}

function placeFrom(cursor: Cursor, start: number): Place {
  return { start, end: cursor.at, line: cursor.lines.lineAt(start) };
}

function readNode(cursor: Cursor, depth: number): JsonNode {
  if (depth > DEPTH) throw new NotJson('collections nest too deep');
  const start = cursor.at;
  const first = cursor.text[start] ?? '';
  if (first === '{') return readObject(cursor, depth);
  if (first === '[') return readList(cursor, depth);
  const source = match(cursor, first === '"' ? STRING : /[-\d]/.test(first) ? NUMBER : WORD);
  if (source === null) throw new NotJson('not valid JSON');
  return { kind: 'scalar', value: JSON.parse(source) as JsonScalar['value'], ...placeFrom(cursor, start) };
}

function readObject(cursor: Cursor, depth: number): JsonObject {
  const start = cursor.at;
  const entries: JsonEntry[] = [];
  const seen = new Set<string>();
  readMembers(cursor, '}', () => {
    const keyStart = cursor.at;
    const source = match(cursor, STRING);
    if (source === null) throw new NotJson('a key in double quotes is missing');
    const key = placeFrom(cursor, keyStart);
    const name = JSON.parse(source) as string;
    if (seen.has(name)) cursor.duplicates.push({ name, line: key.line });
    seen.add(name);
    skipBlank(cursor);
    if (cursor.text[cursor.at] !== ':') throw new NotJson('a colon is missing');
    cursor.at += 1;
    skipBlank(cursor);
    entries.push({ name, key, value: readNode(cursor, depth + 1) });
  });
  return { kind: 'object', entries, ...placeFrom(cursor, start) };
}

function readList(cursor: Cursor, depth: number): JsonList {
  const start = cursor.at;
  const items: JsonNode[] = [];
  readMembers(cursor, ']', () => items.push(readNode(cursor, depth + 1)));
  return { kind: 'list', items, ...placeFrom(cursor, start) };
}

function readMembers(cursor: Cursor, close: string, readOne: () => void): void {
  cursor.at += 1;
  for (;;) {
    skipBlank(cursor);
    if (cursor.text[cursor.at] === close) break;
    readOne();
    skipBlank(cursor);
    if (cursor.text[cursor.at] === ',') cursor.at += 1;
    else if (cursor.text[cursor.at] !== close) throw new NotJson(`a comma or ${close} is missing`);
  }
  cursor.at += 1;
}
