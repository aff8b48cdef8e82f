/** Reads .gitignore and .dockerignore files, judges paths by them, and edits them by whole lines. Pure. */
import { bomLength, indexLines, newlineOf } from '../base/text.ts';
import { applyEdits, type TextEdit } from '../tree/edits.ts';
import { patternToRegExp } from './ignore-file/match.ts';
import type { EditOutcome } from './outcome.ts';

/** One pattern line. */
export interface IgnorePattern {
  /** As written, trailing blanks and line end removed. */
  readonly text: string;
  readonly negated: boolean;
  /** Without `!`, leading backslash and slash at the end. */
  readonly body: string;
  /** Written with a slash at the end. */
  readonly folderOnly: boolean;
  readonly line: number;
  readonly start: number;
  /** After its last character, without the line end. */
  readonly end: number;
}

/** An ignore file, read. */
export interface IgnoreFile {
  readonly text: string;
  readonly patterns: readonly IgnorePattern[];
}

/** Whose rules decide: git's, or those of the container build. */
export type IgnoreDialect = 'git' | 'docker';

/** Reads an ignore file; comments and blank lines are left out. */
export function readIgnoreFile(text: string): IgnoreFile {
  const lines = indexLines(text);
  const patterns: IgnorePattern[] = [];
  for (let line = 1; line <= lines.lineCount; line += 1) {
    const start = line === 1 ? bomLength(text) : lines.startOf(line);
    const raw = text.slice(start, lines.endOf(line)).replace(/\r?\n?$/, '');
    const shown = raw.replace(/(?<!\\)((?:\\\\)*)[ \t]+$/, '$1');
    if (shown === '' || shown.startsWith('#')) continue;
    const negated = shown.startsWith('!');
    const written = negated ? shown.slice(1) : shown;
    const folderOnly = written.length > 1 && written.endsWith('/');
    const body = folderOnly ? written.slice(0, -1) : written;
    if (body !== '') patterns.push({ text: shown, negated, body, folderOnly, line, start, end: start + raw.length });
  }
  return { text, patterns };
}

/** What decides about a path, if anything. */
export type IgnoreVerdict =
  | { readonly kind: 'ignored'; readonly by: IgnorePattern; readonly folder: string | null }
  | { readonly kind: 'kept'; readonly by: IgnorePattern | null };

/**
 * Judges a file path (no slash in front, from the folder of the ignore file). `folder` names the ignored folder on the way to it: git never
 * looks inside one, so no later `!` line brings the file back.
 */
export function judgePath(patterns: readonly IgnorePattern[], path: string, dialect: IgnoreDialect): IgnoreVerdict {
  const parts = path.split('/');
  const ways = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  if (dialect === 'docker') {
    const by = patterns.findLast((one) => ways.some((way) => matchesOnce(one, way, true, dialect))) ?? null;
    return by === null || by.negated ? { kind: 'kept', by } : { kind: 'ignored', by, folder: null };
  }
  let kept: IgnorePattern | null = null;
  for (const way of ways) {
    const isFolder = way !== path;
    const by = patterns.findLast((one) => matchesOnce(one, way, isFolder, dialect));
    if (by !== undefined && !by.negated) return { kind: 'ignored', by, folder: isFolder ? way : null };
    if (by !== undefined) kept = by;
  }
  return { kind: 'kept', by: kept };
}

/** Whether `path`, a file, is ignored. */
export function isIgnored(patterns: readonly IgnorePattern[], path: string, dialect: IgnoreDialect): boolean {
  return judgePath(patterns, path, dialect).kind === 'ignored';
}

function matchesOnce(pattern: IgnorePattern, way: string, isFolder: boolean, dialect: IgnoreDialect): boolean {
  if (dialect === 'git' && pattern.folderOnly && !isFolder) return false;
  const anchored = dialect === 'docker' || pattern.body.includes('/');
  const body = pattern.body.replace(/^\//, '');
  const unit = dialect === 'git' ? asBytes : (text: string): string => text;
  const test = patternToRegExp(unit(dialect === 'docker' ? body.replace(/^(?:\.\/)+/, '') : body));
  if (test === null) return false;
  return test.test(unit(anchored ? way : way.slice(way.lastIndexOf('/') + 1)));
}

/** Git matches bytes, so that its `?` stands for half of an `é`; docker matches characters. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Adds lines at the end, in order; those that stand in the file already (as the same pattern) are left out, unless `again` wants them repeated
 * because order matters. Lines are never glued; the file keeps ending with or without a line end, as it did.
 */
export function addIgnoreLines(file: IgnoreFile, lines: readonly string[], again = false): EditOutcome {
  const missing = lines.filter((line) => again || !file.patterns.some(({ text }) => text === line));
  if (missing.length === 0) return { kind: 'unchanged', remarks: [] };
  const bad = missing.find((line) => /[\r\n]/.test(line));
  if (bad !== undefined) return { kind: 'refused', why: `not one line: ${JSON.stringify(bad)}`, line: 1 };
  const { text } = file;
  const newline = newlineOf(text);
  const block = missing.join(newline);
  const glued = text.length > bomLength(text) && !text.endsWith('\n');
  const edit = { start: text.length, end: text.length, text: glued ? newline + block : block + newline };
  const added = readIgnoreFile(missing.join('\n')).patterns.map(({ text: one }) => one);
  return prove(file, edit, [...file.patterns.map(({ text: one }) => one), ...added]);
}

/** Removes the whole line of a pattern; a file without a final line end keeps having none. */
export function removeIgnoreLine(file: IgnoreFile, pattern: IgnorePattern): EditOutcome {
  const { text } = file;
  const newline = text.indexOf('\n', pattern.end);
  const start = newline === -1 ? text.slice(0, pattern.start).replace(/\r?\n$/, '').length : pattern.start;
  const edit = { start, end: newline === -1 ? text.length : newline + 1, text: '' };
  return prove(
    file,
    edit,
    file.patterns.filter((one) => one !== pattern).map(({ text: one }) => one),
  );
}

function prove(file: IgnoreFile, edit: TextEdit, expected: readonly string[]): EditOutcome {
  const now = readIgnoreFile(applyEdits(file.text, [edit])).patterns.map(({ text }) => text);
  if (JSON.stringify(now) === JSON.stringify(expected)) return { kind: 'edits', edits: [edit], remarks: [] };
  const line = file.text.slice(0, edit.start).split('\n').length;
  return { kind: 'refused', why: 'the edit would change other lines too', line };
}
