import { createHash } from 'node:crypto';
import { diffArrays } from 'diff';
import { decodeText } from '../base/text.ts';
import type { ChangeContent, FileChange } from '../tree/changes.ts';
import type { FileMode } from '../tree/tree.ts';
import { gitBinaryPatch } from './diff/git-binary.ts';
import { fileLineName, quoteGitName } from './diff/git-name.ts';

const CONTEXT = 3;
// A rewrite beyond this costs seconds to diff line by line and reads no better than the whole text out, the whole text in.
const MAX_EDITS = 1000;
const NO_NEWLINE = '\\ No newline at end of file\n';

/** Lines that stayed (' '), went ('-') or came ('+'), each with its own line end. */
export interface LineRun {
  readonly sign: ' ' | '-' | '+';
  readonly lines: readonly string[];
}

/** What goes into a patch, and for which repository. */
export interface PatchOptions {
  /** Leaves a change out of the patch. */
  readonly skip?: (change: FileChange) => boolean;
  /**
   * The folder of the repository that the paths count from; empty for its top. Git skips a patch whose paths lie elsewhere,
   * without a word.
   */
  readonly folder?: string;
  /** The object format of the repository that the patch is for; binary changes apply only with the right one. */
  readonly objectFormat?: 'sha1' | 'sha256';
}

/**
 * Writes the changes as one patch that `git apply` takes, forwards and with `-R`, in the order given. Every change has
 * an `index` line with full object names, so `git apply --3way` works.
 */
export function formatPatch(
  changes: readonly FileChange[],
  content: (change: FileChange) => ChangeContent,
  options: PatchOptions = {},
): string {
  const objectName = (bytes: Uint8Array | undefined): string => {
    const format = options.objectFormat ?? 'sha1';
    if (bytes === undefined) return '0'.repeat(format === 'sha1' ? 40 : 64);
    return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  };
  return changes
    .filter((change) => options.skip?.(change) !== true)
    .flatMap((change) => sidesOf(change, content(change)))
    .map(({ before, after }) => ({ before: moveSide(before, options.folder), after: moveSide(after, options.folder) }))
    .map((sides) => formatSides(sides, objectName))
    .join('');
}

function moveSide(side: Side | undefined, folder = ''): Side | undefined {
  return side === undefined || folder === '' ? side : { ...side, path: `${folder}/${side.path}` };
}

interface Side {
  readonly path: string;
  readonly mode: FileMode;
  readonly bytes: Uint8Array;
}

