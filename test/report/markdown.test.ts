import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { Report } from '../../src/report/report.ts';
import { everyReport, fullReport, hugeReport, WIDE } from './sample.ts';

const markdown = (report: Report): string => renderReport(report, 'markdown', WIDE);

interface Node {
  readonly type: string;
  readonly position?: unknown;
  readonly value?: string;
  readonly children?: readonly Node[];
}
function nodesOf(text: string): readonly Node[] {
  const root: Node = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const walk = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(walk)];
  return walk(root);
}

describe('renderMarkdown', () => {
  test('summary table, collapsible details, the next command', () => {
    const text = markdown(fullReport());
    expect(text.slice(0, text.indexOf('<details open>'))).toBe(`## refit check · oauth-only · proxy

**Pending: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed**

**Checks: 1 passed, 2 failed (1 blocker, 1 error, 1 warn, 1 info), 1 waived, 1 errored, 1 skipped, 2 not applicable; incomplete: 1 check could not run**

| Create | Update | Rename | Delete | Lines added | Lines removed | Findings | Exit code |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 1 | 1 | 1 | 2 | 40 | 19 | 4 | 2 |

`);
    expect(text).toContain(
      '| **- delete** | <code>auth.py</code> | +0 -14 | <code>delete-auth</code> <code>sweep</code> |\n',
    );
    expect(text).toContain('<summary>Lines of the diff (6)</summary>\n\n```diff\ndiff --git a/x b/x\n');
    expect(text.endsWith('\nNext:\n\n* <code>refit plan</code>: see what would change\n')).toBe(true);
  });

  test('hostile text gives no HTML but our own, no link, no heading, and cannot leave the diff', () => {
    for (const report of Object.values(everyReport())) {
      // A link without a position is the tree builder's own search for addresses in text, which GitHub has not.
      const nodes = nodesOf(markdown(report)).filter(({ position }) => position !== undefined);
      const html = nodes
        .filter(({ type }) => type === 'html')
        .flatMap(({ value = '' }) => value.match(/<[^>]*>/g) ?? []);
      const own = ['<details>', '<details open>', '</details>', '<summary>', '</summary>', '<code>', '</code>', '<br>'];
      expect([...new Set(html)].filter((tag) => !own.includes(tag))).toEqual([]);
      expect(
        nodes.filter(({ type }) =>
          ['link', 'linkReference', 'image', 'definition', 'footnoteReference'].includes(type),
        ),
      ).toEqual([]);
      expect(nodes.filter(({ type }) => type === 'heading')).toHaveLength(1);
      expect(nodes.filter(({ type }) => type === 'code').length).toBeLessThanOrEqual(1);
      expect(html.filter((tag) => tag === '</details>')).toHaveLength(
        html.filter((tag) => tag.startsWith('<details')).length,
      );
    }
  });

  test('nobody is mentioned outside code', () => {
    const text = markdown(everyReport()['hostile'] as Report);
    const outside = text.replace(/<code>.*?<\/code>/g, '').replace(/^`{3,}diff$[\s\S]*?^`{3,}$/m, '');
    expect(outside).not.toMatch(/@\w/);
    expect(outside).not.toMatch(/(?<!&)#\d/);
  });

  test('30,000 findings stay under the limit of a comment, and the cut is told', () => {
    const text = markdown(hugeReport(30_000));
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    expect(Buffer.byteLength(text)).toBeGreaterThan(60_000);
    expect(text).toMatch(/\n_Cut to fit; left out: \d+ of Findings, .*The JSON report has all of it\._\n/);
    expect(text.endsWith('see what would change\n')).toBe(true);
    expect(text.match(/<details/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? -1);
  });

  test('any limit with room for the head is kept', () => {
    for (let limit = 2000; limit < 8000; limit += 250) {
      expect(Buffer.byteLength(renderMarkdown(hugeReport(50), { limit }))).toBeLessThanOrEqual(limit);
    }
  });

  test('ten megabytes of findings stay under the limit too', () => {
    expect(Buffer.byteLength(markdown(hugeReport(5, 2_000_000)))).toBeLessThan(65_536);
  });
});
