import type { Nodes } from 'mdast';
import { rememberByText } from '../../base/memo.ts';
import { indexLines, type LineIndex } from '../../base/text.ts';
import { type MarkdownBlock, readBlocks, walkBlocks } from './blocks.ts';
import { childrenOf, parseMarkdown, type Span, spanOf, visibleText } from './parse.ts';

/** A heading with all that follows it up to the next heading of its depth or above. */
export interface MarkdownSection {
  readonly kind: 'section';
  readonly heading: MarkdownBlock;
  readonly title: string;
  readonly depth: number;
  /** Lines of the whole section, subsections included; the end is the line after its last block. */
  readonly line: number;
  readonly endLine: number;
  /** The blocks before the first subsection, without the heading. */
  readonly own: readonly MarkdownBlock[];
  readonly sections: readonly MarkdownSection[];
}

/** A link, image or link definition. `label` is the span of what a reader sees, empty when there is none. */
export interface MarkdownLink {
  readonly kind: 'inline' | 'reference' | 'autolink' | 'image' | 'definition';
  readonly target: string;
  readonly text: string;
  readonly span: Span;
  readonly label: Span;
  readonly line: number;
}

/** A piece of inline text: struck through, code, or raw HTML. */
export interface MarkdownInline {
  readonly kind: 'struck' | 'code' | 'html';
  readonly text: string;
  readonly span: Span;
  readonly line: number;
}

/** A text read as CommonMark with GFM. Offsets count UTF-16 code units of `text`, its byte-order mark included. */
export interface MarkdownDocument {
  readonly text: string;
  readonly lines: LineIndex;
  readonly blocks: readonly MarkdownBlock[];
  /** Blocks before the first heading. */
  readonly preamble: readonly MarkdownBlock[];
  /** The outermost sections, those inside HTML containers among them at the place of the container's section. */
  readonly sections: readonly MarkdownSection[];
  readonly links: readonly MarkdownLink[];
  readonly inlines: readonly MarkdownInline[];
}

/** Reads `text`; never fails, since every text is Markdown. */
export const readMarkdown: (text: string) => MarkdownDocument = rememberByText((text) => {
  const root = parseMarkdown(text);
  const lines = indexLines(text);
  const blocks = readBlocks(root, text, lines);
  const firstHeading = blocks.findIndex((block) => block.kind === 'heading');
  return {
    text,
    lines,
    blocks,
    preamble: firstHeading === -1 ? blocks : blocks.slice(0, firstHeading),
    sections: readSections(blocks),
    ...readInlines(root, text, lines),
  };
});

/** The sections among sibling blocks; a heading inside a container never ends a section outside it. */
function readSections(blocks: readonly MarkdownBlock[]): readonly MarkdownSection[] {
  const first = blocks.findIndex((block) => block.kind === 'heading');
  const before = (first === -1 ? blocks : blocks.slice(0, first)).flatMap(sectionsInside);
  if (first === -1) return before;
  const sections: MarkdownSection[] = [];
  for (let at = first; at < blocks.length; ) {
    const heading = blocks[at] as MarkdownBlock;
    let end = at + 1;
    while (end < blocks.length && !endsSection(blocks[end] as MarkdownBlock, heading.depth)) end += 1;
    sections.push(readSection(heading, blocks.slice(at + 1, end)));
    at = end;
  }
  return [...before, ...sections];
}

function endsSection(block: MarkdownBlock, depth: number): boolean {
  return block.kind === 'heading' && block.depth <= depth;
}

function sectionsInside(block: MarkdownBlock): readonly MarkdownSection[] {
  return block.kind === 'group' ? readSections(block.children.slice(1, -1)) : [];
}

function readSection(heading: MarkdownBlock, content: readonly MarkdownBlock[]): MarkdownSection {
  const nested = content.findIndex((block) => block.kind === 'heading');
  const own = nested === -1 ? content : content.slice(0, nested);
  return {
    kind: 'section',
    heading,
    title: heading.text,
    depth: heading.depth,
    line: heading.line,
    endLine: (content.at(-1) ?? heading).endLine,
    own,
    sections: readSections(content),
  };
}

/** Every section of the tree, outer before inner. */
export function* walkSections(sections: readonly MarkdownSection[]): Generator<MarkdownSection> {
  for (const section of sections) {
    yield section;
    yield* walkSections(section.sections);
  }
}

/** The innermost blocks, those that hold text and no other block, in the order of the text. */
export function leavesOf(blocks: readonly MarkdownBlock[]): readonly MarkdownBlock[] {
  return [...walkBlocks(blocks)].filter((block) => block.children.length === 0);
}

function readInlines(
  root: Nodes,
  text: string,
  lines: LineIndex,
): { readonly links: readonly MarkdownLink[]; readonly inlines: readonly MarkdownInline[] } {
  const definitions = new Map<string, string>();
  const links: MarkdownLink[] = [];
  const inlines: MarkdownInline[] = [];
  const visit = (node: Nodes, parent: Nodes): void => {
    if (node.type === 'definition') definitions.set(node.identifier, definitions.get(node.identifier) ?? node.url);
    const link = readLink(node, text, lines);
    if (link !== null) links.push(link);
    const inline = readInline(node, parent, text, lines);
    if (inline !== null) inlines.push(inline);
    for (const child of childrenOf(node)) visit(child, node);
  };
  for (const child of childrenOf(root)) visit(child, root);
  const resolved = links.map((link) =>
    link.kind === 'reference' ? { ...link, target: definitions.get(link.target) ?? '' } : link,
  );
  return { links: resolved, inlines };
}

function readLink(node: Nodes, text: string, lines: LineIndex): MarkdownLink | null {
  const span = spanOf(node, text);
  const place = { span, line: lines.lineAt(span.start), text: visibleText(node) };
  const nothing = { start: span.start, end: span.start };
  switch (node.type) {
    case 'link': {
      const kind = text[span.start] === '[' ? 'inline' : 'autolink';
      return { ...place, kind, target: node.url, label: labelOf(node, text, nothing) };
    }
    case 'linkReference':
      return { ...place, kind: 'reference', target: node.identifier, label: labelOf(node, text, nothing) };
    case 'image':
      return { ...place, kind: 'image', target: node.url, label: nothing };
    case 'definition':
      return { ...place, kind: 'definition', target: node.url, label: nothing };
    default:
      return null;
  }
}

function labelOf(node: Nodes, text: string, nothing: Span): Span {
  const [first] = childrenOf(node);
  const last = childrenOf(node).at(-1);
  return first === undefined || last === undefined
    ? nothing
    : { start: spanOf(first, text).start, end: spanOf(last, text).end };
}

function readInline(node: Nodes, parent: Nodes, text: string, lines: LineIndex): MarkdownInline | null {
  const kind = node.type === 'delete' ? 'struck' : node.type === 'inlineCode' ? 'code' : node.type;
  const isPhrasing = parent.type !== 'root' && parent.type !== 'blockquote' && parent.type !== 'listItem';
  if (kind !== 'struck' && kind !== 'code' && !(kind === 'html' && isPhrasing)) return null;
  const span = spanOf(node, text);
  return {
    kind,
    span,
    line: lines.lineAt(span.start),
    text: node.type === 'delete' ? visibleText(node) : text.slice(span.start, span.end),
  };
}
