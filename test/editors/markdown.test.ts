import { describe, expect, it } from 'vitest';
import {
  editMarkdown,
  leavesOf,
  type MarkdownBlock,
  type MarkdownChange,
  type MarkdownDocument,
  type MarkdownSection,
  readMarkdown,
  walkBlocks,
  walkSections,
} from '../../src/editors/markdown.ts';
import { applyEdits } from '../../src/tree/edits.ts';

function change(text: string, changes: (doc: MarkdownDocument) => readonly MarkdownChange[]): string {
  const doc = readMarkdown(text);
  const outcome = editMarkdown(doc, changes(doc));
  if (outcome.kind === 'refused') return `refused at ${outcome.line}: ${outcome.why}`;
  return outcome.kind === 'edits' ? applyEdits(text, outcome.edits) : text;
}

function block(doc: MarkdownDocument, kind: MarkdownBlock['kind'], part: string): MarkdownBlock {
  const found = [...walkBlocks(doc.blocks)].find(
    (candidate) => candidate.kind === kind && doc.text.slice(candidate.span.start, candidate.span.end).includes(part),
  );
  if (found === undefined) throw new Error(`no ${kind} with ${part}`);
  return found;
}

function section(doc: MarkdownDocument, title: string): MarkdownSection {
  const found = [...walkSections(doc.sections)].find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`no section ${title}`);
  return found;
}

function remove(text: string, kind: MarkdownBlock['kind'], part: string): string {
  return change(text, (doc) => [{ kind: 'remove', target: block(doc, kind, part) }]);
}

describe('readMarkdown', () => {
  it('reads sections with their subsections, and no heading inside a fence, an HTML block or an indented block', () => {
    const text = [
      '# One',
      '',
      '```md',
      '## not a heading',
      '```',
      '',
      '<div>',
      '## nor this',
      '</div>',
      '',
      '    ## nor that',
      '',
      'Two',
      '---',
      '',
      '### Three ###',
      'text',
      '## Four',
      '',
    ].join('\n');
    const sections = [...walkSections(readMarkdown(text).sections)];
    expect(sections.map(({ title, depth, line, endLine }) => [title, depth, line, endLine])).toEqual([
      ['One', 1, 1, 18],
      ['Two', 2, 13, 17],
      ['Three', 3, 16, 17],
      ['Four', 2, 18, 18],
    ]);
  });

  it('keeps headings inside an HTML container inside the section that opened it', () => {
    const text = '## A\n\n<details>\n<summary>more</summary>\n\n## B\n\ntext\n\n</details>\n\nstill A\n\n## C\n';
    const doc = readMarkdown(text);
    expect(doc.sections.map(({ title, endLine }) => [title, endLine])).toEqual([
      ['A', 12],
      ['C', 14],
    ]);
    expect(doc.sections[0]?.sections.map(({ title, endLine }) => [title, endLine])).toEqual([['B', 8]]);
  });

  it('treats an element that is never closed as a plain block', () => {
    const doc = readMarkdown('## A\n\n<div align="center">\n\n## B\n');
    expect(doc.sections.map(({ title }) => title)).toEqual(['A', 'B']);
  });

  it('reads links of every kind with line and target', () => {
    const text =
      '[a](x.md "t") and [b][ref] and <https://c.example/> and https://d.example/p\n![i](i.png)\n\n[ref]: y.md\n';
    const { links } = readMarkdown(text);
    expect(links.map(({ kind, target, line }) => [kind, target, line])).toEqual([
      ['inline', 'x.md', 1],
      ['reference', 'y.md', 1],
      ['autolink', 'https://c.example/', 1],
      ['autolink', 'https://d.example/p', 1],
      ['image', 'i.png', 2],
      ['definition', 'y.md', 4],
    ]);
  });

  it('reads struck-through text, table cells and lines inside nested fences with a byte-order mark and CRLF', () => {
    const text =
      '\ufeff~~gone~~ here\r\n\r\n1. x\r\n   ```Bash title\r\n   one\r\n\r\n     two\r\n   ```\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | `2` |';
    const doc = readMarkdown(text);
    const [struck] = doc.inlines;
    expect(doc.text.slice(struck?.span.start, struck?.span.end)).toBe('~~gone~~');
    const code = block(doc, 'code', 'one');
    expect(code.lang).toBe('bash');
    expect(code.codeLines).toEqual([
      { line: 5, text: 'one' },
      { line: 6, text: '' },
      { line: 7, text: '  two' },
    ]);
    expect(block(doc, 'row', '`2`').cells).toEqual(['1', '2']);
  });
});

