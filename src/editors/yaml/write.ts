import type { YamlNode } from './node.ts';
import { resolveAlias } from './value.ts';

/** What an edit may write: nested as deep as wanted. */
export type YamlInput = string | number | boolean | null | readonly YamlInput[] | { readonly [key: string]: YamlInput };

export type Quote = '"' | "'" | '';

// Words that some YAML reader (1.1 or 1.2) takes for a boolean or null, and texts that look like a number or a date.
const SPECIAL_WORD = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;
const NUMBER_LIKE = /^[-+.]?\d[\d_,.:eExXoOa-fA-F+-]*$|^[-+]?\.(?:inf|nan)$/i;
const UNSAFE_START = /^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]|^\s|^(?:---|\.\.\.)(?:\s|$)/;
const UNSAFE_INSIDE = /: |:$| #|\s$|[\n\r\t]/;

function isPlainSafe(text: string, flow: boolean): boolean {
  if (text === '' || SPECIAL_WORD.test(text) || NUMBER_LIKE.test(text) || text === '<<') return false;
  if (UNSAFE_START.test(text) || UNSAFE_INSIDE.test(text) || hasControl(text)) return false;
  return !(flow && (/[,[\]{}]/.test(text) || text.includes(':')));
}

function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/.test(text);
}

/** `text` as a scalar that reads back as that string: in the wanted quotes, or plain when no quotes are asked for or needed. */
export function stringText(text: string, wanted: Quote, flow: boolean): string {
  if (hasControl(text)) return JSON.stringify(text);
  if (wanted === '' && isPlainSafe(text, flow)) return text;
  if (wanted === "'") return `'${text.replaceAll("'", "''")}'`;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** A scalar as text. */
export function scalarText(value: string | number | boolean | null, wanted: Quote, flow: boolean): string {
  return typeof value === 'string' ? stringText(value, wanted, flow) : String(value);
}

/** A value on one line, in flow style where it is a collection. */
export function flowText(value: YamlInput, wanted: Quote): string {
  if (value === null || typeof value !== 'object') return scalarText(value, wanted, true);
  if (isList(value)) return `[${value.map((item) => flowText(item, wanted)).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${stringText(key, '', true)}: ${flowText(item, wanted)}`);
  return `{${entries.join(', ')}}`;
}

/** Spaces before the items of a list and the keys of a map, counted from the key that holds them. */
export interface Indents {
  readonly list: number;
  readonly map: number;
}

/** `key: value` in block style as lines without newline, each starting with `indent` spaces. */
export function entryLines(key: string, value: YamlInput, indent: number, indents: Indents): readonly string[] {
  const head = `${' '.repeat(indent)}${stringText(key, '', false)}:`;
  if (value === null) return [head];
  if (typeof value !== 'object' || isEmpty(value)) return [`${head} ${oneLine(value)}`];
  if (isList(value)) return [head, ...value.map((item) => `${' '.repeat(indent + indents.list)}- ${oneLine(item)}`)];
  return [
    head,
    ...Object.entries(value).flatMap(([name, item]) => entryLines(name, item, indent + indents.map, indents)),
  ];
}

function oneLine(value: YamlInput): string {
  return value !== null && typeof value === 'object' ? flowText(value, '') : scalarText(value, '', false);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function isList(value: object): value is readonly YamlInput[] {
  return Array.isArray(value);
}

/** The quotes that every string of `nodes` is written in; none when they differ or there is none. */
export function commonQuote(nodes: readonly YamlNode[]): Quote {
  const quotes = new Set(
    nodes.map((node) => {
      const { kind, ...rest } = resolveAlias(node);
      if (kind !== 'scalar' || !('style' in rest)) return '';
      return rest.style === 'double' ? '"' : rest.style === 'single' ? "'" : '';
    }),
  );
  const only = quotes.size === 1 ? [...quotes][0] : undefined;
  return only ?? '';
}
