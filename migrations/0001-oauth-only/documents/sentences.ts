import type { MarkdownBlock, MarkdownDocument } from '../../../src/authoring.ts';
import type { Range } from './draft.ts';

/**
 * The sentences of a paragraph, each with the space after it. A full stop inside a link, code or struck-through text
 * ends no sentence; a hard line break does.
 */
export function sentencesOf(doc: MarkdownDocument, paragraph: MarkdownBlock): readonly Range[] {
  const { start, end } = paragraph.span;
  const source = doc.text.slice(start, end);
  const closed = [...doc.links.map((link) => link.span), ...doc.inlines.map((inline) => inline.span)];
  const ends: number[] = [];
  for (const match of source.matchAll(/[.!?][*_)"'”’]*(?:\s+)(?=\S)|(?: {2,}|\\)\r?\n[ \t]*/g)) {
    const at = start + match.index;
    if (/^(?:e\.g|i\.e|etc|vs|cf)\.$/i.test(source.slice(Math.max(0, match.index - 3), match.index + 1).trim()))
      continue;
    if (closed.some((span) => at >= span.start && at < span.end && at !== span.end - 1)) continue;
    ends.push(at + match[0].length);
  }
  const bounds = [start, ...ends, end];
  return bounds.slice(1).map((to, index) => ({ start: bounds[index] ?? start, end: to }));
}

/** Whether `text` says nothing to a reader: marks, emoji and space only. */
export function saysNothing(text: string): boolean {
  return !/[\p{L}\p{N}]/u.test(text);
}

const CLAUSE =
  /;\s+|,\s+(?:which|where)\s+|,?\s+and\s+(?:adds?|registers?|mounts?|serves?|exposes?|loads?|imports?|provides?|includes?)\s+/g;

/**
 * The part of a sentence that can go without the rest: a remark in brackets, or a last clause of its own. Null when
 * `place`, which has to go, does not lie in such a part or too little would be left.
 */
export function clauseAround(text: string, sentence: Range, place: Range): Range | null {
  const source = text.slice(sentence.start, sentence.end);
  const from = place.start - sentence.start;
  const to = place.end - sentence.start;
  for (const match of source.matchAll(/\s*\([^()\]]*\)/g)) {
    const [start, end] = [match.index, match.index + match[0].length];
    const isLink = source[start - 1] === ']';
    if (!isLink && start < from && to < end && leavesEnough(source.slice(0, start) + source.slice(end))) {
      return { start: sentence.start + start, end: sentence.start + end };
    }
  }
  const opener = [...source.matchAll(CLAUSE)].filter(({ index }) => index < from).at(0);
  if (opener === undefined || !leavesEnough(source.slice(0, opener.index))) return null;
  const tail = /[.!?]?[*_)"']*\s*$/.exec(source)?.index ?? source.length;
  return tail < to ? null : { start: sentence.start + opener.index, end: sentence.start + tail };
}

function leavesEnough(rest: string): boolean {
  return (rest.match(/[\p{L}\p{N}]+/gu) ?? []).length >= 3;
}
