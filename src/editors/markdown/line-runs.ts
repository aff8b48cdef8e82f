import { bomLength, newlineOf, withNewline } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { MarkdownDocument } from './read.ts';

/**
 * Lines `from` up to but not including `to` (from 1; equal for an insertion before `from`), to be removed (text null) or
 * replaced. `tight` text stands as it is; other text is set off by blank lines.
 */
export interface LineRun {
  readonly from: number;
  readonly to: number;
  readonly text: string | null;
  readonly tight: boolean;
  /** What the container puts before each line of the inserted text, for instance `> `. */
  readonly prefix: string;
  /** First and last line of the container's content, when blank lines outside it do not count. */
  readonly bounds?: { readonly first: number; readonly last: number };
}

/** Turns runs into edits that leave blank lines where one was needed and none where two would meet. */
export function editsOfRuns(doc: MarkdownDocument, runs: readonly LineRun[]): readonly TextEdit[] {
  return mergeRuns(doc, runs).map((run) => (run.text === null ? removal(doc, run) : replacement(doc, run, run.text)));
}

/** Whether `line` holds nothing but space and quote marks; lines outside the text count as blank. */
function isBlank(doc: MarkdownDocument, line: number): boolean {
  if (line < 1 || line > lastLine(doc)) return true;
  return /^\ufeff?[ \t>]*\r?\n?$/.test(doc.text.slice(doc.lines.startOf(line), doc.lines.endOf(line)));
}

function lastLine(doc: MarkdownDocument): number {
  return doc.lines.lineCount;
}

function onlyBlanksBetween(doc: MarkdownDocument, from: number, to: number): boolean {
  for (let line = from; line < to; line += 1) if (!isBlank(doc, line)) return false;
  return true;
}

function mergeRuns(doc: MarkdownDocument, runs: readonly LineRun[]): readonly LineRun[] {
  const sorted = [...runs].sort((a, b) => a.from - b.from || a.to - b.to);
  const merged: LineRun[] = [];
  for (const run of sorted) {
    const last = merged.at(-1);
    const joins = last !== undefined && (run.from < last.to || joinable(last, run, doc));
    if (!joins) merged.push(run);
    else merged[merged.length - 1] = joinRuns(last, run);
  }
  return merged;
}

/** Tight text belongs to its own lines; every other neighbour shares its blank lines. */
function joinable(last: LineRun, run: LineRun, doc: MarkdownDocument): boolean {
  if (last.tight && last.text !== null) return false;
  if (run.tight && run.text !== null) return false;
  return onlyBlanksBetween(doc, last.to, run.from);
}

function joinRuns(a: LineRun, b: LineRun): LineRun {
  const texts = [a.text, b.text].filter((text) => text !== null);
  const text = texts.length === 0 ? null : texts.join('\n\n');
  const withText = a.text !== null ? a : b;
  return { ...withText, from: a.from, to: Math.max(a.to, b.to), text };
}

function removal(doc: MarkdownDocument, run: LineRun): TextEdit {
  let { from, to } = run;
  const { first, last } = run.bounds ?? { first: 1, last: lastLine(doc) };
  if (onlyBlanksBetween(doc, to, last + 1)) {
    while (from > first && isBlank(doc, from - 1)) from -= 1;
  } else if (from === first || isBlank(doc, from - 1)) {
    while (to <= last && isBlank(doc, to)) to += 1;
  }
  return { ...spanOfLines(doc, from, to), text: '' };
}

function replacement(doc: MarkdownDocument, run: LineRun, content: string): TextEdit {
  const newline = newlineOf(doc.text);
  const span = spanOfLines(doc, run.from, run.to);
  const body = prefixLines(content.replace(/\n+$/, ''), run.prefix);
  const blank = `${run.prefix.trimEnd()}\n`;
  const atEnd = run.to > lastLine(doc);
  const before = run.tight || run.from === 1 || isBlank(doc, run.from - 1) ? '' : blank;
  const after = run.tight || atEnd || isBlank(doc, run.to) ? '' : blank;
  const glued = span.start > bomLength(doc.text) && doc.text[span.start - 1] !== '\n' ? '\n' : '';
  const hasFinalNewline = doc.text.endsWith('\n') || doc.text.length === bomLength(doc.text);
  const final = atEnd && !hasFinalNewline ? '' : '\n';
  return { ...span, text: withNewline(`${glued}${before}${body}${final}${after}`, newline) };
}

function prefixLines(text: string, prefix: string): string {
  if (prefix === '') return text;
  return text
    .split('\n')
    .map((line) => (line === '' ? prefix.trimEnd() : prefix + line))
    .join('\n');
}

function spanOfLines(
  doc: MarkdownDocument,
  from: number,
  to: number,
): { readonly start: number; readonly end: number } {
  const startOf = (line: number): number =>
    line > lastLine(doc) ? doc.text.length : Math.max(doc.lines.startOf(line), bomLength(doc.text));
  return { start: startOf(from), end: startOf(to) };
}
