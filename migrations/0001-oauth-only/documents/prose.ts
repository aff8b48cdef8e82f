import type { MarkdownBlock } from '../../../src/authoring.ts';
import { type AuthMention, findAuthMentions, LOGIN_WORDS } from '../auth-mentions.ts';
import { isShellLogin, reviseCode } from './code-blocks.ts';
import {
  type Draft,
  isMarked,
  leaveToPerson,
  mentionsIn,
  type Range,
  removeBlock,
  replaceBlock,
  sourceOf,
} from './draft.ts';
import { clauseAround, saysNothing, sentencesOf } from './sentences.ts';

/** Decides on blocks outside the login sections, each as small as its structure lets it be. */
export function reviseBlocks(draft: Draft, blocks: readonly MarkdownBlock[]): void {
  for (const block of blocks) reviseBlock(draft, block);
}

function reviseBlock(draft: Draft, block: MarkdownBlock): void {
  if (block.kind === 'code') reviseCode(draft, block);
  else if (block.kind === 'list') reviseList(draft, block);
  else if (!isMarked(draft, block)) reviseBlocks(draft, block.children);
  else reviseMarked(draft, block);
}

function reviseMarked(draft: Draft, block: MarkdownBlock): void {
  switch (block.kind) {
    case 'paragraph':
      reviseParagraph(draft, block, () => removeBlock(draft, block));
      break;
    case 'table':
      reviseTable(draft, block);
      break;
    case 'definition':
      removeBlock(draft, block);
      break;
    case 'group':
      reviseGroup(draft, block);
      break;
    case 'quote':
    case 'footnote':
      reviseBlocks(draft, block.children);
      break;
    default:
      leaveToPerson(draft, block.line, `this ${block.kind} still speaks of the removed login`);
  }
}

/** A group whose summary names the removed login goes; else its content is judged block by block. */
function reviseGroup(draft: Draft, group: MarkdownBlock): void {
  const [opener] = group.children;
  if (opener !== undefined && isMarked(draft, opener)) removeBlock(draft, group);
  else reviseBlocks(draft, group.children.slice(1, -1));
}

function reviseTable(draft: Draft, table: MarkdownBlock): void {
  const [header, ...rows] = table.children;
  if (header !== undefined && isMarked(draft, header)) {
    leaveToPerson(draft, header.line, 'the header of this table still speaks of the removed login');
  }
  for (const row of rows) {
    const mentions = mentionsIn(draft.mentions, row.span);
    if (mentions.length === 0 || correctPaths(draft, mentions)) continue;
    if (isOnLivingFile(draft, row))
      leaveToPerson(draft, row.line, 'this row names the removed login beside a file that stays');
    else removeBlock(draft, row);
  }
}

/** Whether a line is about a file that is still there: it opens with the file's name. */
function isOnLivingFile(draft: Draft, block: MarkdownBlock): boolean {
  const name = /^[|*_\s]*`([\w./-]*[./][\w./-]*)`/.exec(sourceOf(draft, block.span))?.[1];
  return name !== undefined && !draft.isGone(name) && findAuthMentions(name, draft.isGone).length === 0;
}

/** Corrects the folder of the login where nothing else is wrong. Returns whether that was all. */
function correctPaths(draft: Draft, mentions: readonly AuthMention[]): boolean {
  if (!mentions.every(({ kind, text }) => kind === 'root-path' && /^\/root\/\.claude\/?$/.test(text))) return false;
  for (const { start } of mentions) {
    draft.changes.push({ kind: 'substitute', span: { start, end: start + '/root'.length }, text: '/home/claude' });
  }
  return true;
}

function claimsPersistence(draft: Draft, block: MarkdownBlock): boolean {
  return mentionsIn(draft.weak, block.span).some(({ kind }) => kind === 'persistence');
}

/** Cuts what is wrong out of a paragraph; `removeAll` runs when nothing that is right would be left. */
function reviseParagraph(draft: Draft, paragraph: MarkdownBlock, removeAll: () => void): void {
  const mentions = mentionsIn(draft.mentions, paragraph.span);
  if (!claimsPersistence(draft, paragraph) && correctPaths(draft, mentions)) return;
  const sentences = sentencesOf(draft.doc, paragraph);
  const struckOnly = mentions.every(({ kind }) => kind === 'struck');
  if (struckOnly && cutStruck(draft, paragraph, mentions)) return;
  const clauses = new Map(sentences.map((sentence) => [sentence, clauseToCut(draft, sentence, mentions)] as const));
  const cut = sentences.filter(
    (sentence) => overlaps(mentions, sentence).length > 0 && (clauses.get(sentence) ?? null) === null,
  );
  const left = sentences.filter((sentence) => !cut.includes(sentence));
  if (left.every((sentence) => saysNothing(sourceOf(draft, sentence)))) {
    removeAll();
    return;
  }
  draft.touched.add(paragraph);
  for (const clause of clauses.values()) {
    if (clause !== null) draft.changes.push({ kind: 'substitute', span: clause, text: '' });
  }
  cutSentences(draft, paragraph, sentences, cut);
  draft.remarks.push({ severity: 'info', message: 'words on the removed login were cut here', line: paragraph.line });
}

function overlaps(mentions: readonly AuthMention[], range: Range): readonly AuthMention[] {
  return mentions.filter(({ start, end }) => start < range.end && range.start < end);
}

/** The clause that holds every mention of the sentence, or null. */
function clauseToCut(draft: Draft, sentence: Range, mentions: readonly AuthMention[]): Range | null {
  const inside = overlaps(mentions, sentence);
  const [first] = inside;
  const last = inside.at(-1);
  if (first === undefined || last === undefined) return null;
  return clauseAround(draft.doc.text, sentence, { start: first.start, end: last.end });
}

