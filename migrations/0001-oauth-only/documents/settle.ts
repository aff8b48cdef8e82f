import {
  applyEdits,
  editMarkdown,
  indexLines,
  type MarkdownChange,
  type MarkdownDocument,
  readMarkdown,
  type TextEdit,
} from '../../../src/authoring.ts';
import type { IsGone } from '../auth-mentions.ts';
import type { Draft, Remark } from './draft.ts';
import { countingMentions } from './wrong-places.ts';

export interface Revision {
  /** The new text; the same as before when nothing could be changed. */
  readonly text: string;
  readonly remarks: readonly Remark[];
}

/** Makes all changes at once; when one cannot be made, makes the others and leaves that one to a person. */
export function settle(draft: Draft, isGone: IsGone): Revision {
  const { doc } = draft;
  const remarks = [...draft.remarks];
  let outcome = editMarkdown(doc, draft.changes);
  if (outcome.kind === 'refused') {
    const made: MarkdownChange[] = [];
    for (const change of draft.changes) {
      const attempt = editMarkdown(doc, [...made, change]);
      if (attempt.kind === 'refused') {
        remarks.push({ severity: 'todo', message: `cannot be changed safely: ${attempt.why}`, line: attempt.line });
      } else made.push(change);
    }
    outcome = editMarkdown(doc, made);
  }
  const text = outcome.kind === 'edits' ? applyEdits(doc.text, outcome.edits) : doc.text;
  const edits = outcome.kind === 'edits' ? outcome.edits : [];
  const moved = remarks.map((remark) => ({ ...remark, line: lineAfter(doc, edits, text, remark.line) }));
  return { text, remarks: [...moved, ...leftovers(text, draft, isGone)].sort((a, b) => a.line - b.line) };
}

/** Where a line of the old text stands in the new one. */
function lineAfter(doc: MarkdownDocument, edits: readonly TextEdit[], text: string, line: number): number {
  const at = doc.lines.startOf(line);
  let shift = 0;
  for (const { start, end, text: inserted } of edits) {
    if (end <= at) shift += inserted.length - (end - start);
    else if (start < at) shift += start - at;
  }
  return indexLines(text).lineAt(Math.max(0, at + shift));
}

/** What is still wrong in the new text and was not told yet. */
function leftovers(text: string, draft: Draft, isGone: IsGone): readonly Remark[] {
  const doc = readMarkdown(text);
  const told = draft.remarks.some(({ severity }) => severity === 'todo');
  if (told) return [];
  return countingMentions(doc, isGone).map((mention) => ({
    severity: 'todo',
    message: `still speaks of the removed login: ${mention.text}`,
    line: doc.lines.lineAt(mention.start),
  }));
}
