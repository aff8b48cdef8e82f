import {
  applyEdits,
  editMarkdown,
  indexLines,
  type MarkdownBlock,
  type MarkdownChange,
  type MarkdownDocument,
  type MarkdownSection,
  readMarkdown,
  type TextEdit,
  walkBlocks,
  walkSections,
} from '../../../src/authoring.ts';
import { type AuthMention, describesToken, findAuthMentions, type IsGone, LOGIN_WORDS } from '../auth-mentions.ts';
import { isCovered, mendOwnLinks, removeDangling } from './closure.ts';
import {
  type DocumentKit,
  type Draft,
  isMarked,
  leaveToPerson,
  type Remark,
  removeBlock,
  replaceBlock,
} from './draft.ts';
import { judgeSections, type SectionVerdict, staysInDropped } from './login-sections.ts';
import { reviseBlocks } from './prose.ts';

/** How a document looks at the repository it stands in. */
export interface Surroundings {
  readonly isGone: IsGone;
  /** The target that a relative link should have, null when it leads nowhere, the same when it is right. */
  readonly linkTarget: (target: string) => string | null;
}

export interface Revision {
  /** The new text; the same as before when nothing could be changed. */
  readonly text: string;
  readonly remarks: readonly Remark[];
}

/**
 * Rewrites a document for the token-only login: what is wrong goes by structure, the new section comes in once, all
 * else keeps its bytes. Returns null for a document with nothing wrong in it, unless it `isUntold` how to log in.
 */
export function reviseDocument(
  text: string,
  kit: DocumentKit,
  around: Surroundings,
  isUntold = false,
): Revision | null {
  const doc = readMarkdown(text);
  const mentions = [...countingMentions(doc, around.isGone), ...deadLinks(doc, around)].sort(
    (a, b) => a.start - b.start,
  );
  if (!isUntold && countingMentions(doc, around.isGone).length === 0) return null;
  const draft = openDraft(doc, kit, mentions, around.isGone);
  nameOldBuild(draft);
  const verdict = judgeSections(draft);
  dropSections(draft, verdict);
  replaceIntro(draft);
  for (const blocks of remainingBlocks(doc, verdict.dropped))
    reviseBlocks(
      draft,
      blocks.filter((block) => !draft.touched.has(block)),
    );
  takeOverHost(draft, verdict);
  removeDangling(draft);
  if (verdict.host === null && !draft.describesToken) addSection(draft);
  mendOwnLinks(draft, draft.describesToken ? null : titleAfter(verdict));
  mendFileLinks(draft, around);
  return settle(draft, around.isGone);
}

function countingMentions(doc: MarkdownDocument, isGone: IsGone): readonly AuthMention[] {
  const named = describesToken(doc.text);
  const found = findAuthMentions(doc.text, isGone).filter(
    (mention) =>
      mention.strength === 'hard' || (mention.strength === 'soft' && !named && !isInLinkTarget(doc, mention)),
  );
  return [...struckMentions(doc), ...found];
}

/** Words of an address say nothing to a reader; a link to a heading of this document follows its heading. */
function isInLinkTarget(doc: MarkdownDocument, { start, end }: AuthMention): boolean {
  return doc.links.some(({ span, label, target }) => {
    if (start < span.start || end > span.end) return false;
    return target.startsWith('#') || start < label.start || end > label.end;
  });
}

/** Struck-through text about logging in: the author has already said that it no longer holds. */
function struckMentions(doc: MarkdownDocument): readonly AuthMention[] {
  return doc.inlines
    .filter(
      ({ kind, text }) => kind === 'struck' && (LOGIN_WORDS.test(text) || /\/auth\b|web ?(?:ui|interface)/i.test(text)),
    )
    .map(({ span, text }) => ({ kind: 'struck', strength: 'hard', ...span, text }));
}

/** Links to a login document or script that is nowhere: whoever follows one finds nothing. */
function deadLinks(doc: MarkdownDocument, around: Surroundings): readonly AuthMention[] {
  return doc.links
    .filter(({ target }) => /auth|log-?in/i.test(target) && around.linkTarget(target) === null)
    .map(({ span, target }) => ({ kind: 'removed-file', strength: 'hard', ...span, text: target }));
}

function openDraft(doc: MarkdownDocument, kit: DocumentKit, mentions: readonly AuthMention[], isGone: IsGone): Draft {
  const named = describesToken(doc.text);
  return {
    doc,
    kit,
    isGone,
    describesToken: named,
    mentions,
    weak: findAuthMentions(doc.text, isGone).filter(({ strength }) => strength === 'weak'),
    gone: new Set(),
    touched: new Set(),
    changes: [],
    remarks: [],
    used: new Set(named ? ['step', 'commands', 'failed', 'intro'] : []),
  };
}

