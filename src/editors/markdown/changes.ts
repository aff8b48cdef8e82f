import type { TextEdit } from '../../tree/edits.ts';
import type { MarkdownBlock } from './blocks.ts';
import type { LineRun } from './line-runs.ts';
import type { Span } from './parse.ts';
import type { MarkdownDocument, MarkdownLink, MarkdownSection } from './read.ts';

/**
 * One thing to change. Text is written with `\n` and without the indentation or quote marks of the place it goes to;
 * of a list item it is the content without the marker, which stays.
 */
export type MarkdownChange =
  | { readonly kind: 'remove'; readonly target: MarkdownBlock | MarkdownSection }
  | { readonly kind: 'replace'; readonly target: MarkdownBlock | MarkdownSection; readonly text: string }
  | {
      readonly kind: 'insert';
      readonly where: 'before' | 'after';
      readonly target: MarkdownBlock | MarkdownSection;
      readonly text: string;
    }
  /** At the end of the document. */
  | { readonly kind: 'append'; readonly text: string }
  /** Lines inside one fenced code block; `text` null removes them. */
  | {
      readonly kind: 'code-lines';
      readonly target: MarkdownBlock;
      readonly from: number;
      readonly to: number;
      readonly text: string | null;
    }
  /** Takes the link away and keeps its text. */
  | { readonly kind: 'unlink'; readonly link: MarkdownLink }
  | { readonly kind: 'retarget'; readonly link: MarkdownLink; readonly target: string }
  /** Replaces text inside one paragraph, heading, table cell or code line. */
  | { readonly kind: 'substitute'; readonly span: Span; readonly text: string };

/** What a change means for the text, or why it cannot be made. */
export type Translated =
  | { readonly kind: 'run'; readonly run: LineRun }
  | { readonly kind: 'edit'; readonly edit: TextEdit }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };

/** Turns one change into a run of lines or an edit inside a line. */
export function translate(doc: MarkdownDocument, change: MarkdownChange): Translated {
  switch (change.kind) {
    case 'remove':
      return removeTarget(doc, change.target);
    case 'replace':
      return replaceTarget(doc, change.target, change.text);
    case 'insert':
      return insertAt(doc, change);
    case 'append': {
      const line = doc.lines.lineCount + (doc.text.length === 0 ? 0 : 1);
      return { kind: 'run', run: { from: line, to: line, text: change.text, tight: false, prefix: '' } };
    }
    case 'code-lines':
      return changeCodeLines(doc, change);
    case 'unlink':
      return unlink(doc, change.link);
    case 'retarget':
      return retarget(doc, change.link, change.target);
    case 'substitute':
      return { kind: 'edit', edit: { ...change.span, text: change.text } };
  }
}

function linesOf(target: MarkdownBlock | MarkdownSection): { readonly from: number; readonly to: number } {
  return { from: target.line, to: target.endLine + 1 };
}

/** The text before `block` on its first line. */
function leadOf(doc: MarkdownDocument, block: MarkdownBlock): string {
  return doc.text.slice(doc.lines.startOf(block.line), block.span.start).replace('\ufeff', '');
}

function firstBlockOf(target: MarkdownBlock | MarkdownSection): MarkdownBlock {
  return target.kind === 'section' ? target.heading : target;
}

function sharesLine(doc: MarkdownDocument, target: MarkdownBlock | MarkdownSection): Translated | null {
  const block = firstBlockOf(target);
  if (/^[ \t>]*$/.test(leadOf(doc, block))) return null;
  return { kind: 'refused', why: `the ${block.kind} shares its first line with a list marker`, line: block.line };
}

function removeTarget(doc: MarkdownDocument, target: MarkdownBlock | MarkdownSection): Translated {
  if (target.kind === 'row' && isHeaderRow(doc, target)) {
    return { kind: 'refused', why: 'a table cannot lose its header row', line: target.line };
  }
  return (
    sharesLine(doc, target) ?? {
      kind: 'run',
      run: { ...linesOf(target), text: null, tight: target.kind === 'item' || target.kind === 'row', prefix: '' },
    }
  );
}

function isHeaderRow(doc: MarkdownDocument, row: MarkdownBlock): boolean {
  const next = doc.text.slice(doc.lines.startOf(row.line + 1), doc.lines.endOf(row.line + 1));
  return row.line < doc.lines.lineCount && /^[ \t>]*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(next);
}

