import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import type { Finding, Fix } from '../../src/checks/define.ts';
import { mend } from '../../src/checks/mend.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const A = 'a.txt' as RepoPath;
const NEW = 'new.txt' as RepoPath;

function finding(check: string, fix?: Fix): Finding {
  return { check, severity: 'error', message: 'm', expected: 'e', seen: 's', ...(fix === undefined ? {} : { fix }) };
}

const edit = (check: string, start: number, end: number, text: string): Finding =>
  finding(check, { kind: 'edit', path: A, edits: [{ start, end, text }] });

function mendAll(...findings: readonly Finding[]) {
  const tree = openTree(memorySource({ 'a.txt': 'one two three\n' }));
  const result = mend(tree, findings);
  return {
    tree,
    mended: result.mended.map(({ check }) => check),
    clashing: result.clashing.map(({ check }) => check),
    checks: result.checks,
  };
}

describe('mend', () => {
  it('carries out edits of several checks on one file, each by the offsets it was judged with', () => {
    const { tree, mended, clashing, checks } = mendAll(
      edit('S2', 8, 13, 'drei'),
      edit('S1', 0, 3, 'eins'),
      finding('S3'),
    );
    expect(tree.readText(A)).toBe('eins two drei\n');
    expect([mended, clashing]).toEqual([['S2', 'S1'], []]);
    expect(checks.get(A)).toEqual(['S2', 'S1']);
  });

  it('makes the same edit and the same file once', () => {
    const create = finding('S4', { kind: 'create', path: NEW, text: 'x\n' });
    const { tree, mended } = mendAll(edit('S1', 0, 3, 'eins'), edit('S2', 0, 3, 'eins'), create, create);
    expect(tree.readText(A)).toBe('eins two three\n');
    expect(tree.readText(NEW)).toBe('x\n');
    expect(mended).toEqual(['S1', 'S2', 'S4', 'S4']);
  });

  it.each<[string, Finding]>([
    ['overlaps', edit('S2', 2, 5, 'x')],
    ['inserts at the same place', edit('S2', 0, 0, 'x')],
    ['is about a file that is gone', finding('S2', { kind: 'mode', path: 'gone' as RepoPath, mode: '755' })],
    ['would write over a file', finding('S2', { kind: 'create', path: A, text: 'x' })],
  ])('leaves a mend that %s for another run', (_name, other) => {
    const { tree, mended, clashing } = mendAll(edit('S1', 0, 3, 'eins'), other);
    expect(tree.readText(A)).toBe('eins two three\n');
    expect([mended, clashing]).toEqual([['S1'], ['S2']]);
  });

  it('takes edits side by side, and a mode beside an edit', () => {
    const mode = finding('S3', { kind: 'mode', path: A, mode: '755' });
    const { tree, clashing } = mendAll(edit('S1', 0, 3, 'eins'), edit('S2', 3, 7, ' zwei'), mode);
    expect([tree.readText(A), tree.mode(A), clashing]).toEqual(['eins zwei three\n', '755', []]);
  });
});
