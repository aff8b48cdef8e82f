const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes UTF-8 text and keeps every byte: a byte-order mark stays as U+FEFF, line ends stay as they are. Returns null
 * for what is not text: a NUL byte or invalid UTF-8.
 */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return strictUtf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** How a line ends. */
export type Newline = '\n' | '\r\n';

/** The newline that most lines of `text` end with; `\n` when there is none. */
export function newlineOf(text: string): Newline {
  let crlf = 0;
  let lf = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) === 13) crlf += 1;
    else lf += 1;
  }
  return crlf > lf ? '\r\n' : '\n';
}

/** `text` with every line ending in `newline`. */
export function withNewline(text: string, newline: Newline): string {
  return text.replace(/\r\n|\n/g, newline);
}

/** Length of the byte-order mark at the start of `text`: 0 or 1 code unit. */
export function bomLength(text: string): 0 | 1 {
  return text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

/** Maps offsets to lines. Offsets count UTF-16 code units from 0, lines from 1, columns from 1. */
export interface LineIndex {
  readonly lineCount: number;
  lineAt(offset: number): number;
  columnAt(offset: number): number;
  /** Offset of the first character of `line`. */
  startOf(line: number): number;
  /** Offset just after the newline of `line`, or the end of the text. */
  endOf(line: number): number;
}

/** Builds the {@link LineIndex} of `text`; a line ends with `\n` or `\r\n`. */
export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  if (starts.length > 1 && starts.at(-1) === text.length) starts.pop();
  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  const startOf = (line: number): number => starts[line - 1] ?? text.length;
  return {
    lineCount: starts.length,
    lineAt,
    columnAt: (offset) => offset - startOf(lineAt(offset)) + 1,
    startOf,
    endOf: (line) => starts[line] ?? text.length,
  };
}
