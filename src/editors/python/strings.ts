import type { PyNode } from './node.ts';
import { namedChildren } from './node.ts';

const SINGLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

function decodeEscapes(raw: string): string {
  return raw.replace(ESCAPE, (whole, x, u, long, octal, single) => {
    const hex: string | undefined = x ?? u ?? long;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : null;
    if (code !== null) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return SINGLE[single] ?? whole;
  });
}

/**
 * The value of a `string` or `concatenated_string` node; null for bytes and for an f-string that inserts something,
 * whose value the text does not say.
 */
export function stringValue(text: string, node: PyNode): string | null {
  if (node.type === 'concatenated_string') {
    const parts = namedChildren(node).map((part) => stringValue(text, part));
    return parts.includes(null) ? null : parts.join('');
  }
  if (node.type !== 'string') return null;
  const open = node.children.find((child) => child.type === 'string_start');
  const close = node.children.find((child) => child.type === 'string_end');
  if (open === undefined || close === undefined) return null;
  const prefix = text
    .slice(open.start, open.end)
    .toLowerCase()
    .replace(/['"]+$/, '');
  if (prefix.includes('b')) return null;
  const formatted = prefix.includes('f') || prefix.includes('t');
  if (formatted && node.children.some((child) => child.type === 'interpolation')) return null;
  const raw = text.slice(open.end, close.start).replace(/\r\n?/g, '\n');
  const value = prefix.includes('r') ? raw : decodeEscapes(raw);
  return formatted ? value.replaceAll('{{', '{').replaceAll('}}', '}') : value;
}
