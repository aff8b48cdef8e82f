import type { MarkdownBlock, MarkdownChange, MarkdownDocument, MarkdownSection } from '../../../src/authoring.ts';
import type { AuthMention, IsGone } from '../auth-mentions.ts';

/** The texts that go into a document, as Markdown with `\n`. */
export interface DocumentKit {
  readonly profile: 'auth-setup' | 'readme' | 'claude-md';
  /** The OAuth-only section, its own heading (of depth 2) first. */
  readonly section: string;
  /** Replaces a login step of a numbered list, or a login command that stood alone. */
  readonly step: string;
  /** Replaces login commands among other commands of a shell block. */
  readonly commands: string;
  /** Replaces a statement on where the login is kept. */
  readonly statement: string;
  /** Replaces the advice on a failed login, under its heading. */
  readonly failed: string;
  /** Replaces the opening paragraph of a guide on logging in. */
  readonly intro: string;
}

/** How a document looks at the repository it stands in. */
export interface Surroundings {
  readonly isGone: IsGone;
  /** The target that a relative link should have, null when it leads nowhere, the same when it is right. */
  readonly linkTarget: (target: string) => string | null;
}

/** What a person should look at, by the line of the document it was found in. */
export interface Remark {
  readonly severity: 'todo' | 'warning' | 'info';
  readonly message: string;
  readonly line: number;
}

/** Decisions on one document, collected before any is made. */
export interface Draft {
  readonly doc: MarkdownDocument;
  readonly kit: DocumentKit;
  readonly isGone: IsGone;
  /** The document already says how the token reaches the container: nothing new goes in, only what is wrong goes out. */
  readonly describesToken: boolean;
  /** Mentions that count in this document, in the order of the text. */
  readonly mentions: readonly AuthMention[];
  /** Mentions that count beside another one. */
  readonly weak: readonly AuthMention[];
  readonly gone: Set<MarkdownBlock>;
  readonly touched: Set<MarkdownBlock>;
  readonly changes: MarkdownChange[];
  readonly remarks: Remark[];
  /** Texts that go into the document once. */
  readonly used: Set<'step' | 'commands' | 'statement' | 'failed' | 'intro'>;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export function mentionsIn(mentions: readonly AuthMention[], range: Range): readonly AuthMention[] {
  return mentions.filter((mention) => mention.start >= range.start && mention.end <= range.end);
}

export function isMarked(draft: Draft, block: MarkdownBlock): boolean {
  return mentionsIn(draft.mentions, block.span).length > 0;
}

export function sourceOf(draft: Draft, range: Range): string {
  return draft.doc.text.slice(range.start, range.end);
}

/** Takes `block` out with all that it holds. */
export function removeBlock(draft: Draft, block: MarkdownBlock): void {
  if (draft.gone.has(block)) return;
  draft.gone.add(block);
  draft.changes.push({ kind: 'remove', target: block });
}

/** Puts `text` in the place of `block`. */
export function replaceBlock(draft: Draft, block: MarkdownBlock, text: string): void {
  draft.touched.add(block);
  draft.changes.push({ kind: 'replace', target: block, text });
}

/** Leaves the place as it is and tells a person. */
export function leaveToPerson(draft: Draft, line: number, message: string): void {
  draft.remarks.push({ severity: 'todo', message, line });
}

/** The text of a section's heading and own blocks, without its subsections. */
export function ownSource(draft: Draft, section: MarkdownSection): string {
  return [section.heading, ...section.own].map((block) => sourceOf(draft, block.span)).join('\n');
}

/** Mentions in a section's own blocks; the heading is asked for apart. */
export function ownMentions(draft: Draft, section: MarkdownSection): readonly AuthMention[] {
  return section.own.flatMap((block) => mentionsIn(draft.mentions, block.span));
}
