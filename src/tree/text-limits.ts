// Pure. Parsers take a time that grows with the square of what nests or chains, and some end the whole process on a deep
// nest; so a text goes to none of them that is beyond what people write.
import { nameOf, type RepoPath } from '../base/repo-path.ts';

interface Limits {
  /** UTF-16 code units. */
  readonly size: number;
  /** Brackets of any kind open at once; counted without regard to strings. */
  readonly brackets: number;
  /** Levels of indentation, and of list or quote marks at the start of one line. */
  readonly levels: number;
  /** Marks such as `*` or `+` in one line, or for Markdown in one block of lines without a blank one between. */
  readonly marks: number;
  /** Lines in a row that are not blank, or for other formats that end with a backslash. */
  readonly run: number;
}

type Format = 'markdown' | 'python' | 'yaml' | 'dockerfile' | 'json';

const KIB = 1024;
const LIMITS: Readonly<Record<Format, Limits>> = {
  markdown: { size: 1024 * KIB, brackets: 200, levels: 50, marks: 2000, run: 5000 },
  python: { size: 1024 * KIB, brackets: 200, levels: 100, marks: 1000, run: 500 },
  yaml: { size: 256 * KIB, brackets: 100, levels: 50, marks: Number.POSITIVE_INFINITY, run: Number.POSITIVE_INFINITY },
  dockerfile: { size: 256 * KIB, brackets: Number.POSITIVE_INFINITY, levels: 1000, marks: 5000, run: 1000 },
  json: {
    size: 10 * KIB * KIB,
    brackets: 500,
    levels: 500,
    marks: Number.POSITIVE_INFINITY,
    run: Number.POSITIVE_INFINITY,
  },
};

/** A limit that a text is over, in words that follow "it" or stand alone, and the line where. */
export interface LimitProblem {
  readonly why: string;
  readonly line: number;
}

/**
 * Why the text of the file at `path` is not read, with the limit and the line; null when it may be, as most formats always
 * may. The editor of YAML looks for itself.
 */
export function textLimitProblem(path: RepoPath, text: string): string | null {
  const format = formatOf(nameOf(path));
  const problem = format === null ? null : formatLimitProblem(format, text);
  return problem === null ? null : `${problem.why} (line ${problem.line})`;
}

function formatOf(name: string): Format | null {
  if (/\.(?:md|markdown)$/i.test(name)) return 'markdown';
  if (/\.pyi?$/.test(name)) return 'python';
  if (/\.json$/i.test(name)) return 'json';
  return /^(?:Dockerfile|Containerfile)(?:\.|$)|\.dockerfile$/i.test(name) ? 'dockerfile' : null;
}

/** The first limit that a text of this format is over; null when it is over none. */
export function formatLimitProblem(format: Format, text: string): LimitProblem | null {
  const limits = LIMITS[format];
  if (text.length > limits.size) return { why: `it is longer than ${limits.size / KIB} KiB of text`, line: 1 };
  const scan: Scan = { brackets: 0, marks: 0, run: 0, indents: [] };
  let line = 1;
  for (let at = 0; at < text.length; line += 1) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const why = scanLine(format, limits, scan, text, at, end);
    if (why !== null) return { why, line };
    at = end + 1;
  }
  return null;
}

interface Scan {
  brackets: number;
  marks: number;
  run: number;
  /** Widths of the levels of indentation that lead to the present line. */
  readonly indents: number[];
}

const OTHER = 0;
const OPEN = 1;
const CLOSE = 2;
const MARK = 3;
/** The kind of each ASCII character; a table, because every character of every text that is read is looked up. */
const KINDS = new Uint8Array(128);
for (const [kind, characters] of [
  [OPEN, '([{'],
  [CLOSE, ')]}'],
  [MARK, '*_`~<>|&^%+-=/@!#'],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}
const MARKERS = /(?:[-*+>?]|\d{1,9}[.)])(?=\s)[ \t]*|>/y;

function scanLine(format: Format, limits: Limits, scan: Scan, text: string, from: number, to: number): string | null {
  let start = from;
  while (start < to && (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9)) start += 1;
  const blank = start === to || (to - start === 1 && text.charCodeAt(start) === 13);
  if (format !== 'markdown' || blank) scan.marks = 0;
  if (format === 'markdown' && blank) scan.brackets = 0;
  scan.run = (format === 'markdown' ? !blank : endsWithBackslash(text, from, to)) ? scan.run + 1 : 0;
  if (blank) return null;
  if (levelsOf(scan.indents, start - from) + markersAt(text, start, limits.levels) > limits.levels) {
    return `it nests deeper than ${limits.levels} levels`;
  }
  if (scan.run > limits.run) {
    return format === 'markdown'
      ? `a block of it has more than ${limits.run} lines`
      : `more than ${limits.run} lines in a row are continued`;
  }
  for (let at = start; at < to; at += 1) {
    const kind = KINDS[text.charCodeAt(at)] ?? OTHER;
    if (kind === OTHER) continue;
    if (kind === OPEN) scan.brackets += 1;
    else if (kind === CLOSE) scan.brackets = Math.max(0, scan.brackets - 1);
    else scan.marks += 1;
    if (scan.brackets > limits.brackets) return `more than ${limits.brackets} brackets are open in it`;
    if (scan.marks > limits.marks) return `more than ${limits.marks} marks stand together in it`;
  }
  return null;
}

function endsWithBackslash(text: string, from: number, to: number): boolean {
  const end = text.charCodeAt(to - 1) === 13 ? to - 1 : to;
  return end > from && text.charCodeAt(end - 1) === 92;
}

function levelsOf(indents: number[], width: number): number {
  while ((indents.at(-1) ?? 0) > width) indents.pop();
  if (width > (indents.at(-1) ?? 0)) indents.push(width);
  return indents.length;
}

function markersAt(text: string, start: number, limit: number): number {
  let count = 0;
  MARKERS.lastIndex = start;
  while (count <= limit && MARKERS.test(text)) count += 1;
  return count;
}
