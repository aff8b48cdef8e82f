import {
  applyEdits,
  compileGlobs,
  editMarkdown,
  HISTORY_GLOBS,
  indexLines,
  type MarkdownBlock,
  type MarkdownChange,
  type MarkdownDocument,
  type Note,
  type ReadonlyTree,
  type RepoPath,
  readMarkdown,
  walkBlocks,
} from '../../../src/authoring.ts';
import { type AuthMention, describesToken, findAuthMentions, type IsGone } from '../auth-mentions.ts';
import { findAtRoot, findGuides, goneFrom, surroundingsOf } from './document-step.ts';

/** A document outside the three that are rewritten: at most dead commands and links leave it. */
export interface OtherDocument {
  readonly path: RepoPath;
  readonly text: string;
  readonly notes: readonly Note[];
}

const DOCUMENTS = [
  '**/*.{md,markdown,mdx,rst,adoc}',
  // What people start by a short name.
  '**/{Makefile,makefile,GNUmakefile,justfile,Justfile,.justfile}',
  '**/*.{mk,just}',
  '**/[Tt]askfile.{yml,yaml}',
];
/** Every mention holds one of these, so that the other files need not be read. */
const WORDS = [
  'auth',
  'Auth',
  'AUTH',
  'login',
  'Login',
  'log in',
  'Log in',
  'claude',
  'CLAUDE_CODE_SESSION',
  'ocket',
  'OCKET',
];
/** Reading this many documents is quicker than a look into every file of a large repository. */
const FEW = 1000;
const VENDORED = ['**/node_modules/**', '**/{.venv,venv,vendor}/**'];

/** The other documents that speak of the removed login. */
export async function readOtherDocuments(tree: ReadonlyTree): Promise<readonly OtherDocument[]> {
  const isSkipped = compileGlobs([...HISTORY_GLOBS, ...VENDORED]);
  const rewritten = new Set([...findGuides(tree), ...findAtRoot(tree, 'README.md'), ...findAtRoot(tree, 'CLAUDE.md')]);
  const isGone = goneFrom(tree);
  const found: OtherDocument[] = [];
  const isDocument = compileGlobs([...DOCUMENTS]);
  const documents = tree.paths(...DOCUMENTS);
  const paths = documents.length <= FEW ? documents : (await tree.search(WORDS)).filter((path) => isDocument(path));
  for (const path of paths) {
    if (rewritten.has(path) || isSkipped(path) || tree.mode(path) === 'link') continue;
    const before = tree.tryReadText(path);
    if (before === null || !WORDS.some((word) => before.includes(word))) continue;
    const text = /\.(?:md|markdown)$/i.test(path) ? withoutDeadLines(tree, path, before, isGone) : before;
    const notes = notesOn(path, text, isGone);
    if (text !== before || notes.length > 0) found.push({ path, text, notes });
  }
  return found;
}

function notesOn(path: RepoPath, text: string, isGone: IsGone): readonly Note[] {
  const lines = indexLines(text);
  const named = describesToken(text);
  const byLine = new Map<number, AuthMention>();
  for (const mention of findAuthMentions(text, isGone)) {
    if (mention.strength === 'weak' || (mention.strength === 'soft' && named)) continue;
    const line = lines.lineAt(mention.start);
    const known = byLine.get(line);
    if (known === undefined || (known.strength === 'soft' && mention.strength === 'hard')) byLine.set(line, mention);
  }
  return [...byLine].map(([line, mention]) => ({
    severity: mention.strength === 'hard' ? 'todo' : 'warning',
    message: `speaks of the removed login: ${mention.text.trim()}`,
    path,
    line,
  }));
}

/** Takes out command lines that run a deleted script, and entries that are nothing but a link to something deleted. */
function withoutDeadLines(tree: ReadonlyTree, path: RepoPath, text: string, isGone: IsGone): string {
  const dead = findAuthMentions(text, isGone).filter(({ kind }) => kind === 'removed-file');
  if (dead.length === 0) return text;
  const doc = readMarkdown(text);
  const { linkTarget } = surroundingsOf(tree, path);
  const changes: MarkdownChange[] = [];
  for (const block of walkBlocks(doc.blocks)) {
    if (block.kind === 'code') changes.push(...deadCommands(block, dead, doc));
    else if (block.kind === 'item' && isLinkOnly(doc, block, (target) => linkTarget(target) === null)) {
      changes.push({ kind: 'remove', target: block });
    }
  }
  const outcome = editMarkdown(doc, changes);
  return outcome.kind === 'edits' ? applyEdits(text, outcome.edits) : text;
}

const RUNS_SCRIPT =
  /^\s*(?:\$\s+)?(?:(?:sudo|bash|sh|source|\.)\s+|chmod\s+\+x\s+)*(\.{0,2}\/)?[\w./-]+\.(?:sh|bash)(?:\s+[\w.=-]+)*\s*$/;

function deadCommands(
  block: MarkdownBlock,
  dead: readonly AuthMention[],
  doc: MarkdownDocument,
): readonly MarkdownChange[] {
  const lines = new Set(dead.map(({ start }) => doc.lines.lineAt(start)));
  const commands = block.codeLines.filter(({ line, text }) => lines.has(line) && RUNS_SCRIPT.test(text));
  const first = new Set(commands.map(({ line }) => line));
  for (const { line, text } of [...block.codeLines].reverse())
    if (first.has(line + 1) && /^\s*#/.test(text)) first.add(line);
  const left = block.codeLines.filter(({ line, text }) => !first.has(line) && text.trim() !== '');
  if (commands.length === 0 || left.length === 0)
    return commands.length === 0 ? [] : [{ kind: 'remove', target: block }];
  const gone = block.codeLines.filter(({ line }) => first.has(line));
  return gone.map(({ line }) => ({ kind: 'code-lines', target: block, from: line, to: line + 1, text: null }));
}

function isLinkOnly(doc: MarkdownDocument, item: MarkdownBlock, isDead: (target: string) => boolean): boolean {
  const [first] = item.children;
  if (item.children.length !== 1 || first?.kind !== 'paragraph') return false;
  return doc.links.some(
    ({ span, target }) => span.start === first.span.start && span.end === first.span.end && isDead(target),
  );
}
