import { bomLength, type LineIndex } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import { drawDropped, drawReplaced } from './inline-spans.ts';
import { ancestors, type PyNode, statementsOf, walk } from './node.ts';
import type { Removal } from './removal.ts';

/** Statements that share their line, joined by `;`. */
interface Run {
  readonly statements: readonly PyNode[];
  readonly start: number;
  /** Behind the last `;` too. */
  readonly end: number;
}

/** The text being edited, and what is gathered on the way. */
interface Draft {
  readonly text: string;
  readonly lines: LineIndex;
  readonly removal: Removal;
  /** Whether a comment is about what is removed, whatever stays under it. */
  readonly isAbout: (comment: string) => boolean;
  /** Offsets where comments start. */
  readonly comments: ReadonlySet<number>;
  readonly edits: TextEdit[];
  readonly deletedLines: Set<number>;
}

/** Draws the edits of a removal. Only lines that held something removed change; blank lines are never touched. */
export function drawRemoval(
  text: string,
  root: PyNode,
  lines: LineIndex,
  removal: Removal,
  isAbout: (comment: string) => boolean,
): readonly TextEdit[] {
  const nodes = [...walk(root)];
  const comments = new Set(nodes.filter((node) => node.type === 'comment').map((node) => node.start));
  const draft: Draft = { text, lines, removal, isAbout, comments, edits: [], deletedLines: new Set() };
  for (const container of nodes) {
    if (container.type !== 'module' && container.type !== 'block') continue;
    if ([...ancestors(container)].some((above) => removal.gone.has(above))) continue;
    const statements = statementsOf(container);
    let needsPass =
      container.type === 'block' && statements.length > 0 && statements.every((node) => isGone(draft, node));
    for (const run of runsOf(text, container)) {
      drawRun(draft, run, container, needsPass);
      needsPass = false;
    }
  }
  const inline = [...drawReplaced(text, removal), ...drawDropped(text, root, lines, removal)];
  return [...draft.edits, ...inline, ...drawLines(text, lines, draft.deletedLines)];
}

function isGone(draft: Draft, node: PyNode): boolean {
  return draft.removal.gone.has(node);
}

function runsOf(text: string, container: PyNode): readonly Run[] {
  const runs: { statements: PyNode[]; start: number; end: number }[] = [];
  for (const child of container.children) {
    const run = runs.at(-1);
    if (child.type === ';' && run !== undefined) run.end = child.end;
    if (!child.named || child.type === 'comment' || child.type === 'line_continuation') continue;
    const joined =
      run !== undefined && /^[ \t\f]*$/.test(text.slice(run.end, child.start)) && text[run.end - 1] === ';';
    if (joined) {
      run.statements.push(child);
      run.end = child.end;
    } else runs.push({ statements: [child], start: child.start, end: child.end });
  }
  return runs;
}

function drawRun(draft: Draft, run: Run, container: PyNode, needsPass: boolean): void {
  const { lines, deletedLines, edits } = draft;
  const kept = run.statements.filter((node) => !isGone(draft, node));
  if (kept.length > 0) {
    if (kept.length < run.statements.length) edits.push(...cutFromRun(draft, run));
    return;
  }
  const first = lines.lineAt(run.start);
  const last = lines.lineAt(run.end - 1);
  const ownLine = contentStart(draft, first) === run.start && !continuesLine(draft, first);
  for (const line of attachedComment(draft, run, container)) deletedLines.add(line);
  if (ownLine && !needsPass) {
    for (let line = first; line <= last; line += 1) deletedLines.add(line);
    return;
  }
  // On a line of its own the comment behind goes too: it spoke of what is gone.
  const end = ownLine ? contentEnd(draft, last) : run.end;
  edits.push({ start: run.start, end, text: 'pass' });
}

/** Takes the removed statements out of a line that keeps others. */
function cutFromRun(draft: Draft, run: Run): readonly TextEdit[] {
  const lastKept = run.statements.findLastIndex((node) => !isGone(draft, node));
  const edits: TextEdit[] = [];
  run.statements.slice(0, lastKept).forEach((node, index) => {
    const next = run.statements[index + 1] as PyNode;
    if (isGone(draft, node)) edits.push({ start: node.start, end: next.start, text: '' });
  });
  const kept = run.statements[lastKept] as PyNode;
  const last = run.statements.at(-1) as PyNode;
  if (last !== kept) edits.push({ start: kept.end, end: last.end, text: '' });
  return edits;
}

