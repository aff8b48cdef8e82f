import { newlineOf, withNewline } from '../../base/text.ts';
import { applyEdits, sortEdits, type TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import { type MarkdownBlock, walkBlocks } from './blocks.ts';
import { type MarkdownChange, translate } from './changes.ts';
import { editsOfRuns, type LineRun } from './line-runs.ts';
import { findDoubt } from './prove.ts';
import { type MarkdownDocument, readMarkdown } from './read.ts';

/**
 * Makes `changes`, all taken from the same `doc`, in one go. A list that loses its last item and a table that loses its
 * last body row go as a whole; numbers of ordered items stay as they are written. What lies inside a removed block
 * needs no change of its own. Refuses, with the line, what would make any other block read differently.
 */
export function editMarkdown(doc: MarkdownDocument, changes: readonly MarkdownChange[]): EditOutcome {
  const loneReturn = /\r(?!\n)/.exec(doc.text);
  if (loneReturn !== null) {
    return {
      kind: 'refused',
      why: 'a line ends with a lone carriage return',
      line: doc.lines.lineAt(loneReturn.index),
    };
  }
  const runs: LineRun[] = [];
  const inner: TextEdit[] = [];
  for (const change of removeEmptied(doc, changes)) {
    const translated = translate(doc, change);
    if (translated.kind === 'refused') return translated;
    if (translated.kind === 'run') runs.push(translated.run);
    else inner.push({ ...translated.edit, text: withNewline(translated.edit.text, newlineOf(doc.text)) });
  }
  return prove(doc, combine(editsOfRuns(doc, runs), inner));
}

/** Inner edits inside removed or replaced lines fall away: the outer change covers them. */
function combine(outer: readonly TextEdit[], inner: readonly TextEdit[]): readonly TextEdit[] {
  const free = inner.filter((edit) => !outer.some((run) => run.start <= edit.start && edit.end <= run.end));
  return sortEdits([...outer, ...free]);
}

function prove(doc: MarkdownDocument, edits: readonly TextEdit[]): EditOutcome {
  const overlap = edits.find((edit, at) => at > 0 && edit.start < (edits[at - 1]?.end ?? 0));
  if (overlap !== undefined) {
    return { kind: 'refused', why: 'two changes meet in one place', line: doc.lines.lineAt(overlap.start) };
  }
  const real = edits.filter((edit) => doc.text.slice(edit.start, edit.end) !== edit.text);
  if (real.length === 0) return { kind: 'unchanged', remarks: [] };
  const doubt = findDoubt(doc, readMarkdown(applyEdits(doc.text, real)), real);
  return doubt === null ? { kind: 'edits', edits: real, remarks: [] } : { kind: 'refused', ...doubt };
}

/** Adds the removal of every list, item, table, quote or group whose content is removed as a whole. */
function removeEmptied(doc: MarkdownDocument, changes: readonly MarkdownChange[]): readonly MarkdownChange[] {
  const gone = new Set<MarkdownBlock>();
  for (const change of changes) {
    if (change.kind !== 'remove' || change.target.kind === 'section') continue;
    gone.add(change.target);
  }
  if (gone.size === 0) return changes;
  const added: MarkdownBlock[] = [];
  for (const block of [...walkBlocks(doc.blocks)].reverse()) {
    if (gone.has(block) || !isEmptied(block, gone)) continue;
    gone.add(block);
    added.push(block);
  }
  if (added.length === 0) return changes;
  const covered = new Set(added.flatMap((block) => [...walkBlocks(block.children)]));
  const rest = changes.filter(
    (change) => change.kind !== 'remove' || change.target.kind === 'section' || !covered.has(change.target),
  );
  return [
    ...rest,
    ...added.filter((block) => !covered.has(block)).map((target) => ({ kind: 'remove', target }) as const),
  ];
}

function isEmptied(block: MarkdownBlock, gone: ReadonlySet<MarkdownBlock>): boolean {
  const { kind, children } = block;
  if (children.length === 0) return false;
  if (kind === 'table') return children.length > 1 && children.slice(1).every((row) => gone.has(row));
  if (kind === 'group') return children.length > 2 && children.slice(1, -1).every((child) => gone.has(child));
  return children.every((child) => gone.has(child));
}
