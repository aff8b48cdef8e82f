import pc from 'picocolors';

/** Styles for text, all of them the identity without colour. */
export type Palette = ReturnType<typeof pc.createColors>;

/** How a text report is laid out. */
export interface TextOptions {
  /** Columns; text is wrapped between words. */
  readonly width: number;
  readonly color: boolean;
  /** Whether the diff goes to a screen or a CI log: its control characters are spelled out then. */
  readonly terminal: boolean;
  /** Only the summary. */
  readonly quiet?: boolean;
  /** Also what passed, was done before or was skipped. */
  readonly verbose?: boolean;
  /** Findings shown; the rest is counted. */
  readonly maxFindings?: number;
}

/** What the sections of a text report are written with. */
export interface TextStyle extends TextOptions {
  readonly paint: Palette;
}

/** A titled block of finished lines; without a title the lines stand alone. */
export interface Section {
  readonly title?: string;
  readonly lines: readonly string[];
}

export function makePalette(color: boolean): Palette {
  return pc.createColors(color);
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const ZERO = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** Columns that `text`, free of control characters, takes on a terminal. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Pads `text` with spaces to `width` columns. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Breaks `text` between words to lines of at most `width` columns, each after the first indented by `indent`. A word
 * longer than a line stays whole, so that paths and commands can be copied.
 */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  let empty = true;
  for (const word of text.slice(line.length).split(' ')) {
    const room = width - (lines.length === 0 ? 0 : displayWidth(indent));
    if (!empty && displayWidth(line) + 1 + displayWidth(word) > room) {
      lines.push(line.trimEnd());
      line = word;
    } else {
      line = empty ? line + word : `${line} ${word}`;
    }
    empty = false;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
