/** Finds where keys and strings of a TOML text stand, which its parser does not tell. Pure. */
import { bomLength } from '../../base/text.ts';

/** A key or a string value, with its place. Offsets are UTF-16 code units. */
export interface TomlPlace {
  readonly kind: 'key' | 'string';
  /** The keys that lead to it, of a key its own among them; lists add nothing. */
  readonly path: readonly string[];
  /** As it is written between the quotes; the text of a bare key. */
  readonly source: string;
  /** The text between the quotes. */
  readonly start: number;
  readonly end: number;
  /** The quotes; empty for a bare key. */
  readonly quote: string;
}

interface Scan {
  readonly text: string;
  readonly places: TomlPlace[];
  at: number;
}

const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;
const SPACE = /[ \t]*/y;
const BARE = /[A-Za-z0-9_-]+/y;
const OTHER = /[^\s,\]}#"']+/y;
const STRINGS = [/"""[\s\S]*?(?<!\\)(?:\\\\)*"""+/y, /'''[\s\S]*?'''+/y, /"(?:[^"\\\n]|\\.)*"/y, /'[^'\n]*'/y];

/** The places of a text that is valid TOML; for any other text what was found before it stopped to be understood. */
export function tomlPlaces(text: string): readonly TomlPlace[] {
  const scan: Scan = { text, places: [], at: bomLength(text) };
  let table: readonly string[] = [];
  for (;;) {
    skip(scan, BLANK);
    if (scan.at >= text.length) return scan.places;
    if (text[scan.at] === '[') {
      const width = text[scan.at + 1] === '[' ? 2 : 1;
      scan.at += width;
      const keys = readKeys(scan, []);
      if (keys === null) return scan.places;
      table = keys;
      scan.at += width;
    } else if (!readPair(scan, table)) return scan.places;
  }
}

function skip(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text)?.[0] ?? '';
  scan.at += found.length;
  return found;
}

function readQuoted(scan: Scan): { readonly start: number; readonly end: number; readonly quote: string } | null {
  const start = scan.at;
  for (const pattern of STRINGS) {
    const found = skip(scan, pattern);
    if (found === '') continue;
    const quote = /^(?:"""|'''|.)/.exec(found)?.[0] ?? '';
    return { start: start + quote.length, end: start + found.length - quote.length, quote };
  }
  return null;
}

/** Reads `a."b".c`, and the white space behind it. */
function readKeys(scan: Scan, above: readonly string[]): readonly string[] | null {
  let path = above;
  for (;;) {
    skip(scan, SPACE);
    const start = scan.at;
    const quoted = readQuoted(scan);
    if (quoted === null && skip(scan, BARE) === '') return null;
    const place = quoted ?? { start, end: scan.at, quote: '' };
    const source = scan.text.slice(place.start, place.end);
    path = [...path, source];
    scan.places.push({ kind: 'key', path, source, ...place });
    skip(scan, SPACE);
    if (scan.text[scan.at] !== '.') return path;
    scan.at += 1;
  }
}

function readPair(scan: Scan, above: readonly string[]): boolean {
  const path = readKeys(scan, above);
  if (path === null || scan.text[scan.at] !== '=') return false;
  scan.at += 1;
  skip(scan, SPACE);
  return readValue(scan, path);
}

function readValue(scan: Scan, path: readonly string[]): boolean {
  const first = scan.text[scan.at];
  if (first === '[') return readMembers(scan, ']', () => readValue(scan, path));
  if (first === '{') return readMembers(scan, '}', () => readPair(scan, path));
  const quoted = readQuoted(scan);
  if (quoted === null) return skip(scan, OTHER) !== '';
  scan.places.push({ kind: 'string', path, source: scan.text.slice(quoted.start, quoted.end), ...quoted });
  return true;
}

function readMembers(scan: Scan, close: string, readOne: () => boolean): boolean {
  scan.at += 1;
  for (;;) {
    skip(scan, BLANK);
    if (scan.text[scan.at] === close) break;
    if (!readOne()) return false;
    skip(scan, BLANK);
    if (scan.text[scan.at] === ',') scan.at += 1;
    else if (scan.text[scan.at] !== close) return false;
  }
  scan.at += 1;
  return true;
}