const KEPT_COMMENT =
  /^#(?:!|\s*(?:[-=#*~_+]{3,}|-\*-|%%|type:|noqa|fmt:|pylint:|ruff:|isort:|(?:end)?region\b)|.*(?:copyright|licen[cs]e|spdx))/i;

/**
 * Lines of the comment above a run, when it is about the run or no statement right under it stays; with blank lines
 * between only one that is about the run.
 */
function attachedComment(draft: Draft, run: Run, container: PyNode): readonly number[] {
  const { text, lines, comments } = draft;
  const indentOf = (line: number): string => text.slice(textStart(draft, line), contentStart(draft, line));
  const own = lines.lineAt(run.start);
  const nearest = lineWithContent(draft, own - 1);
  const paragraphGone = nearest === own - 1 && isParagraphGone(draft, run, container);
  const found: number[] = [];
  for (let line = nearest; line >= 1; line -= 1) {
    const start = contentStart(draft, line);
    const content = text.slice(start, contentEnd(draft, line));
    if (!comments.has(start) || indentOf(line) !== indentOf(own) || KEPT_COMMENT.test(content)) break;
    if (line === nearest && !paragraphGone && !draft.isAbout(content)) break;
    found.push(line);
    // A comment that starts in lower case goes on from the line above it.
    if (!/^#+\s*[a-z]/.test(content)) break;
  }
  return found;
}

/** The first line from `line` upwards that is not blank; 0 when there is none. */
function lineWithContent(draft: Draft, line: number): number {
  let at = line;
  while (at >= 1 && contentStart(draft, at) >= contentEnd(draft, at)) at -= 1;
  return at;
}

function isParagraphGone(draft: Draft, run: Run, container: PyNode): boolean {
  const { lines } = draft;
  const siblings = statementsOf(container);
  let lastLine = lines.lineAt(run.end - 1);
  for (const next of siblings.slice(siblings.indexOf(run.statements.at(-1) as PyNode) + 1)) {
    if (lines.lineAt(next.start) > lastLine + 1) break;
    if (!isGone(draft, next)) return false;
    lastLine = lines.lineAt(Math.max(next.start, next.end - 1));
  }
  return true;
}

/** Where a line starts, behind a byte-order mark. */
function textStart(draft: Draft, line: number): number {
  return draft.lines.startOf(line) + (line === 1 ? bomLength(draft.text) : 0);
}

function contentStart(draft: Draft, line: number): number {
  const start = textStart(draft, line);
  const whole = draft.text.slice(start, draft.lines.endOf(line));
  return start + (/^[ \t\f]*/.exec(whole)?.[0].length ?? 0);
}

function contentEnd(draft: Draft, line: number): number {
  const start = draft.lines.startOf(line);
  return start + draft.text.slice(start, draft.lines.endOf(line)).trimEnd().length;
}

function continuesLine(draft: Draft, line: number): boolean {
  const { text, lines } = draft;
  return line > 1 && /\\\r?\n$/.test(text.slice(lines.startOf(line - 1), lines.endOf(line - 1)));
}

/** Deletes whole lines. A text without a final newline keeps having none: the newline before goes instead. */
function drawLines(text: string, lines: LineIndex, deleted: ReadonlySet<number>): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const sorted = [...deleted].sort((a, b) => a - b);
  for (let index = 0; index < sorted.length; ) {
    const first = sorted[index] as number;
    let last = first;
    while (deleted.has(last + 1)) last += 1;
    index += last - first + 1;
    let start = lines.startOf(first) + (first === 1 ? bomLength(text) : 0);
    const end = lines.endOf(last);
    const open = end === text.length && !text.endsWith('\n');
    if (open && first > 1) start -= text.slice(0, start).endsWith('\r\n') ? 2 : 1;
    edits.push({ start, end, text: '' });
  }
  return edits;
}
