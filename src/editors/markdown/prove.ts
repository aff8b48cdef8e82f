import { sortEdits, type TextEdit } from '../../tree/edits.ts';
import type { MarkdownBlock } from './blocks.ts';
import type { Span } from './parse.ts';
import type { MarkdownDocument } from './read.ts';

/** A leaf with the blocks around it, outermost first. */
interface PlacedLeaf {
  readonly leaf: MarkdownBlock;
  readonly chain: readonly MarkdownBlock[];
}

export interface Doubt {
  readonly why: string;
  readonly line: number;
}

/**
 * Proves that `after`, which is `before` with `edits` applied, holds every block that no edit touched, in the same
 * containers, beside the same neighbours, with the same links. Returns what differs, or null.
 */
export function findDoubt(before: MarkdownDocument, after: MarkdownDocument, edits: readonly TextEdit[]): Doubt | null {
  const sorted = sortEdits(edits);
  const retargeted = retargetedBy(before, sorted);
  const found = new Map(placeLeaves(after).map((placed) => [placed.leaf.span.start, placed]));
  const pairs: { readonly was: PlacedLeaf; readonly is: PlacedLeaf }[] = [];
  for (const was of placeLeaves(before)) {
    const { span, line, kind } = was.leaf;
    if (sorted.some((edit) => touches(edit, span))) continue;
    const shift = shiftAt(sorted, span.start);
    const is = found.get(span.start + shift);
    if (is === undefined || !isSameLeaf(was, is)) return { why: `the ${kind} here would be read differently`, line };
    if (!hasSameLinks(before, span, after, is.leaf.span, retargeted)) {
      return { why: 'a link here would lose its target', line };
    }
    pairs.push({ was, is });
  }
  return findRegrouped(pairs);
}

function findRegrouped(pairs: readonly { readonly was: PlacedLeaf; readonly is: PlacedLeaf }[]): Doubt | null {
  for (let at = 1; at < pairs.length; at += 1) {
    const left = pairs[at - 1];
    const right = pairs[at];
    if (left === undefined || right === undefined) continue;
    if (sharedDepth(left.was.chain, right.was.chain) !== sharedDepth(left.is.chain, right.is.chain)) {
      return {
        why: `the ${right.was.leaf.kind} here would join or leave its neighbour's list`,
        line: right.was.leaf.line,
      };
    }
  }
  return null;
}

function placeLeaves(doc: MarkdownDocument): readonly PlacedLeaf[] {
  const placed: PlacedLeaf[] = [];
  const visit = (blocks: readonly MarkdownBlock[], chain: readonly MarkdownBlock[]): void => {
    for (const block of blocks) {
      if (block.children.length === 0) placed.push({ leaf: block, chain });
      else visit(block.children, [...chain, block]);
    }
  };
  visit(doc.blocks, []);
  return placed;
}

/** An insertion at the very edge of a block does not touch it. */
function touches(edit: TextEdit, span: Span): boolean {
  if (edit.start === edit.end) return edit.start > span.start && edit.start < span.end;
  return edit.start < span.end && edit.end > span.start;
}

function shiftAt(edits: readonly TextEdit[], offset: number): number {
  let shift = 0;
  for (const edit of edits) if (edit.end <= offset) shift += edit.text.length - (edit.end - edit.start);
  return shift;
}

function isSameLeaf(was: PlacedLeaf, is: PlacedLeaf): boolean {
  const sameChain =
    was.chain.length === is.chain.length &&
    was.chain.every((block, at) => {
      const other = is.chain[at];
      return (
        other !== undefined &&
        block.kind === other.kind &&
        block.ordered === other.ordered &&
        (block.loose || !other.loose)
      );
    });
  return (
    sameChain &&
    was.leaf.kind === is.leaf.kind &&
    was.leaf.depth === is.leaf.depth &&
    was.leaf.text === is.leaf.text &&
    was.leaf.span.end - was.leaf.span.start === is.leaf.span.end - is.leaf.span.start
  );
}

/** Links inside a leaf keep their kind, place and target; a reference follows its definition when that is changed. */
function hasSameLinks(
  before: MarkdownDocument,
  was: Span,
  after: MarkdownDocument,
  is: Span,
  retargeted: ReadonlySet<string>,
): boolean {
  const old = before.links.filter(({ span }) => span.start >= was.start && span.end <= was.end);
  const now = after.links.filter(({ span }) => span.start >= is.start && span.end <= is.end);
  return (
    old.length === now.length &&
    old.every((link, at) => {
      const other = now[at];
      if (other === undefined || link.kind !== other.kind) return false;
      if (link.span.start - was.start !== other.span.start - is.start) return false;
      if (link.kind === 'reference' && retargeted.has(link.target)) return other.target !== '';
      return link.target === other.target;
    })
  );
}

/** Targets of definitions that are changed and stay. */
function retargetedBy(doc: MarkdownDocument, edits: readonly TextEdit[]): ReadonlySet<string> {
  const changed = doc.links.filter(
    ({ kind, span }) => kind === 'definition' && edits.some(({ start, end }) => start > span.start && end <= span.end),
  );
  return new Set(changed.map(({ target }) => target));
}

function sharedDepth(a: readonly MarkdownBlock[], b: readonly MarkdownBlock[]): number {
  let depth = 0;
  while (depth < a.length && a[depth] === b[depth]) depth += 1;
  return depth;
}
