/** Pure: the text of one instruction with continuations and the comments between them taken out. */

export interface LogicalText {
  readonly text: string;
  /** Offset in the file of each code unit of `text`, and one more for its end. */
  readonly offsets: readonly number[];
}

/**
 * Joins the lines from `start` as the build does: a line that ends with the escape character goes on in the next one;
 * blank lines and comment lines in between are dropped. Stops at the first line that does not go on.
 */
export function joinLines(source: string, start: number, escapeCharacter: string): LogicalText {
  let text = '';
  const offsets: number[] = [];
  let at = start;
  for (let first = true; at < source.length || first; first = false) {
    const newline = source.indexOf('\n', at);
    const next = newline === -1 ? source.length : newline + 1;
    const line = source.slice(at, newline === -1 ? source.length : newline).replace(/\r$/, '');
    const dropped = !first && /^\s*(?:#.*)?$/.test(line);
    const kept = dropped ? '' : withoutContinuation(line, escapeCharacter);
    for (let index = 0; index < kept.length; index += 1) offsets.push(at + index);
    text += kept;
    const goesOn = dropped || kept.length < line.length;
    if (!goesOn || newline === -1) {
      offsets.push(at + kept.length);
      return { text, offsets };
    }
    at = next;
  }
  offsets.push(offsets.length === 0 ? start : (offsets.at(-1) as number) + 1);
  return { text, offsets };
}

function withoutContinuation(line: string, escapeCharacter: string): string {
  const trimmed = line.replace(/[ \t]+$/, '');
  return trimmed.endsWith(escapeCharacter) ? trimmed.slice(0, -1) : line;
}

/** The span of the file that `[start, end)` of the logical text stands for. */
export function sourceSpan(
  logical: LogicalText,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  const from = logical.offsets[start] ?? (logical.offsets.at(-1) as number);
  return { start: from, end: end > start ? (logical.offsets[end - 1] as number) + 1 : from };
}

/** `logical` from `start` on, with blanks at both ends cut. */
export function sliceLogical(logical: LogicalText, start: number): LogicalText {
  const rest = logical.text.slice(start);
  const lead = rest.length - rest.trimStart().length;
  const text = rest.trim();
  const from = start + lead;
  const last = from + text.length;
  const end = text === '' ? (logical.offsets[from] as number) : (logical.offsets[last - 1] as number) + 1;
  return { text, offsets: [...logical.offsets.slice(from, last), end] };
}
