import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editMarkdown, leavesOf, type MarkdownBlock, readMarkdown, walkBlocks } from '../../src/editors/markdown.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const PIECES = [
  '# One',
  '## Two ##',
  'Three\n---',
  'plain text',
  'two\nlines',
  '- a\n- b',
  '- a\n\n- b',
  '1. x\n2. y\n   - z',
  '3) q',
  '> quoted\n> - item',
  '```sh\nrun --it\n\n# note\n```',
  '~~~\n## no heading\n~~~',
  '    indented code',
  '| a | b |\n|---|---|\n| 1 | ~~2~~ |\n| 3 | [l](m.md) |',
  '<details>\n<summary>s</summary>',
  '</details>',
  '<!-- note -->',
  '***',
  '[ref]: https://a.example/x',
  'see [ref] and <https://b.example>',
  '~~gone~~ stays',
  '- [ ] task\n  ```\n  code\n  ```',
  '* * nested',
  '🙂 wide `code`',
  '[^1]: a footnote',
  'text[^1]',
];
const GAPS = ['\n', '\n\n', '\n\n\n', '\n \n'];

const texts = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...GAPS)), { maxLength: 9 }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([parts, newline, bom, final]) => {
    const joined = parts
      .map(([piece, gap]) => piece + gap)
      .join('')
      .replace(/\n+$/, final ? '\n' : '');
    return (bom ? '\ufeff' : '') + joined.replace(/\n/g, newline);
  });

const wild = fc.oneof(texts, fc.string({ unit: fc.constantFrom(...'#-*>`~|[]()<>1. \n\ra'), maxLength: 60 }));

function nonBlankLines(text: string, without: (line: number) => boolean): readonly string[] {
  const lines = text.split(/\r?\n/);
  return lines
    .filter((line, at) => /[^\s>\ufeff]/.test(line) && !without(at + 1))
    .map((line) => line.replace('\ufeff', ''));
}

describe('Markdown editor, on any text', () => {
  it('reads blocks that nest, keep order and lie inside the text', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const doc = readMarkdown(text);
        for (const block of walkBlocks(doc.blocks)) {
          expect(block.span.start).toBeLessThanOrEqual(block.span.end);
          expect(block.span.end).toBeLessThanOrEqual(text.length);
          for (const child of block.children) {
            expect(child.span.start).toBeGreaterThanOrEqual(block.span.start);
            expect(child.span.end).toBeLessThanOrEqual(block.span.end);
          }
        }
        const leaves = leavesOf(doc.blocks);
        for (const [at, leaf] of leaves.entries()) {
          expect(leaf.span.start).toBeGreaterThanOrEqual(leaves[at - 1]?.span.end ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when asked for nothing', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const doc = readMarkdown(text);
        expect(editMarkdown(doc, [])).toEqual({ kind: 'unchanged', remarks: [] });
        const same = [...walkBlocks(doc.blocks)].flatMap(({ kind, span }) =>
          kind === 'paragraph' ? [{ kind: 'substitute', span, text: text.slice(span.start, span.end) } as const] : [],
        );
        if (!text.includes('\r')) expect(editMarkdown(doc, same).kind).toBe('unchanged');
      }),
      { numRuns: 200 },
    );
  });

  it('removes any block or refuses, and every other line keeps its bytes and its order', () => {
    let removed = 0;
    fc.assert(
      fc.property(texts, fc.nat(), (text, pick) => {
        const doc = readMarkdown(text);
        const blocks = [...walkBlocks(doc.blocks)];
        const target = blocks[pick % Math.max(1, blocks.length)];
        if (target === undefined) return;
        const outcome = editMarkdown(doc, [{ kind: 'remove', target }]);
        if (outcome.kind !== 'edits') return;
        removed += 1;
        const goes = goesWith(blocks, target);
        const after = applyEdits(text, outcome.edits);
        expect(nonBlankLines(after, () => false)).toEqual(
          nonBlankLines(text, (line) => line >= goes.line && line <= goes.endLine),
        );
        expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
        for (const edit of outcome.edits) expect(edit.text).toBe('');
      }),
      { numRuns: 400 },
    );
    expect(removed).toBeGreaterThan(150);
  });

  it('inserts a section after any other or refuses, and every line of the old text stays', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, pick) => {
        const doc = readMarkdown(text);
        const target = doc.sections[pick % Math.max(1, doc.sections.length)];
        if (target === undefined) return;
        const outcome = editMarkdown(doc, [{ kind: 'insert', where: 'after', target, text: '## New\n\nnew text\n' }]);
        if (outcome.kind !== 'edits') return;
        const after = applyEdits(text, outcome.edits);
        const kept = nonBlankLines(after, () => false).filter((line) => line !== '## New' && line !== 'new text');
        expect(kept).toEqual(nonBlankLines(text, () => false));
        expect(/(^|[^\r])\n/.test(after) && text.includes('\r\n')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

/** The outermost block that is nothing without `target`. */
function goesWith(blocks: readonly MarkdownBlock[], target: MarkdownBlock): MarkdownBlock {
  const parent = blocks.find(({ children }) => children.includes(target));
  if (parent === undefined) return target;
  const { kind, children } = parent;
  const alone =
    kind === 'table' ? children.length === 2 : kind === 'group' ? children.length === 3 : children.length === 1;
  return alone ? goesWith(blocks, parent) : target;
}