/** Cuts whole sentences with the space between them; sentences that follow one another go as one. */
function cutSentences(
  draft: Draft,
  paragraph: MarkdownBlock,
  sentences: readonly Range[],
  cut: readonly Range[],
): void {
  for (let at = 0; at < sentences.length; at += 1) {
    const first = sentences[at];
    if (first === undefined || !cut.includes(first)) continue;
    let last = first;
    for (let next = sentences[at + 1]; next !== undefined && cut.includes(next); next = sentences[at + 1]) {
      last = next;
      at += 1;
    }
    const before = sentences[sentences.indexOf(first) - 1];
    const atEnd = last.end === paragraph.span.end && before !== undefined;
    const start = atEnd ? before.start + trimmedLength(sourceOf(draft, before)) : first.start;
    draft.changes.push({ kind: 'substitute', span: { start, end: last.end }, text: '' });
  }
}

function trimmedLength(source: string): number {
  return source.replace(/(?:\s|\\)+$/, '').length;
}

/** Cuts struck-through text that is only part of a sentence; false when nothing else would be left. */
function cutStruck(draft: Draft, paragraph: MarkdownBlock, struck: readonly AuthMention[]): boolean {
  let rest = '';
  let at = paragraph.span.start;
  for (const { start, end } of struck) {
    rest += draft.doc.text.slice(at, start);
    at = end;
  }
  rest += draft.doc.text.slice(at, paragraph.span.end);
  if (saysNothing(rest)) return false;
  draft.touched.add(paragraph);
  for (const { start, end } of struck) {
    const atEnd = end === paragraph.span.end || /^\s*$/.test(draft.doc.text.slice(end, paragraph.span.end));
    const space = /[ \t]*$/.exec(draft.doc.text.slice(paragraph.span.start, start))?.[0].length ?? 0;
    const after = /^[ \t]*/.exec(draft.doc.text.slice(end, paragraph.span.end))?.[0].length ?? 0;
    const span = atEnd ? { start: start - space, end } : { start, end: end + after };
    draft.changes.push({ kind: 'substitute', span, text: '' });
  }
  return true;
}

function reviseList(draft: Draft, list: MarkdownBlock): void {
  for (const item of list.children) reviseItem(draft, item, list.ordered);
}

function reviseItem(draft: Draft, item: MarkdownBlock, ordered: boolean): void {
  const logsIn = !draft.describesToken && item.children.some((child) => child.kind === 'code' && isShellLogin(child));
  if (!isMarked(draft, item) && !logsIn) return;
  const [first, ...others] = item.children;
  if (first?.kind !== 'paragraph') {
    reviseBlocks(draft, item.children);
    return;
  }
  const mentions = mentionsIn(draft.mentions, item.span);
  const firstMarked = isMarked(draft, first);
  const keepsRoot = firstMarked && claimsPersistence(draft, first) && mentions.some(({ kind }) => kind === 'root-path');
  if (keepsRoot) replaceOnce(draft, item, 'statement');
  else if (ordered && (logsIn || isLoginStep(draft, item, first, mentions))) replaceOnce(draft, item, 'step');
  else if (firstMarked) reviseMarkedItem(draft, item, first, others);
  else reviseBlocks(draft, item.children);
}

function reviseMarkedItem(
  draft: Draft,
  item: MarkdownBlock,
  first: MarkdownBlock,
  others: readonly MarkdownBlock[],
): void {
  // What is nested under a marked line explains it, unless some of it is about something else.
  const explains = others.every((child) => isMarked(draft, child) || LOGIN_WORDS.test(sourceOf(draft, child.span)));
  reviseParagraph(draft, first, () => {
    if (isOnLivingFile(draft, first)) {
      leaveToPerson(draft, item.line, 'this list item names the removed login beside a file that stays');
    } else if (explains) removeBlock(draft, item);
    else leaveToPerson(draft, item.line, 'this list item names the removed login above other advice');
  });
  if (!draft.gone.has(item)) reviseBlocks(draft, others);
}

/** A numbered step that has the reader log in: its line says so, or it holds a login command. */
function isLoginStep(
  draft: Draft,
  item: MarkdownBlock,
  first: MarkdownBlock,
  mentions: readonly AuthMention[],
): boolean {
  const acts = mentions.some(({ kind }) => kind !== 'root-path' && kind !== 'struck' && kind !== 'session-variable');
  if (!acts) return false;
  if (item.children.some((child) => child.kind === 'code' && isMarked(draft, child))) return true;
  return (
    TELLS_TO_ACT.test(first.text.replace(/^[^\p{L}`]+/u, '')) &&
    (isMarked(draft, first) || LOGIN_WORDS.test(first.text))
  );
}

/** A step tells the reader what to do; a list of how things work does not. */
const TELLS_TO_ACT =
  /^(?:(?:first|then|now|next|finally|optional(?:ly)?|once|after)\b.{0,40}\b)?(?:please )?(?:auth\w*|log|login|sign|open|visit|navigate|go|browse|run|execute|complete|click|connect|set|access|enter|use|start|launch|follow|perform|point|do|exec|type|claude|docker|bash|\.\/)/i;

/** Puts the text in for the first block of its kind; what else says the same goes. */
function replaceOnce(draft: Draft, block: MarkdownBlock, text: 'step' | 'statement'): void {
  if (draft.used.has(text)) {
    removeBlock(draft, block);
    return;
  }
  draft.used.add(text);
  replaceBlock(draft, block, draft.kit[text]);
}
