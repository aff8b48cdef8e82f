import type { MarkdownBlock } from '../../../src/authoring.ts';
import type { AuthMention } from '../auth-mentions.ts';
import { type Draft, leaveToPerson, mentionsIn, removeBlock, replaceBlock } from './draft.ts';

const SHELL = new Set([
  'bash',
  'sh',
  'shell',
  'zsh',
  'console',
  'shell-session',
  'shellsession',
  'terminal',
  'powershell',
]);
const PLAIN = new Set(['', 'text', 'txt', 'plaintext', 'plain', 'tree']);
const SHELL_ENTRY = /\b(?:docker|podman)(?:[- ]compose)?\s.*\bexec\b.*\s(?:\/bin\/)?(?:ba|z)?sh\s*$/;
const BARE_CLAUDE = /^\s*(?:\$\s+)?claude\s*$/;
const PATH_ONLY = /^\/root\/\.claude(?:\.json)?(?:\/.*)?$/;

/** A command with its comment lines before it; lines count from 1, `to` is exclusive. */
interface Line {
  readonly line: number;
  readonly text: string;
  readonly dead: boolean;
}

/** Whether the block is marked as commands for a shell. */
export function isShellCode(block: MarkdownBlock): boolean {
  return SHELL.has(block.lang ?? '');
}

/** Whether the block enters the container's shell and starts `claude` there to log in. */
export function isShellLogin(block: MarkdownBlock): boolean {
  const lines = block.codeLines.map(({ text }) => text);
  return lines.some((text) => SHELL_ENTRY.test(text)) && lines.some((text) => BARE_CLAUDE.test(text));
}

/** Decides on one fenced code block: paths are corrected, login commands leave or make room for the new ones. */
export function reviseCode(draft: Draft, block: MarkdownBlock): void {
  const mentions = mentionsIn(draft.mentions, block.span);
  const shellLogin = isShellLogin(block) && !draft.describesToken;
  if (mentions.length === 0 && !shellLogin) return;
  if (block.codeLines.length === 0) {
    leaveToPerson(draft, block.line, 'this code block still speaks of the removed login');
    return;
  }
  const rest = mentions.filter((mention) => !correctInPlace(draft, mention));
  if (rest.length === 0 && !shellLogin) return;
  const lang = block.lang ?? '';
  if (SHELL.has(lang) || (PLAIN.has(lang) && !isTree(block) && !isDrawing(block)))
    reviseShell(draft, block, rest, shellLogin);
  else if (isTree(block)) removeTreeLines(draft, block, rest);
  else removeComments(draft, block, rest);
}