/** A line on how the old image was built still stands after the migration: only a person can say it anew. */
function nameOldBuild(draft: Draft): void {
  const pattern = /^.*\bDockerfile\b.*(?:multi-stage|Node\.js|NodeSource|python:3|-slim\b).*$/gim;
  for (const { index } of draft.doc.text.matchAll(pattern)) {
    const message = 'describes the Dockerfile from before the migration: see whether it still holds';
    draft.remarks.push({ severity: 'info', message, line: draft.doc.lines.lineAt(index) });
  }
}

function dropSections(draft: Draft, verdict: SectionVerdict): void {
  for (const section of verdict.dropped) {
    const kept = section.own.filter((block) => staysInDropped(draft, section, block) && !pointsToGuide(draft, block));
    for (const block of section.own) if (!kept.includes(block)) removeBlock(draft, block);
    const [first] = kept;
    if (first !== undefined) {
      const message = `kept from the old section "${section.title}": see whether it still fits`;
      draft.remarks.push({ severity: 'warning', message, line: first.line });
    }
    if (section === verdict.host) continue;
    if (verdict.failures.has(section) && draft.kit.profile !== 'auth-setup' && !draft.used.has('failed')) {
      draft.used.add('failed');
      draft.changes.push({ kind: 'insert', where: 'after', target: section.heading, text: draft.kit.failed });
      continue;
    }
    dropHeading(draft, section, verdict, kept.length > 0);
  }
}

/** A line that only sends the reader to the guide: the section that comes in its place does so itself. */
function pointsToGuide({ doc, kit }: Draft, block: MarkdownBlock): boolean {
  if (kit.profile === 'auth-setup' || block.kind !== 'paragraph') return false;
  const text = doc.text.slice(block.span.start, block.span.end);
  if (text.length > 160 || !/^(?:see|refer|read|more|details|for (?:more|the|full) )/i.test(text)) return false;
  return doc.links.some(
    ({ span, target }) =>
      span.start >= block.span.start && span.start < block.span.end && /(?:^|\/)AUTH_SETUP\.md(?:#|$)/i.test(target),
  );
}

function dropHeading(draft: Draft, section: MarkdownSection, verdict: SectionVerdict, hasKept: boolean): void {
  const below = [...walkSections(section.sections)];
  if (
    !hasKept &&
    below.every((child) => verdict.dropped.has(child) && !verdict.failures.has(child) && child !== verdict.host)
  ) {
    removeBlock(draft, section.heading);
  } else if (isMarked(draft, section.heading)) {
    leaveToPerson(draft, section.line, `the heading "${section.title}" names the removed login above text that stays`);
  }
}

/** The opening of a guide on logging in, when it speaks of the removed way. */
function replaceIntro(draft: Draft): void {
  if (draft.kit.profile !== 'auth-setup') return;
  const [first] = draft.doc.sections;
  const opening = first?.depth === 1 ? [...draft.doc.preamble, ...first.own] : draft.doc.preamble;
  for (const block of opening) {
    if (block.kind !== 'paragraph' || !isMarked(draft, block) || draft.used.has('intro')) continue;
    draft.used.add('intro');
    replaceBlock(draft, block, draft.kit.intro);
  }
}

/** The blocks that no dropped section took: those before the first heading, and each other section's own. */
function remainingBlocks(
  doc: MarkdownDocument,
  dropped: ReadonlySet<MarkdownSection>,
): readonly (readonly MarkdownBlock[])[] {
  const headings = new Set<MarkdownBlock>();
  const own: (readonly MarkdownBlock[])[] = [];
  for (const section of walkSections(doc.sections)) {
    headings.add(section.heading);
    if (!dropped.has(section)) own.push(section.own.filter((block) => !holdsHeading(block)));
  }
  // A container with sections of its own is reached through them; what stands before its first heading is not.
  const preamble = doc.preamble.filter((block) => !holdsHeading(block));
  return [preamble, ...own];
}

function holdsHeading(block: MarkdownBlock): boolean {
  return block.kind === 'group' && [...walkBlocks(block.children)].some(({ kind }) => kind === 'heading');
}

const NEW_TITLE = 'Authentication';

function titleAfter({ host, keepsHeading }: SectionVerdict): string {
  return host !== null && keepsHeading ? host.title : NEW_TITLE;
}

/** Puts the new section where the old one was; a heading that fits it stays. */
function takeOverHost(draft: Draft, { host, keepsHeading }: SectionVerdict): void {
  if (draft.describesToken || host === null) return;
  const text = atDepth(draft.kit.section, host.depth);
  const body = text.slice(text.indexOf('\n')).replace(/^\n+/, '');
  if (!keepsHeading) replaceBlock(draft, host.heading, `${'#'.repeat(host.depth)} ${NEW_TITLE}`);
  draft.changes.push({ kind: 'insert', where: 'after', target: host.heading, text: body });
}

/** Puts the new section where a reader looks for it. */
function addSection(draft: Draft): void {
  const text = atDepth(draft.kit.section, 2);
  const after = sectionToFollow(draft);
  if (after === null) draft.changes.push({ kind: 'append', text });
  else draft.changes.push({ kind: 'insert', where: 'after', target: after, text });
}

const START_HEADING = /\b(?:quick ?start|getting started|set-?up|install\w*|common\b.*\bcommands|usage)\b/i;
const CLOSING_HEADING = /^\W*(?:licen[cs]e|contribut\w+|acknowledg\w+|credits|support|changelog)\b/i;

/** The section after which a new one on logging in belongs, null for the end. */
function sectionToFollow(draft: Draft): MarkdownSection | null {
  const top = draft.doc.sections.flatMap((section) => (section.depth === 1 ? section.sections : [section]));
  const alive = top.filter((section) => section.depth === 2 && !draft.gone.has(section.heading));
  const start = alive.find((section) => START_HEADING.test(section.title));
  if (start !== undefined) return start;
  const closing = alive.findIndex((section) => CLOSING_HEADING.test(section.title));
  return closing > 0 ? (alive[closing - 1] ?? null) : null;
}

function atDepth(section: string, depth: number): string {
  const shift = depth - 2;
  if (shift === 0) return section;
  let inFence = false;
  return section
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) inFence = !inFence;
      const marks = /^#+(?= )/.exec(line)?.[0];
      if (inFence || marks === undefined) return line;
      return '#'.repeat(Math.min(6, Math.max(1, marks.length + shift))) + line.slice(marks.length);
    })
    .join('\n');
}

