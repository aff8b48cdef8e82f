import { type MarkdownDocument, walkBlocks } from '../../../src/authoring.ts';

/** The fragment that a code host gives a heading, before numbers for repeated ones. */
export function anchorOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replace(/ /g, '-');
}

/** All fragments of the headings in `doc`, repeated ones numbered. */
export function anchorsOf(doc: MarkdownDocument): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = new Set<string>();
  for (const block of walkBlocks(doc.blocks)) {
    if (block.kind !== 'heading') continue;
    const anchor = anchorOf(block.text);
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}
