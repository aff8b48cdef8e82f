import {
  type MarkdownBlock,
  type MarkdownDocument,
  type MarkdownSection,
  readMarkdown,
  walkBlocks,
  walkSections,
} from '../../../src/authoring.ts';
import { type AuthMention, describesToken, findAuthMentions, type IsGone } from '../auth-mentions.ts';
import { isCovered, mendOwnLinks, removeDangling } from './closure.ts';
import {
  type DocumentKit,
  type Draft,
  isMarked,
  leaveToPerson,
  removeBlock,
  replaceBlock,
  type Surroundings,
} from './draft.ts';
import { judgeSections, type SectionVerdict, staysInDropped } from './login-sections.ts';
import { addSection, takeOverHost, titleAfter } from './new-section.ts';
import { reviseBlocks } from './prose.ts';
import { type Revision, settle } from './settle.ts';
import { countingMentions, deadLinks } from './wrong-places.ts';

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
  const counting = countingMentions(doc, around.isGone);
  if (!isUntold && counting.length === 0) return null;
  const mentions = [...counting, ...deadLinks(doc, around)].sort((a, b) => a.start - b.start);
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