/** Corrects what has a new value in the same place: the login's folder, and the variable that carries the login. */
function correctInPlace(draft: Draft, mention: AuthMention): boolean {
  if (mention.kind === 'root-path' && PATH_ONLY.test(mention.text)) {
    const span = { start: mention.start, end: mention.start + '/root'.length };
    draft.changes.push({ kind: 'substitute', span, text: '/home/claude' });
    return true;
  }
  if (mention.kind !== 'session-variable' || mention.text !== 'CLAUDE_CODE_SESSION') return false;
  const { lines, text } = draft.doc;
  const line = lines.lineAt(mention.start);
  const source = text.slice(lines.startOf(line), lines.endOf(line));
  if (!/\bCLAUDE_CODE_SESSION["']?\s*(?:[=:]|:-|\})/.test(source)) return false;
  draft.changes.push({ kind: 'substitute', span: mention, text: 'CLAUDE_CODE_OAUTH_TOKEN' });
  const literal = /^=(?:["']?)[^\s"'$]+(?:["']?)(?=\s|$)/.exec(text.slice(mention.end));
  if (literal !== null) {
    const span = { start: mention.end, end: mention.end + literal[0].length };
    draft.changes.push({ kind: 'substitute', span, text: '=sk-ant-oat01-your-token' });
  }
  return true;
}

function isTree(block: MarkdownBlock): boolean {
  return block.codeLines.some(({ text }) => /(?:├|└|`--|\|--)/.test(text));
}

function isDrawing(block: MarkdownBlock): boolean {
  return block.codeLines.some(({ text }) => /[┌┐┘▼▲→←]|-->|\+--/.test(text));
}

function lineMarks(draft: Draft, block: MarkdownBlock, mentions: readonly AuthMention[]): ReadonlySet<number> {
  const marked = new Set<number>();
  for (const mention of mentions) marked.add(draft.doc.lines.lineAt(mention.start));
  // A command that goes on in the next line goes as a whole.
  for (const { line, text } of block.codeLines) if (marked.has(line) && /\\\s*$/.test(text)) marked.add(line + 1);
  for (const { line, text } of [...block.codeLines].reverse()) {
    if (marked.has(line + 1) && /\\\s*$/.test(text)) marked.add(line);
  }
  return marked;
}

function reviseShell(draft: Draft, block: MarkdownBlock, mentions: readonly AuthMention[], shellLogin: boolean): void {
  const marked = lineMarks(draft, block, mentions);
  const inShell = shellLogin ? shellLoginLines(block) : new Set<number>();
  const flat = block.codeLines.map(({ line, text }) => ({ line, text, dead: marked.has(line) || inShell.has(line) }));
  const lines = withComments(flat);
  if (lines.every(({ text, dead }) => dead || isComment(text) || text.trim() === '')) {
    emptied(draft, block);
    return;
  }
  for (const run of deadRuns(lines)) {
    const text = draft.used.has('commands') || draft.used.has('step') ? null : draft.kit.commands;
    draft.used.add('commands');
    draft.changes.push({ kind: 'code-lines', target: block, from: run.from, to: run.to, text });
  }
}

/** A block that held nothing but the login: the first of the document makes room for the new step. */
function emptied(draft: Draft, block: MarkdownBlock): void {
  if (draft.used.has('step') || draft.used.has('commands')) {
    removeBlock(draft, block);
    return;
  }
  draft.used.add('step');
  replaceBlock(draft, block, draft.kit.step);
}

function isComment(text: string): boolean {
  return /^\s*(?:#|\/\/|REM\b)/.test(text);
}

/** Lines from entering the container's shell to leaving it. */
function shellLoginLines(block: MarkdownBlock): ReadonlySet<number> {
  const lines = block.codeLines;
  const from = lines.findIndex(({ text }) => SHELL_ENTRY.test(text));
  const claude = lines.findIndex(({ text }) => BARE_CLAUDE.test(text));
  const exit = lines.findIndex(({ text }, at) => at > claude && /^\s*(?:\$\s+)?exit\s*$/.test(text));
  const to = exit === -1 ? claude : exit;
  return new Set(lines.slice(from, to + 1).map(({ line }) => line));
}

/** Comment lines directly above a dead line die with it, unless a living command stands between. */
function withComments(lines: readonly Line[]): readonly Line[] {
  const result: Line[] = [...lines];
  for (let at = result.length - 2; at >= 0; at -= 1) {
    const line = result[at] as Line;
    const next = result[at + 1] as Line;
    if (next.dead && isComment(line.text)) result[at] = { ...line, dead: true };
  }
  return result;
}

/** Runs of dead lines; blank lines between two of them belong to the run. */
function deadRuns(lines: readonly Line[]): readonly { readonly from: number; readonly to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let blanksOnly = false;
  for (const { line, text, dead } of lines) {
    const last = runs.at(-1);
    if (dead && last !== undefined && blanksOnly) last.to = line + 1;
    else if (dead) runs.push({ from: line, to: line + 1 });
    blanksOnly = dead || (blanksOnly && text.trim() === '');
  }
  return runs;
}

/** Takes entries out of a drawn folder listing and mends the corner of the entry above when the last one goes. */
function removeTreeLines(draft: Draft, block: MarkdownBlock, mentions: readonly AuthMention[]): void {
  const marked = lineMarks(draft, block, mentions);
  const left = block.codeLines.filter(({ line }) => !marked.has(line));
  for (const { line, text } of block.codeLines) {
    if (!marked.has(line)) continue;
    draft.changes.push({ kind: 'code-lines', target: block, from: line, to: line + 1, text: null });
    const corner = text.search(/└|`--/);
    if (corner === -1) continue;
    const above = left.filter((entry) => entry.line < line && /[├|]/.test(entry.text[corner] ?? '')).at(-1);
    if (above !== undefined) mendCorner(draft, above.line, corner, above.text);
  }
}

function mendCorner(draft: Draft, line: number, corner: number, text: string): void {
  const { lines } = draft.doc;
  const source = draft.doc.text.slice(lines.startOf(line), lines.endOf(line)).replace(/\r?\n$/, '');
  const start = lines.startOf(line) + source.length - text.length + corner;
  const drawn = text[corner] === '├' ? '└' : '`';
  if (text[corner] === '├' || text.startsWith('|--', corner)) {
    draft.changes.push({ kind: 'substitute', span: { start, end: start + 1 }, text: drawn });
  }
}

/** In any other language only a line that is all comment can go; the rest is a person's. */
function removeComments(draft: Draft, block: MarkdownBlock, mentions: readonly AuthMention[]): void {
  const marked = lineMarks(draft, block, mentions);
  for (const { line, text } of block.codeLines) {
    if (!marked.has(line)) continue;
    if (isComment(text))
      draft.changes.push({ kind: 'code-lines', target: block, from: line, to: line + 1, text: null });
    else leaveToPerson(draft, line, `this example still uses the removed login: ${text.trim()}`);
  }
}
