import type { Nodes } from 'mdast';
import type { LineIndex } from '../../base/text.ts';
import { childrenOf, type Span, spanOf, visibleText } from './parse.ts';

/** What a block of a document is. */
export type BlockKind =
  | 'heading'
  | 'paragraph'
  | 'list'
  | 'item'
  | 'table'
  | 'row'
  | 'code'
  | 'html'
  | 'group'
  | 'quote'
  | 'rule'
  | 'definition'
  | 'footnote';

/** One line inside a code block, without the indentation of the containers around it. */
export interface CodeLine {
  readonly line: number;
  readonly text: string;
}

/** A block of the document. Lines count from 1; the span runs from its first mark to its last character, no newline. */
export interface MarkdownBlock {
  readonly kind: BlockKind;
  readonly span: Span;
  readonly line: number;
  readonly endLine: number;
  /** What a reader sees; the content of a code block; the source of an HTML block. */
  readonly text: string;
  /** Of a heading, 1 to 6; else 0. */
  readonly depth: number;
  /** Of a list or item. */
  readonly ordered: boolean;
  /** Of a list: blank lines stand between its items or inside one. */
  readonly loose: boolean;
  /** Of a fenced code block its first info word in lower case, else null. */
  readonly lang: string | null;
  /** Of a fenced code block: the lines between its fences. Empty for an indented one. */
  readonly codeLines: readonly CodeLine[];
  /** Of a table row: the visible text of each cell. */
  readonly cells: readonly string[];
  readonly children: readonly MarkdownBlock[];
}

const KINDS: Partial<Record<Nodes['type'], BlockKind>> = {
  heading: 'heading',
  paragraph: 'paragraph',
  list: 'list',
  listItem: 'item',
  table: 'table',
  tableRow: 'row',
  code: 'code',
  html: 'html',
  blockquote: 'quote',
  thematicBreak: 'rule',
  definition: 'definition',
  footnoteDefinition: 'footnote',
};

/** The blocks below `node`, in order, HTML containers joined with what stands between their tags. */
export function readBlocks(node: Nodes, text: string, lines: LineIndex): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  for (const child of childrenOf(node)) {
    const kind = KINDS[child.type];
    if (kind !== undefined) blocks.push(readBlock(child, kind, text, lines));
  }
  return groupHtml(blocks);
}

function readBlock(node: Nodes, kind: BlockKind, text: string, lines: LineIndex): MarkdownBlock {
  const span = spanOf(node, text);
  const line = lines.lineAt(span.start);
  const endLine = lines.lineAt(Math.max(span.start, span.end - 1));
  const holdsBlocks = kind !== 'paragraph' && kind !== 'heading' && kind !== 'row';
  return {
    kind,
    span,
    line,
    endLine,
    text: node.type === 'code' || node.type === 'html' ? node.value : visibleText(node),
    depth: node.type === 'heading' ? node.depth : 0,
    ordered: node.type === 'list' && node.ordered === true,
    loose: node.type === 'list' && (node.spread === true || node.children.some((item) => item.spread === true)),
    lang: node.type === 'code' ? (node.lang?.toLowerCase() ?? null) : null,
    codeLines: node.type === 'code' ? readCodeLines(node.value, text, span, line, endLine) : [],
    cells: node.type === 'tableRow' ? node.children.map(visibleText) : [],
    children: holdsBlocks ? readBlocks(node, text, lines) : [],
  };
}

function readCodeLines(value: string, text: string, span: Span, line: number, endLine: number): readonly CodeLine[] {
  if (!/^(`{3,}|~{3,})/.test(text.slice(span.start, span.end)) || endLine === line) return [];
  const contents = value === '' ? [] : value.split(/\r\n|\n/);
  const found = contents.map((content, index) => ({ line: line + 1 + index, text: content }));
  return found.filter((entry) => entry.line <= endLine);
}

/** HTML elements that are used as containers around Markdown. A paragraph or list tag often stays unclosed. */
const CONTAINERS = new Set(['details', 'div', 'center', 'section', 'article', 'aside', 'table', 'blockquote']);

/** Open minus closed container tags of `html`, and the lowest value on the way. */
function tagBalance(html: string): { readonly end: number; readonly lowest: number } {
  let depth = 0;
  let lowest = 0;
  for (const match of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<(\/?)([a-zA-Z][\w-]*)[^>]*?(\/?)>/g)) {
    if (!CONTAINERS.has((match[2] ?? '').toLowerCase()) || match[3] === '/') continue;
    depth += match[1] === '/' ? -1 : 1;
    lowest = Math.min(lowest, depth);
  }
  return { end: depth, lowest };
}

/**
 * Joins an opening HTML block, its closing one and everything between to one group, so that headings inside do not end
 * a section outside. An element that is never closed stays a plain HTML block.
 */
function groupHtml(blocks: readonly MarkdownBlock[]): readonly MarkdownBlock[] {
  const result: MarkdownBlock[] = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const block = blocks[at] as MarkdownBlock;
    const close = block.kind === 'html' ? closingIndex(blocks, at) : at;
    if (close === at) {
      result.push(block);
      continue;
    }
    const inner = groupHtml(blocks.slice(at + 1, close));
    const last = blocks[close] as MarkdownBlock;
    const children = [block, ...inner, last];
    const span = { start: block.span.start, end: last.span.end };
    result.push({ ...block, kind: 'group', span, endLine: last.endLine, text: '', children });
    at = close;
  }
  return result;
}

function closingIndex(blocks: readonly MarkdownBlock[], from: number): number {
  let depth = 0;
  for (let at = from; at < blocks.length; at += 1) {
    const block = blocks[at] as MarkdownBlock;
    if (block.kind !== 'html') continue;
    const balance = tagBalance(block.text);
    if (at === from && (balance.end <= 0 || balance.lowest < 0)) return from;
    depth += balance.end;
    if (depth <= 0) return at;
  }
  return from;
}

/** Every block of the tree, outer before inner, in the order of the text. */
export function* walkBlocks(blocks: readonly MarkdownBlock[]): Generator<MarkdownBlock> {
  for (const block of blocks) {
    yield block;
    yield* walkBlocks(block.children);
  }
}
