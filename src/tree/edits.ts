import { RefitError } from '../base/errors.ts';

/** Replaces the half-open span `[start, end)` of the original text (UTF-16 code units) by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Sorts edits by their span; edits at one place keep the order given. */
export function sortEdits(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/**
 * Applies `edits`, in any order, to `text`.
 * @throws RefitError when a span lies outside the text or two spans overlap.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of sortEdits(edits)) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RefitError(
        `edit ${edit.start}..${edit.end} overlaps another or leaves the text (length ${text.length})`,
      );
    }
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
