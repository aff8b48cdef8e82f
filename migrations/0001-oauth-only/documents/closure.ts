import { type MarkdownBlock, type MarkdownSection, walkBlocks, walkSections } from '../../../src/authoring.ts';
import { findAuthMentions } from '../auth-mentions.ts';
import { type Draft, removeBlock, sourceOf } from './draft.ts';
import { anchorOf } from './heading-anchors.ts';

/** Takes out what hangs in the air once the rest is gone: introductions, emptied containers, emptied sections. */
export function removeDangling(draft: Draft): void {
  for (let size = -1; size !== draft.gone.size; ) {
    size = draft.gone.size;
    removeEmptied(draft);
    removeIntroductions(draft, draft.doc.blocks);
    for (const section of [...walkSections(draft.doc.sections)].reverse()) removeEmptySection(draft, section);
  }
}

/** Marks containers whose content is gone, so that what introduces them goes too; the editor takes them out itself. */
function removeEmptied(draft: Draft): void {
  for (const block of [...walkBlocks(draft.doc.blocks)].reverse()) {
    if (draft.gone.has(block) || block.children.length === 0) continue;
    const inner =
      block.kind === 'group'
        ? block.children.slice(1, -1)
        : block.kind === 'table'
          ? block.children.slice(1)
          : block.children;
    if (inner.length > 0 && inner.every((child) => draft.gone.has(child))) removeBlock(draft, block);
  }
}

function removeIntroductions(draft: Draft, blocks: readonly MarkdownBlock[]): void {
  for (const [at, block] of blocks.entries()) {
    removeIntroductions(draft, block.children);
    const next = blocks[at + 1];
    const introduces = block.kind === 'paragraph' && /:[*_~]*\s*$/.test(sourceOf(draft, block.span));
    if (
      !introduces ||
      next === undefined ||
      !isTakenOut(draft, next) ||
      next.kind === 'paragraph' ||
      next.kind === 'heading'
    )
      continue;
    if (at > 0 || draft.doc.blocks.includes(block)) removeBlock(draft, block);
  }
}

/** Gone, or replaced by text that introduces itself. */
function isTakenOut(draft: Draft, block: MarkdownBlock): boolean {
  if (draft.gone.has(block)) return true;
  return block.kind === 'code' && draft.changes.some((change) => change.kind === 'replace' && change.target === block);
}

function removeEmptySection(draft: Draft, section: MarkdownSection): void {
  if (section.depth === 1 || draft.gone.has(section.heading) || draft.touched.has(section.heading)) return;
  if (section.own.length + section.sections.length === 0) return;
  const left =
    section.own.some((block) => !draft.gone.has(block)) ||
    section.sections.some((child) => !draft.gone.has(child.heading));
  const inserts = draft.changes.some((change) => change.kind === 'insert' && change.target === section.heading);
  if (!left && !inserts) removeBlock(draft, section.heading);
}

/** Mends links to headings of this document that are gone or have a new title. */
export function mendOwnLinks(draft: Draft, newTitle: string | null): void {
  const lost = new Map<string, string | null>();
  for (const block of walkBlocks(draft.doc.blocks)) {
    if (block.kind === 'heading' && draft.gone.has(block)) lost.set(anchorOf(block.text), newTitle);
  }
  for (const change of draft.changes) {
    if (change.kind === 'replace' && change.target.kind === 'heading') lost.set(anchorOf(change.target.text), newTitle);
  }
  if (lost.size === 0) return;
  const listed = new Set<string>();
  for (const block of walkBlocks(draft.doc.blocks)) {
    if (block.kind !== 'item' || draft.gone.has(block)) continue;
    mendEntry(draft, block, lost, newTitle, listed);
  }
  for (const link of draft.doc.links) {
    if (!link.target.startsWith('#') || !lost.has(decode(link.target))) continue;
    if (isCovered(draft, link.span.start)) continue;
    if (newTitle === null) draft.changes.push({ kind: 'unlink', link });
    else if (findAuthMentions(link.text, draft.isGone).length > 0) {
      const text = `[${newTitle}](#${anchorOf(newTitle)})`;
      draft.changes.push({ kind: 'substitute', span: link.span, text });
    } else draft.changes.push({ kind: 'retarget', link, target: `#${anchorOf(newTitle)}` });
  }
}

/** An entry of a table of contents that is nothing but a link: the first is rewritten, the others go. */
function mendEntry(
  draft: Draft,
  item: MarkdownBlock,
  lost: ReadonlyMap<string, string | null>,
  newTitle: string | null,
  listed: Set<string>,
): void {
  const [first] = item.children;
  if (first?.kind !== 'paragraph') return;
  const link = draft.doc.links.find(({ span }) => span.start === first.span.start && span.end === first.span.end);
  if (link === undefined || !link.target.startsWith('#') || !lost.has(decode(link.target))) return;
  if (newTitle !== null && !listed.has(newTitle)) {
    listed.add(newTitle);
    draft.touched.add(first);
    const text = `[${newTitle}](#${anchorOf(newTitle)})`;
    draft.changes.push({ kind: 'substitute', span: first.span, text });
    return;
  }
  const nestedGone = item.children.slice(1).every((child) => isTocOf(draft, child, lost));
  if (nestedGone) removeBlock(draft, item);
  else draft.changes.push({ kind: 'unlink', link });
}

function isTocOf(draft: Draft, list: MarkdownBlock, lost: ReadonlyMap<string, string | null>): boolean {
  return draft.doc.links
    .filter(({ span }) => span.start >= list.span.start && span.end <= list.span.end)
    .every(({ target }) => lost.has(decode(target)));
}

function decode(target: string): string {
  try {
    return decodeURIComponent(target.slice(1));
  } catch (error) {
    if (error instanceof URIError) return target.slice(1);
    throw error;
  }
}

/** Whether another change already covers this place. */
export function isCovered(draft: Draft, offset: number): boolean {
  return draft.changes.some((change) => {
    const target = change.kind === 'remove' || change.kind === 'replace' ? change.target : null;
    if (target !== null && target.kind !== 'section') return target.span.start <= offset && offset < target.span.end;
    return change.kind === 'substitute' && change.span.start <= offset && offset < change.span.end;
  });
}