/** Mends links to documents that stand elsewhere in the repository. */
function mendFileLinks(draft: Draft, around: Surroundings): void {
  for (const link of draft.doc.links) {
    const target = around.linkTarget(link.target);
    if (target === null || target === link.target) continue;
    if (link.kind !== 'inline' && link.kind !== 'definition') continue;
    if (isCovered(draft, link.span.start)) continue;
    draft.changes.push({ kind: 'retarget', link, target });
  }
}

/** Makes all changes at once; when one cannot be made, makes the others and leaves that one to a person. */
function settle(draft: Draft, isGone: IsGone): Revision {
  const { doc } = draft;
  const remarks = [...draft.remarks];
  let outcome = editMarkdown(doc, draft.changes);
  if (outcome.kind === 'refused') {
    const made: MarkdownChange[] = [];
    for (const change of draft.changes) {
      const attempt = editMarkdown(doc, [...made, change]);
      if (attempt.kind === 'refused') {
        remarks.push({ severity: 'todo', message: `cannot be changed safely: ${attempt.why}`, line: attempt.line });
      } else made.push(change);
    }
    outcome = editMarkdown(doc, made);
  }
  const text = outcome.kind === 'edits' ? applyEdits(doc.text, outcome.edits) : doc.text;
  const edits = outcome.kind === 'edits' ? outcome.edits : [];
  const moved = remarks.map((remark) => ({ ...remark, line: lineAfter(doc, edits, text, remark.line) }));
  return { text, remarks: [...moved, ...leftovers(text, draft, isGone)].sort((a, b) => a.line - b.line) };
}

/** Where a line of the old text stands in the new one. */
function lineAfter(doc: MarkdownDocument, edits: readonly TextEdit[], text: string, line: number): number {
  const at = doc.lines.startOf(line);
  let shift = 0;
  for (const { start, end, text: inserted } of edits) {
    if (end <= at) shift += inserted.length - (end - start);
    else if (start < at) shift += start - at;
  }
  return indexLines(text).lineAt(Math.max(0, at + shift));
}

/** What is still wrong in the new text and was not told yet. */
function leftovers(text: string, draft: Draft, isGone: IsGone): readonly Remark[] {
  const doc = readMarkdown(text);
  const told = draft.remarks.some(({ severity }) => severity === 'todo');
  if (told) return [];
  return countingMentions(doc, isGone).map((mention) => ({
    severity: 'todo',
    message: `still speaks of the removed login: ${mention.text}`,
    line: doc.lines.lineAt(mention.start),
  }));
}
