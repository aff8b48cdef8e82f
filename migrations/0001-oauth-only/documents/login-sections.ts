import { type MarkdownBlock, type MarkdownSection, walkSections } from '../../../src/authoring.ts';
import { describesToken, KEY_WORDS, LOGIN_WORDS } from '../auth-mentions.ts';
import { isShellCode } from './code-blocks.ts';
import { type Draft, isMarked, mentionsIn, ownMentions, ownSource, sourceOf } from './draft.ts';
import { saysNothing } from './sentences.ts';

/** Headings of sections on logging in to Claude. */
const LOGIN_HEADING = /\b(?:auth\w*|unauth\w*|log-?in|log(?:ged|ging)? in|sign-?in|o-?auth|credentials?|tokens?)\b/i;
/** Headings of sections on something else, even when they speak of authentication. */
const OTHER_HEADING =
  /\b(?:api|models?|security|usage|use|using|examples?|licen[cs]e|contribut\w+|develop\w*|deploy\w*|master|keys?|clients?|integrations?|webhooks?|database|tests?|testing)\b/i;
/** A login heading that can stay as it is above the new text. */
const PLAIN_HEADING =
  /^(?:(?:claude|code|oauth)\s+)*(?:auth|authentication|oauth|login|log-?in)(?:\s+(?:setup|guide|token|tokens))?$/i;
const FAILURE_HEADING =
  /\b(?:fail\w*|errors?|not (?:logged|authenticated)|401|unauthori[sz]ed|expired|denied|invalid)\b/i;

/** What becomes of the login sections of a document. */
export interface SectionVerdict {
  /** Sections whose own text is about the old login. */
  readonly dropped: ReadonlySet<MarkdownSection>;
  /** Those among them on a failed login. */
  readonly failures: ReadonlySet<MarkdownSection>;
  /** The one whose place the new section takes. */
  readonly host: MarkdownSection | null;
  /** The heading of the host stays. */
  readonly keepsHeading: boolean;
}

/** Decides section by section, each by its heading and own text; a subsection is a section of its own. */
export function judgeSections(draft: Draft): SectionVerdict {
  const dropped = new Set<MarkdownSection>();
  for (const section of draft.doc.sections) judgeTree(draft, section, false, dropped);
  const inOrder = [...walkSections(draft.doc.sections)].filter((section) => dropped.has(section));
  const failures = new Set(inOrder.filter((section) => isFailure(draft, section)));
  const wrong = inOrder.filter((section) => !failures.has(section));
  const host = draft.describesToken ? null : (unmarkedHost(draft, wrong, dropped) ?? chooseHost(draft, wrong));
  return { dropped, failures, host, keepsHeading: host !== null && isPlainHeading(draft, host) };
}

function judgeTree(draft: Draft, section: MarkdownSection, inLogin: boolean, dropped: Set<MarkdownSection>): void {
  const drops = isLoginSection(draft, section, inLogin);
  if (drops) dropped.add(section);
  const isLogin = drops || (section.depth > 1 && isLoginHeading(section.title));
  for (const child of section.sections) judgeTree(draft, child, isLogin, dropped);
  // An introduction to nothing but dropped subsections goes with them.
  const allGone = section.sections.length > 0 && section.sections.every((child) => dropped.has(child));
  if (!drops && allGone && isLogin && section.depth > 1 && !describesToken(ownSource(draft, section)))
    dropped.add(section);
}

export function isLoginHeading(title: string): boolean {
  return LOGIN_HEADING.test(title) && !OTHER_HEADING.test(title);
}

function isLoginSection(draft: Draft, section: MarkdownSection, inLogin: boolean): boolean {
  const source = ownSource(draft, section);
  if (section.depth === 1 || describesToken(source) || /\bclaude setup-token\b/.test(source)) return false;
  const markedHeading = isMarked(draft, section.heading);
  if (markedHeading) return true;
  if (draft.describesToken) return false;
  const marked = ownMentions(draft, section).length > 0;
  if (OTHER_HEADING.test(section.title)) return false;
  if (isLoginHeading(section.title)) return marked || inLogin || draft.kit.profile === 'auth-setup';
  const weak = section.own.some((block) => mentionsIn(draft.weak, block.span).length > 0);
  if (draft.kit.profile === 'auth-setup')
    return marked || weak || (LOGIN_WORDS.test(source) && !KEY_WORDS.test(source));
  return inLogin && (marked || weak);
}

function isFailure(draft: Draft, section: MarkdownSection): boolean {
  return FAILURE_HEADING.test(section.title) && !isMarked(draft, section.heading);
}

/** A section on logging in that says nothing wrong takes the new text in: two of one name would leave the reader to choose. */
function unmarkedHost(
  draft: Draft,
  wrong: readonly MarkdownSection[],
  dropped: ReadonlySet<MarkdownSection>,
): MarkdownSection | null {
  if (draft.kit.profile === 'auth-setup') return null;
  const highest = Math.min(...wrong.filter((section) => isPlainHeading(draft, section)).map(({ depth }) => depth));
  const plain = [...walkSections(draft.doc.sections)].find(
    (section) =>
      section.depth > 1 &&
      section.depth < highest &&
      !dropped.has(section) &&
      isPlainHeading(draft, section) &&
      !KEY_WORDS.test(ownSource(draft, section)),
  );
  return plain ?? null;
}

function chooseHost(draft: Draft, sections: readonly MarkdownSection[]): MarkdownSection | null {
  const named = sections.filter((section) => isLoginHeading(section.title));
  const among = named.length > 0 && draft.kit.profile !== 'auth-setup' ? named : sections;
  const highest = Math.min(...among.map((section) => section.depth));
  return among.find((section) => section.depth === highest) ?? null;
}

function isPlainHeading(draft: Draft, section: MarkdownSection): boolean {
  if (isMarked(draft, section.heading)) return false;
  return PLAIN_HEADING.test(section.title.replace(/[^\p{L}\s-]/gu, '').trim());
}

/** Whether all that a block says is struck through. */
function isStruck({ doc }: Draft, { span }: MarkdownBlock): boolean {
  const struck = doc.inlines.filter(
    (inline) => inline.kind === 'struck' && inline.span.start >= span.start && inline.span.end <= span.end,
  );
  let left = '';
  let at = span.start;
  for (const inline of struck) {
    left += doc.text.slice(at, Math.max(at, inline.span.start));
    at = Math.max(at, inline.span.end);
  }
  return struck.length > 0 && saysNothing(left + doc.text.slice(at, span.end));
}

/** Blocks of a dropped section that stay: they are about the proxy's own key, or not about logging in at all. */
export function staysInDropped(draft: Draft, section: MarkdownSection, block: MarkdownBlock): boolean {
  if (isMarked(draft, block) || mentionsIn(draft.weak, block.span).length > 0) return false;
  const source = sourceOf(draft, block.span);
  if (isStruck(draft, block)) return false;
  if (KEY_WORDS.test(source)) return true;
  if (isMarked(draft, section.heading) || draft.kit.profile === 'auth-setup') return false;
  if (LOGIN_WORDS.test(source) || source.trimEnd().endsWith(':')) return false;
  return block.kind === 'code' ? block.lang !== null && !isShellCode(block) : !(block.kind === 'list' && block.ordered);
}