function replaceTarget(doc: MarkdownDocument, target: MarkdownBlock | MarkdownSection, text: string): Translated {
  const block = firstBlockOf(target);
  const lead = leadOf(doc, block);
  if (target.kind === 'item') return replaceItem(doc, target, text);
  if (target.kind === 'row') {
    return { kind: 'edit', edit: { ...target.span, text } };
  }
  if (/^[ \t>]*$/.test(lead)) {
    return { kind: 'run', run: { ...linesOf(target), text, tight: true, prefix: lead } };
  }
  const indented = text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line, index) => indentLine(line, index, lead));
  return { kind: 'edit', edit: { ...block.span, text: indented.join('\n') } };
}

function indentLine(line: string, index: number, lead: string): string {
  const prefix = lead.replace(/[^\s>]/g, ' ');
  return index === 0 ? line : line === '' ? prefix.trimEnd() : prefix + line;
}

function replaceItem(doc: MarkdownDocument, item: MarkdownBlock, text: string): Translated {
  const source = doc.text.slice(item.span.start, item.span.end);
  const marker = /^(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(source)?.[0];
  if (marker === undefined) {
    return { kind: 'refused', why: 'the list item has no text after its marker', line: item.line };
  }
  const lead = leadOf(doc, item) + marker;
  const lines = text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line, index) => indentLine(line, index, lead));
  const span = { start: item.span.start + marker.length, end: item.span.end };
  return { kind: 'edit', edit: { ...span, text: lines.join('\n') } };
}

function insertAt(doc: MarkdownDocument, change: Extract<MarkdownChange, { readonly kind: 'insert' }>): Translated {
  const { target, where, text } = change;
  const lead = leadOf(doc, firstBlockOf(target));
  if (where === 'before') {
    const shared = sharesLine(doc, target);
    if (shared !== null) return shared;
  }
  const line = where === 'before' ? target.line : target.endLine + 1;
  return { kind: 'run', run: { from: line, to: line, text, tight: false, prefix: lead.replace(/[^\s>]/g, ' ') } };
}

function changeCodeLines(
  doc: MarkdownDocument,
  change: Extract<MarkdownChange, { readonly kind: 'code-lines' }>,
): Translated {
  const lines = change.target.codeLines.filter(({ line }) => line >= change.from && line < change.to);
  if (lines.length === 0 || lines.length !== change.to - change.from) {
    return { kind: 'refused', why: 'these lines do not stand inside one fenced code block', line: change.from };
  }
  const [first] = lines;
  const whole = doc.text.slice(doc.lines.startOf(change.from), doc.lines.endOf(change.from)).replace(/\r?\n$/, '');
  const prefix = whole.slice(0, whole.length - (first?.text.length ?? 0));
  const bounds = { first: change.target.codeLines[0]?.line ?? 0, last: change.target.codeLines.at(-1)?.line ?? 0 };
  return { kind: 'run', run: { from: change.from, to: change.to, text: change.text, tight: true, prefix, bounds } };
}

function unlink(doc: MarkdownDocument, link: MarkdownLink): Translated {
  if (link.label.start === link.label.end || (link.kind !== 'inline' && link.kind !== 'reference')) {
    return { kind: 'refused', why: `the ${link.kind} link has no text of its own to keep`, line: link.line };
  }
  return { kind: 'edit', edit: { ...link.span, text: doc.text.slice(link.label.start, link.label.end) } };
}

function retarget(doc: MarkdownDocument, link: MarkdownLink, target: string): Translated {
  const refused = { kind: 'refused', why: 'its target is not written as it reads', line: link.line } as const;
  const from = link.kind === 'definition' ? link.span.start : link.label.end;
  const opener = link.kind === 'definition' ? ']:' : '](';
  const source = doc.text.slice(from, link.span.end);
  const opens = source.indexOf(opener);
  if (opens === -1 || (link.kind !== 'inline' && link.kind !== 'definition')) return refused;
  const gap = /^\s*<?/.exec(source.slice(opens + 2))?.[0].length ?? 0;
  const start = from + opens + 2 + gap;
  if (!doc.text.startsWith(link.target, start)) return refused;
  return { kind: 'edit', edit: { start, end: start + link.target.length, text: target } };
}
