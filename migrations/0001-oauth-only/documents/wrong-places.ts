import type { MarkdownDocument } from '../../../src/authoring.ts';
import { type AuthMention, describesToken, findAuthMentions, type IsGone, LOGIN_WORDS } from '../auth-mentions.ts';
import type { Surroundings } from './draft.ts';

/** What in a document speaks of the removed login as if it still were. */
export function countingMentions(doc: MarkdownDocument, isGone: IsGone): readonly AuthMention[] {
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
export function deadLinks(doc: MarkdownDocument, around: Surroundings): readonly AuthMention[] {
  return doc.links
    .filter(({ target }) => /auth|log-?in/i.test(target) && around.linkTarget(target) === null)
    .map(({ span, target }) => ({ kind: 'removed-file', strength: 'hard', ...span, text: target }));
}