interface Sides {
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

function sidesOf(change: FileChange, { before, after }: ChangeContent): readonly Sides[] {
  const oldPath = change.kind === 'rename' ? change.from : change.path;
  const old =
    change.kind === 'create' || before === undefined
      ? undefined
      : { path: oldPath, mode: change.before.mode, bytes: before };
  const next =
    change.kind === 'delete' || after === undefined
      ? undefined
      : { path: change.path, mode: change.after.mode, bytes: after };
  const changesType = old !== undefined && next !== undefined && (old.mode === 'link') !== (next.mode === 'link');
  if (!changesType) return [{ before: old, after: next }];
  // Git has no patch from a link to a file: it is a deletion and a creation of one path.
  return [
    { before: old, after: undefined },
    { before: undefined, after: next },
  ];
}

const gitMode = (mode: FileMode): string => (mode === 'link' ? '120000' : `100${mode}`);

function formatSides({ before, after }: Sides, objectName: (bytes: Uint8Array | undefined) => string): string {
  const oldPath = before?.path ?? after?.path ?? '';
  const newPath = after?.path ?? oldPath;
  let header = `diff --git ${quoteGitName(`a/${oldPath}`)} ${quoteGitName(`b/${newPath}`)}\n`;
  if (before === undefined && after !== undefined) header += `new file mode ${gitMode(after.mode)}\n`;
  if (after === undefined && before !== undefined) header += `deleted file mode ${gitMode(before.mode)}\n`;
  const sameMode = before !== undefined && after !== undefined && before.mode === after.mode;
  if (before !== undefined && after !== undefined && !sameMode) {
    header += `old mode ${gitMode(before.mode)}\nnew mode ${gitMode(after.mode)}\n`;
  }
  const oldName = objectName(before?.bytes);
  const newName = objectName(after?.bytes);
  if (oldPath !== newPath) {
    const similarity = oldName === newName ? 100 : similarityOf(before, after);
    header += `similarity index ${similarity}%\nrename from ${quoteGitName(oldPath)}\nrename to ${quoteGitName(newPath)}\n`;
  }
  if (oldName === newName) return header;
  header += `index ${oldName}..${newName}${sameMode ? ` ${gitMode(before.mode)}` : ''}\n`;
  return header + formatBody(before, after);
}

/** Share of the larger side that stayed, in whole percent below 100. */
function similarityOf(before: Side | undefined, after: Side | undefined): number {
  const oldBytes = before?.bytes ?? new Uint8Array();
  const newBytes = after?.bytes ?? new Uint8Array();
  const kept = (diffBytes(oldBytes, newBytes) ?? []).filter((run) => run.sign === ' ').flatMap((run) => run.lines);
  const keptBytes = kept.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  return Math.min(99, Math.floor((100 * keptBytes) / Math.max(oldBytes.length, newBytes.length, 1)));
}

function formatBody(before: Side | undefined, after: Side | undefined): string {
  const oldBytes = before?.bytes ?? new Uint8Array();
  const newBytes = after?.bytes ?? new Uint8Array();
  const runs = diffBytes(oldBytes, newBytes);
  if (runs === null) return gitBinaryPatch(oldBytes, newBytes);
  const hunks = formatHunks(runs);
  if (hunks === '') return '';
  const oldLabel = before === undefined ? '/dev/null' : fileLineName(`a/${before.path}`);
  const newLabel = after === undefined ? '/dev/null' : fileLineName(`b/${after.path}`);
  return `--- ${oldLabel}\n+++ ${newLabel}\n${hunks}`;
}

/** The line diff of two contents, or null when either is binary: not UTF-8 text, or with a NUL byte. */
export function diffBytes(before: Uint8Array, after: Uint8Array): readonly LineRun[] | null {
  const oldText = decodeText(before);
  const newText = decodeText(after);
  return oldText === null || newText === null ? null : diffLines(oldText, newText);
}

/** Compares two texts line by line; a line that differs only in its line end is another line. */
export function diffLines(before: string, after: string): readonly LineRun[] {
  const old = splitLines(before);
  const next = splitLines(after);
  const shortest = Math.min(old.length, next.length);
  let head = 0;
  while (head < shortest && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && old[old.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  const oldMiddle = old.slice(head, old.length - tail);
  const newMiddle = next.slice(head, next.length - tail);
  const runs: LineRun[] = [
    { sign: ' ', lines: old.slice(0, head) },
    ...diffMiddle(oldMiddle, newMiddle),
    { sign: ' ', lines: old.slice(old.length - tail) },
  ];
  return runs.filter((run) => run.lines.length > 0);
}

function diffMiddle(old: readonly string[], next: readonly string[]): readonly LineRun[] {
  const parts = diffArrays([...old], [...next], { maxEditLength: MAX_EDITS });
  if (parts === undefined) {
    return [
      { sign: '-', lines: old },
      { sign: '+', lines: next },
    ];
  }
  return parts.map((part) => ({ sign: part.added ? '+' : part.removed ? '-' : ' ', lines: part.value }));
}

function splitLines(text: string): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
    lines.push(text.slice(start, at + 1));
    start = at + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  oldCount: number;
  newCount: number;
  body: string;
}

function formatHunks(runs: readonly LineRun[]): string {
  const hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  let oldLine = 1;
  let newLine = 1;
  const add = (sign: LineRun['sign'], line: string): void => {
    hunk ??= { oldStart: oldLine, newStart: newLine, oldCount: 0, newCount: 0, body: '' };
    hunk.body += `${sign}${line}${line.endsWith('\n') ? '' : `\n${NO_NEWLINE}`}`;
    if (sign !== '+') hunk.oldCount += 1;
    if (sign !== '-') hunk.newCount += 1;
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
  };
  const skip = (count: number): void => {
    if (hunk !== undefined) hunks.push(hunk);
    hunk = undefined;
    oldLine += count;
    newLine += count;
  };
  for (const [index, { sign, lines }] of runs.entries()) {
    const after = index === 0 ? 0 : CONTEXT;
    const before = index === runs.length - 1 ? 0 : CONTEXT;
    if (sign !== ' ' || (lines.length <= after + before && runs.length > 1)) {
      for (const line of lines) add(sign, line);
      continue;
    }
    for (const line of lines.slice(0, after)) add(sign, line);
    skip(Math.max(0, lines.length - after - before));
    for (const line of lines.slice(Math.max(after, lines.length - before))) add(sign, line);
  }
  skip(0);
  return hunks.map(formatHunk).join('');
}

function formatHunk(hunk: Hunk): string {
  const range = (start: number, count: number): string =>
    count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
  return `@@ -${range(hunk.oldStart, hunk.oldCount)} +${range(hunk.newStart, hunk.newCount)} @@\n${hunk.body}`;
}
