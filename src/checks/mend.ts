/** Pure: carries out, on a virtual tree, the mends that findings bring along. */
import type { RepoPath } from '../base/repo-path.ts';
import type { TextEdit } from '../tree/edits.ts';
import type { RepoTree } from '../tree/tree.ts';
import type { Finding } from './define.ts';

/** A finding with a mend. */
type Mendable = Finding & { readonly fix: NonNullable<Finding['fix']> };

export interface Mended {
  /** Findings whose mend was carried out, in the order given. */
  readonly mended: readonly Mendable[];
  /** Findings whose mend meets that of another one; a second run comes to them. */
  readonly clashing: readonly Mendable[];
  /** The ids of the checks behind the changes of each path. */
  readonly checks: ReadonlyMap<RepoPath, readonly string[]>;
}

/** Mends `tree`, which must be as it was judged: spans of the present text count from its own offsets. */
export function mend(tree: RepoTree, findings: readonly Finding[]): Mended {
  const mended: Mendable[] = [];
  const clashing: Mendable[] = [];
  const edits = new Map<RepoPath, readonly TextEdit[]>();
  const checks = new Map<RepoPath, readonly string[]>();
  for (const finding of findings.filter(hasFix)) {
    const { fix } = finding;
    if (!fits(tree, finding, edits)) {
      clashing.push(finding);
      continue;
    }
    if (fix.kind === 'edit') edits.set(fix.path, addEdits(edits.get(fix.path) ?? [], fix.edits));
    else if (fix.kind === 'mode') tree.setMode(fix.path, fix.mode);
    else if (!tree.has(fix.path)) tree.create(fix.path, fix.text);
    mended.push(finding);
    checks.set(fix.path, [...new Set([...(checks.get(fix.path) ?? []), finding.check])]);
  }
  for (const [path, all] of edits) tree.edit(path, all);
  return { mended, clashing, checks };
}

function hasFix(finding: Finding): finding is Mendable {
  return finding.fix !== undefined;
}

function fits(tree: RepoTree, { fix }: Mendable, edits: ReadonlyMap<RepoPath, readonly TextEdit[]>): boolean {
  // The same new file asked for twice is made once.
  if (fix.kind === 'create') return !tree.has(fix.path) || tree.tryReadText(fix.path) === fix.text;
  if (!tree.has(fix.path)) return false;
  const there = edits.get(fix.path) ?? [];
  return (
    fix.kind === 'mode' || fix.edits.every((edit) => there.every((other) => same(edit, other) || apart(edit, other)))
  );
}

function addEdits(there: readonly TextEdit[], more: readonly TextEdit[]): readonly TextEdit[] {
  return [...there, ...more.filter((edit) => !there.some((other) => same(edit, other)))];
}

function same(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** Two insertions at one place have no order of their own. */
function apart(a: TextEdit, b: TextEdit): boolean {
  return a.start > b.end || b.start > a.end || (a.start !== b.start && (a.end === b.start || b.end === a.start));
}