describe('editMarkdown: remove', () => {
  it('removes a section with its subsections', () => {
    const text = '# T\n\nintro\n\n## A\n\na\n\n### A1\n\na1\n\n## B\n\nb\n';
    expect(change(text, (doc) => [{ kind: 'remove', target: section(doc, 'A') }])).toBe('# T\n\nintro\n\n## B\n\nb\n');
  });

  it('removes the last section and the blank lines before it, and keeps what stands before', () => {
    const text = '# T\n\n## A\n\na\n\n## B\n\nb';
    expect(change(text, (doc) => [{ kind: 'remove', target: section(doc, 'B') }])).toBe('# T\n\n## A\n\na\n');
  });

  it('removes items and keeps the numbers of the others, the spacing of a loose list and a list without neighbours', () => {
    expect(remove('1. a\n2. b\n3. c\n', 'item', 'b')).toBe('1. a\n3. c\n');
    expect(remove('- a\n\n- b\n\n- c\n', 'item', 'b')).toBe('- a\n\n- c\n');
    expect(remove('- a\n\n- b\n\n- c', 'item', 'c')).toBe('- a\n\n- b\n');
    expect(remove('x\n\n- a\n  - b\n- c\n', 'item', '- b')).toBe('x\n\n- c\n');
  });

  it('takes the list away with its last item, the item with its last list, and a table with its last row', () => {
    expect(remove('x\n\n- a\n\ny\n', 'item', 'a')).toBe('x\n\ny\n');
    expect(remove('| a |\n|---|\n| b |\n\ny\n', 'row', 'b')).toBe('y\n');
    expect(remove('| a |\n|---|\n| b |\n| c |\n', 'row', 'b')).toBe('| a |\n|---|\n| c |\n');
    expect(remove('> - a\n\ny\n', 'item', 'a')).toBe('y\n');
  });

  it('removes a nested item only', () => {
    expect(
      change('- a\n  - b\n  - c\n- d\n', (doc) => {
        const inner = [...walkBlocks(doc.blocks)].filter(({ kind, text }) => kind === 'item' && text === 'b');
        return inner.map((target) => ({ kind: 'remove', target }) as const);
      }),
    ).toBe('- a\n  - c\n- d\n');
  });

  it('removes neighbours in one go without a double gap', () => {
    const text = 'a\n\nb\n\nc\n\nd\n';
    expect(
      change(text, (doc) => [
        { kind: 'remove', target: block(doc, 'paragraph', 'b') },
        { kind: 'remove', target: block(doc, 'paragraph', 'c') },
      ]),
    ).toBe('a\n\nd\n');
    expect(
      change(text, (doc) => [
        { kind: 'remove', target: block(doc, 'paragraph', 'c') },
        { kind: 'remove', target: block(doc, 'paragraph', 'd') },
      ]),
    ).toBe('a\n\nb\n');
  });

  it('keeps CRLF and the byte-order mark', () => {
    expect(remove('\ufeffa\r\n\r\nb\r\n\r\nc', 'paragraph', 'a')).toBe('\ufeffb\r\n\r\nc');
    expect(remove('\ufeffa\r\n\r\nb\r\n\r\nc', 'paragraph', 'b')).toBe('\ufeffa\r\n\r\nc');
  });

  it('refuses to join two lists, to drop a table header, or to take a definition that is still used', () => {
    expect(remove('- a\n\n- b\n\nx\n\n- c\n\n- d\n', 'paragraph', 'x')).toBe(
      "refused at 7: the paragraph here would join or leave its neighbour's list",
    );
    expect(remove('| a |\n|---|\n| b |\n', 'row', 'a')).toBe('refused at 1: a table cannot lose its header row');
    expect(remove('see [r]\n\n[r]: x.md\n', 'definition', 'x.md')).toBe(
      'refused at 1: the paragraph here would be read differently',
    );
    expect(remove('see [r]\n\n[r]: x.md\n[r]: y.md\n', 'definition', 'x.md')).toBe(
      'refused at 1: a link here would lose its target',
    );
    expect(remove('- a\n\n  b\n', 'paragraph', 'a')).toBe(
      'refused at 1: the paragraph shares its first line with a list marker',
    );
  });

  it('refuses what would turn a paragraph into a heading or an HTML tag loose', () => {
    expect(remove('a\n***\nb\n---\n', 'rule', '***')).toMatch(/^refused at 1/);
    expect(remove('<details>\n\na\n\n</details>\n', 'html', '<details>')).toMatch(/^refused at/);
  });

  it('refuses a text with a lone carriage return', () => {
    expect(remove('a\n\nb\rc\n', 'paragraph', 'a')).toBe('refused at 3: a line ends with a lone carriage return');
  });
});

