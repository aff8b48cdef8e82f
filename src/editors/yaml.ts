import {
  type CST,
  isAlias,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
  type YAMLParseError,
} from 'yaml';
import { rememberByText } from '../base/memo.ts';
import { indexLines, type LineIndex } from '../base/text.ts';
import { formatLimitProblem } from '../tree/text-limits.ts';
import type { YamlDocument, YamlEntry, YamlItem, YamlNode, YamlPath, YamlProblem, YamlResult } from './yaml/node.ts';
import { AliasLimitError, lineAt, nodeAt, plainValue, resolveAlias } from './yaml/value.ts';

export type {
  YamlAlias,
  YamlDocument,
  YamlEntry,
  YamlItem,
  YamlList,
  YamlMap,
  YamlNode,
  YamlPath,
  YamlProblem,
  YamlResult,
  YamlScalar,
} from './yaml/node.ts';

const TOO_DEEP = 'collections nest too deep';

type Refusal = Extract<YamlResult, { kind: 'refused' }>;

/**
 * Reads a YAML 1.2 text of any number of documents: plain values with aliases and merge keys resolved, and nodes with
 * their place. Refuses, with the line, what a careful reader would not trust: syntax errors, duplicate keys, tabs as
 * indentation, an alias without its anchor or inside it, aliases that expand without bound. Never throws for any text.
 */
export const parseYaml: (text: string) => YamlResult = rememberByText((text) => {
  // Before the parser sees it: on a deep nest it can end the whole process, not only itself.
  const beyond = formatLimitProblem('yaml', text);
  if (beyond !== null) return { kind: 'refused', problem: 'limit', ...beyond };
  const lines = indexLines(text);
  try {
    // Its own search for duplicate keys takes a time that grows with the square of their number.
    const options = { keepSourceTokens: true, prettyErrors: false, uniqueKeys: false };
    const parsed = parseAllDocuments(text, options);
    const documents: YamlDocument[] = [];
    for (const document of 'empty' in parsed ? [] : parsed) {
      const error = document.errors[0];
      if (error !== undefined) return refusalOf(error, lines);
      documents.push(convertDocument(document.contents, document.range[0], text, lines));
    }
    return { kind: 'parsed', documents };
  } catch (error) {
    if (error instanceof YamlRefusal) return error.refusal;
    if (error instanceof AliasLimitError)
      return { kind: 'refused', problem: 'limit', why: error.message, line: error.line };
    if (error instanceof RangeError) return { kind: 'refused', problem: 'limit', why: TOO_DEEP, line: 1 };
    throw error;
  }
});

/** The node at `path` of a document, aliases and merge keys followed; null when there is none. */
export function yamlNodeAt(document: YamlDocument, path: YamlPath): YamlNode | null {
  return nodeAt(document.root, path);
}

/** The line of the key or list item at `path` of a document, from 1; null when there is none. */
export function yamlLineAt(document: YamlDocument, path: YamlPath): number | null {
  return lineAt(document.root, path);
}

/** The node that an alias stands for; any other node itself. */
export function resolveYamlAlias(node: YamlNode): YamlNode {
  return resolveAlias(node);
}

class YamlRefusal extends Error {
  readonly refusal: Refusal;
  constructor(problem: YamlProblem, why: string, line: number) {
    super(why);
    this.refusal = { kind: 'refused', problem, why, line };
  }
}

function refusalOf(error: YAMLParseError, lines: LineIndex): Refusal {
  const line = lines.lineAt(error.pos[0]);
  if (error.code === 'TAB_AS_INDENT') return { kind: 'refused', problem: 'tab', why: 'tab used as indentation', line };
  // The parser reports its own exhausted stack as an error of the text.
  if (error.message.includes('call stack')) return { kind: 'refused', problem: 'limit', why: TOO_DEEP, line };
  const problem = error.code === 'BAD_ALIAS' ? 'alias' : 'syntax';
  return { kind: 'refused', problem, why: `not valid YAML: ${error.message}`, line };
}

interface Conversion {
  readonly text: string;
  readonly lines: LineIndex;
  /** The node that each anchor names so far; null while it is still being read. */
  readonly anchors: Map<string, YamlNode | null>;
  readonly listed: { name: string; line: number }[];
}

function convertDocument(contents: ParsedNode | null, start: number, text: string, lines: LineIndex): YamlDocument {
  const conversion: Conversion = { text, lines, anchors: new Map(), listed: [] };
  const root = contents === null ? null : convertNode(contents, conversion);
  const line = root?.line ?? lines.lineAt(start);
  return { root, line, value: plainValue(root), anchors: conversion.listed };
}

function convertNode(node: ParsedNode, conversion: Conversion): YamlNode {
  const anchor = 'anchor' in node ? (node.anchor ?? null) : null;
  if (anchor !== null) {
    conversion.anchors.set(anchor, null);
    conversion.listed.push({ name: anchor, line: conversion.lines.lineAt(node.range[0]) });
  }
  const converted = convertContent(node, anchor, conversion);
  if (anchor !== null) conversion.anchors.set(anchor, converted);
  return converted;
}

