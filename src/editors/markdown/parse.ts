import type { Nodes, Parents, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString as toPlainText } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import { bomLength } from '../../base/text.ts';

/** A half-open span of UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Parses CommonMark with GFM; never fails, since every text is Markdown. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Where `node` stands in `text`: the parser drops a byte-order mark before it counts, this counts it. */
export function spanOf(node: Nodes, text: string): Span {
  const shift = bomLength(text);
  return { start: (node.position?.start.offset ?? 0) + shift, end: (node.position?.end.offset ?? 0) + shift };
}

/** The children of `node`, or none. */
export function childrenOf(node: Nodes): readonly Nodes[] {
  return 'children' in node ? (node as Parents).children : [];
}

/** The text a reader sees of `node`, without marks. */
export function visibleText(node: Nodes): string {
  return toPlainText(node);
}