describe('editMarkdown: replace and insert', () => {
  it('replaces the content of an item behind its marker, in every container', () => {
    const text = '1. a\n2. b\n   more\n3. c\n\n> * q\n';
    expect(
      change(text, (doc) => [
        { kind: 'replace', target: block(doc, 'item', '2. b'), text: 'new\n```sh\nx\n```' },
        { kind: 'replace', target: block(doc, 'item', '* q'), text: 'one\ntwo' },
      ]),
    ).toBe('1. a\n2. new\n   ```sh\n   x\n   ```\n3. c\n\n> * one\n>   two\n');
  });

  it('refuses a replacement that would make a tight list loose', () => {
    const replace = (text: string, replacement: string): string =>
      change(text, (doc) => [{ kind: 'replace', target: block(doc, 'item', 'b'), text: replacement }]);
    expect(replace('- a\n- b\n', 'x\n\ny')).toBe('refused at 1: the paragraph here would be read differently');
    expect(replace('- a\n\n- b\n', 'x\n\ny')).toBe('- a\n\n- x\n\n  y\n');
  });

  it('replaces a section, a paragraph and a code block', () => {
    const text = '## A\n\na\n\n```\nx\n```\n\n## B\n\nb\n';
    expect(change(text, (doc) => [{ kind: 'replace', target: section(doc, 'A'), text: '## N\n\nn\n' }])).toBe(
      '## N\n\nn\n\n## B\n\nb\n',
    );
    expect(change(text, (doc) => [{ kind: 'replace', target: block(doc, 'code', 'x'), text: 'text' }])).toBe(
      '## A\n\na\n\ntext\n\n## B\n\nb\n',
    );
  });

  it('inserts before and after with one blank line on each side, in the newline of the text', () => {
    const text = '## A\r\n\r\na\r\n## B';
    expect(
      change(text, (doc) => [
        { kind: 'insert', where: 'before', target: section(doc, 'B'), text: '## N\n\nn\n' },
        { kind: 'insert', where: 'after', target: section(doc, 'B'), text: '## M\n' },
      ]),
    ).toBe('## A\r\n\r\na\r\n\r\n## N\r\n\r\nn\r\n\r\n## B\r\n\r\n## M');
    expect(change('', () => [{ kind: 'append', text: 'x\n' }])).toBe('x\n');
    expect(change('a\n', () => [{ kind: 'append', text: 'x\n' }])).toBe('a\n\nx\n');
  });

  it('changes lines inside a code block, with the indentation of its container', () => {
    const text = '- s\n  ```sh\n  one\n\n  two\n\n  three\n  ```\n';
    const lines = (from: number, to: number, replacement: string | null): string =>
      change(text, (doc) => [{ kind: 'code-lines', target: block(doc, 'code', 'one'), from, to, text: replacement }]);
    expect(lines(5, 6, null)).toBe('- s\n  ```sh\n  one\n\n  three\n  ```\n');
    expect(lines(7, 8, null)).toBe('- s\n  ```sh\n  one\n\n  two\n  ```\n');
    expect(lines(3, 4, null)).toBe('- s\n  ```sh\n  two\n\n  three\n  ```\n');
    expect(lines(5, 6, 'a\nb')).toBe('- s\n  ```sh\n  one\n\n  a\n  b\n\n  three\n  ```\n');
    expect(lines(8, 9, null)).toBe('refused at 8: these lines do not stand inside one fenced code block');
  });

  it('unlinks and retargets links', () => {
    const text = 'See [the *guide*](a.md#x "t"), [b](<a b.md>) and [c][r].\n\n[r]: a.md\n';
    expect(
      change(text, (doc) =>
        doc.links.filter(({ kind }) => kind === 'inline').map((link) => ({ kind: 'unlink', link })),
      ),
    ).toBe('See the *guide*, b and [c][r].\n\n[r]: a.md\n');
    expect(
      change(text, (doc) =>
        doc.links
          .filter(({ kind }) => kind === 'inline' || kind === 'definition')
          .map((link) => ({ kind: 'retarget', link, target: 'd.md' })),
      ),
    ).toBe('See [the *guide*](d.md "t"), [b](<d.md>) and [c][r].\n\n[r]: d.md\n');
  });

  it('lets a reference follow its definition', () => {
    expect(
      change('See [c][r].\n\nText\n\n[r]: a.md\n', (doc) =>
        doc.links
          .filter(({ kind }) => kind === 'definition')
          .map((link) => ({ kind: 'retarget', link, target: 'd.md' })),
      ),
    ).toBe('See [c][r].\n\nText\n\n[r]: d.md\n');
  });

  it('says that nothing changed when a change changes nothing', () => {
    const doc = readMarkdown('a\n');
    expect(editMarkdown(doc, [])).toEqual({ kind: 'unchanged', remarks: [] });
    expect(editMarkdown(doc, [{ kind: 'substitute', span: { start: 0, end: 1 }, text: 'a' }]).kind).toBe('unchanged');
  });

  it('refuses two changes in one place', () => {
    expect(
      change('abc\n', () => [
        { kind: 'substitute', span: { start: 0, end: 2 }, text: 'x' },
        { kind: 'substitute', span: { start: 1, end: 3 }, text: 'y' },
      ]),
    ).toBe('refused at 1: two changes meet in one place');
  });
});

describe('leavesOf', () => {
  it('lists the innermost blocks in order', () => {
    const doc = readMarkdown('# a\n\n- b\n  - c\n\n> d\n');
    expect(leavesOf(doc.blocks).map(({ kind, text }) => [kind, text])).toEqual([
      ['heading', 'a'],
      ['paragraph', 'b'],
      ['paragraph', 'c'],
      ['paragraph', 'd'],
    ]);
  });
});
