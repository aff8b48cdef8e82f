/** Reads environment files as Compose does and edits them by span. Pure. */
import { bomLength, indexLines, newlineOf } from '../base/text.ts';
import { applyEdits, type TextEdit } from '../tree/edits.ts';
import type { EditOutcome } from './outcome.ts';

/** One variable of an environment file. */
export interface DotenvEntry {
  readonly name: string;
  /** Quotes removed, variables left as written; null for a bare name that takes the caller's value. */
  readonly value: string | null;
  readonly quote: '' | '"' | "'";
  readonly exported: boolean;
  /** Names of `$X` and `${X…}` in a value that is not in single quotes, sorted as written. */
  readonly references: readonly string[];
  readonly line: number;
  /** Later than `line` when a quoted value runs over lines. */
  readonly endLine: number;
  readonly start: number;
  /** After its last character, without the line end; a comment behind the value included. */
  readonly end: number;
}

/** An environment file, read. */
export interface DotenvFile {
  readonly text: string;
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const HEAD = /[ \t]*(export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:([=])[ \t]*|(?=\r?\n|$))/y;

/** Reads an environment file. Never throws: a line that is not understood is a problem. */
export function readDotenv(text: string): DotenvFile {
  const lines = indexLines(text);
  const entries: DotenvEntry[] = [];
  const problems: { line: number; message: string }[] = [];
  let line = 1;
  while (line <= lines.lineCount) {
    const start = line === 1 ? bomLength(text) : lines.startOf(line);
    const raw = text.slice(start, lines.endOf(line)).replace(/\r?\n$/, '');
    HEAD.lastIndex = start;
    const head = HEAD.exec(text);
    if (/^\s*(?:#.*)?$/.test(raw)) {
      line += 1;
    } else if (head === null || head.index + head[0].length > start + raw.length) {
      problems.push({ line, message: 'not a NAME=value line' });
      line += 1;
    } else {
      const value = readValue(text, start + head[0].length, start + raw.length, head[3] !== undefined);
      if (value.open) problems.push({ line, message: `the quote of ${head[2]} is never closed` });
      const endLine = lines.lineAt(Math.max(value.end - 1, start));
      const end = text.slice(0, lines.endOf(endLine)).replace(/\r?\n$/, '').length;
      entries.push({
        name: head[2] ?? '',
        value: value.value,
        quote: value.quote,
        exported: head[1] !== undefined,
        references: value.quote === "'" ? [] : referencesIn(value.value ?? ''),
        line,
        endLine,
        start,
        end,
      });
      line = endLine + 1;
    }
  }
  return { text, entries, problems };
}

interface ValueReading {
  readonly value: string | null;
  readonly quote: '' | '"' | "'";
  readonly end: number;
  readonly open: boolean;
}

function readValue(text: string, at: number, lineEnd: number, assigned: boolean): ValueReading {
  if (!assigned) return { value: null, quote: '', end: lineEnd, open: false };
  const char = text.charAt(at);
  if ((char === '"' || char === "'") && at < lineEnd) {
    const pattern = char === '"' ? /"((?:[^"\\]|\\[\s\S])*)"/y : /'([^']*)'/y;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { value: match[1] ?? '', quote: char, end: at + match[0].length, open: false };
    return { value: text.slice(at, lineEnd), quote: '', end: lineEnd, open: true };
  }
  const raw = text.slice(at, lineEnd);
  const comment = raw.search(/(?:^|\s)#/);
  return { value: (comment === -1 ? raw : raw.slice(0, comment)).trim(), quote: '', end: lineEnd, open: false };
}

const referencesIn = (value: string): readonly string[] =>
  [...value.matchAll(/(?<!\\)\$(?:\{(\w+)|(\w+))/g)].map((match) => match[1] ?? match[2] ?? '');

/** A variable to add. */
export interface NewVariable {
  readonly name: string;
  /** As written after the `=`. */
  readonly value: string;
  /** One comment line before it, without the `#`. */
  readonly comment?: string;
  /** Put it after the (last) entry of this name; at the end of the file when there is none. */
  readonly after?: string;
}

/** Adds a variable. Unchanged when an entry of that name exists; refuses a name, value or comment that is not one line. */
export function addVariable(file: DotenvFile, wanted: NewVariable): EditOutcome {
  const comment = wanted.comment === undefined ? [] : [`# ${wanted.comment}`];
  const added = [...comment, `${wanted.name}=${wanted.value}`];
  if (file.entries.some(({ name }) => name === wanted.name)) return { kind: 'unchanged', remarks: [] };
  const [own, ...others] = readDotenv(added.join('\n')).entries;
  if (own?.name !== wanted.name || others.length > 0 || added.some((line) => /[\r\n]/.test(line))) {
    return { kind: 'refused', why: `not one line: ${wanted.name}=${wanted.value}`, line: 1 };
  }
  const newline = newlineOf(file.text);
  const anchor = file.entries.findLast(({ name }) => name === wanted.after);
  const { text } = file;
  const at = anchor?.end ?? text.length;
  const block = added.join(newline);
  // The whole lines go after a line end that is there, or bring the missing one with them.
  const after = text.indexOf('\n', at);
  const edit: TextEdit =
    anchor !== undefined && after !== -1
      ? { start: after + 1, end: after + 1, text: block + newline }
      : text.length === bomLength(text) || text.endsWith('\n')
        ? { start: text.length, end: text.length, text: block + newline }
        : { start: text.length, end: text.length, text: newline + block };
  const place = anchor === undefined ? file.entries.length : file.entries.indexOf(anchor) + 1;
  return prove(
    file,
    [edit],
    [...file.entries.slice(0, place).map(meaning), meaning(own), ...file.entries.slice(place).map(meaning)],
  );
}

/** Puts `# ` before every line of the given entries. Unchanged without entries. */
export function commentOut(file: DotenvFile, entries: readonly DotenvEntry[]): EditOutcome {
  if (entries.length === 0) return { kind: 'unchanged', remarks: [] };
  const lines = indexLines(file.text);
  const edits = entries.flatMap(({ line, endLine }) =>
    Array.from({ length: endLine - line + 1 }, (_, index) => {
      const at = line + index === 1 ? bomLength(file.text) : lines.startOf(line + index);
      return { start: at, end: at, text: '# ' };
    }),
  );
  return prove(file, edits, file.entries.filter((one) => !entries.includes(one)).map(meaning));
}

const meaning = ({ name, value, quote, exported }: DotenvEntry): string =>
  JSON.stringify([name, value, quote, exported]);

function prove(file: DotenvFile, edits: readonly TextEdit[], expected: readonly string[]): EditOutcome {
  const now = readDotenv(applyEdits(file.text, edits));
  const same =
    now.problems.length === file.problems.length &&
    JSON.stringify(now.entries.map(meaning)) === JSON.stringify(expected);
  if (same) return { kind: 'edits', edits, remarks: [] };
  const line = file.text.slice(0, edits[0]?.start ?? 0).split('\n').length;
  return { kind: 'refused', why: 'the edit would change other lines too', line };
}