function convertContent(node: ParsedNode, anchor: string | null, conversion: Conversion): YamlNode {
  const start = node.range[0];
  const place = { start, line: conversion.lines.lineAt(start), anchor, tag: node.tag ?? null };
  if (isAlias(node)) {
    return {
      ...place,
      kind: 'alias',
      end: node.range[1],
      name: node.source,
      target: targetOf(node.source, place.line, conversion),
    };
  }
  if (isScalar(node)) {
    const style = styleOf(node.type);
    const end = style === 'block' ? trimmedEnd(conversion.text, start, node.range[1]) : node.range[1];
    const decoded = typeof node.value === 'string' ? node.value : (node.source ?? '');
    // A number keeps its text (`1.0`), and a plain text over several lines is read as the one line it stands for.
    const source = style === 'plain' && typeof node.value !== 'string' ? conversion.text.slice(start, end) : decoded;
    return { ...place, kind: 'scalar', end, value: scalarValue(node.value, source), source, style };
  }
  const tokens = node.srcToken?.items ?? [];
  const flow = node.flow === true;
  if (isSeq(node)) {
    const items = convertItems(node.items, tokens, flow, conversion);
    return { ...place, kind: 'list', flow, items, end: flow ? node.range[1] : (items.at(-1)?.end ?? node.range[1]) };
  }
  const entries = convertEntries(node.items, tokens, conversion);
  return { ...place, kind: 'map', flow, entries, end: flow ? node.range[1] : (entries.at(-1)?.end ?? node.range[1]) };
}

function targetOf(name: string, line: number, conversion: Conversion): YamlNode {
  const target = conversion.anchors.get(name);
  if (target === undefined) throw new YamlRefusal('alias', `alias *${name} has no anchor before it`, line);
  if (target === null) throw new YamlRefusal('alias', `alias *${name} lies inside its own anchor`, line);
  return target;
}

type CollectionToken =
  | CST.BlockMap['items'][number]
  | CST.BlockSequence['items'][number]
  | CST.FlowCollection['items'][number];

function isWritten(token: CollectionToken): boolean {
  const hasProperty = token.start.some(({ type }) => type === 'anchor' || type === 'tag' || type === 'seq-item-ind');
  return hasProperty || token.key != null || token.sep != null || token.value != null;
}

function convertItems(
  nodes: readonly unknown[],
  tokens: readonly CollectionToken[],
  flow: boolean,
  conversion: Conversion,
): readonly YamlItem[] {
  const written = tokens.filter(isWritten);
  return nodes.map((node, index) => {
    const value = convertNode(node as ParsedNode, conversion);
    const dash = flow ? undefined : written[index]?.start.find(({ type }) => type === 'seq-item-ind');
    const start = dash?.offset ?? value.start;
    return { start, end: contentEnd(value, start + 1), line: conversion.lines.lineAt(start), value };
  });
}

function convertEntries(
  pairs: readonly Pair<ParsedNode, ParsedNode | null>[],
  tokens: readonly CollectionToken[],
  conversion: Conversion,
): readonly YamlEntry[] {
  const written = tokens.filter(isWritten);
  const seen = new Set<unknown>();
  return pairs.map((pair, index) => {
    const key = convertNode(pair.key, conversion);
    if (isScalar(pair.key)) {
      if (seen.has(pair.key.value)) throw new YamlRefusal('duplicate-key', 'duplicate key', key.line);
      seen.add(pair.key.value);
    }
    const token = written.length === pairs.length ? written[index] : undefined;
    const colon = token?.sep?.find(({ type }) => type === 'map-value-ind');
    const explicit = token?.start.some(({ type }) => type === 'explicit-key-ind') === true;
    const colonEnd = colon === undefined || explicit ? null : colon.offset + 1;
    const value = pair.value === null ? emptyAfter(key) : convertNode(pair.value, conversion);
    const name = key.kind === 'scalar' ? key.source : JSON.stringify(plainValue(key));
    const isMerge = name === '<<' && key.kind === 'scalar' && key.style === 'plain';
    return { name, key, isMerge, line: key.line, colonEnd, value, end: contentEnd(value, colonEnd ?? key.end) };
  });
}

/** An absent value has its place where the next token stands, perhaps lines below: its owner then ends before it. */
function contentEnd(value: YamlNode, ownEnd: number): number {
  return value.kind === 'scalar' && value.start === value.end ? ownEnd : Math.max(value.end, ownEnd);
}

function emptyAfter(key: YamlNode): YamlNode {
  const place = { start: key.end, end: key.end, line: key.line, anchor: null, tag: null };
  return { ...place, kind: 'scalar', value: null, source: '', style: 'plain' };
}

function trimmedEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

function styleOf(type: string | undefined): 'plain' | 'single' | 'double' | 'block' {
  if (type === 'QUOTE_SINGLE') return 'single';
  if (type === 'QUOTE_DOUBLE') return 'double';
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 'block' : 'plain';
}

function scalarValue(value: unknown, source: string): string | number | boolean | null {
  const plain = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? value : source;
}
