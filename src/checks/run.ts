/** Pure: judges a tree; whoever calls loads the parsers first. */
import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import { comparePaths } from '../base/repo-path.ts';
import type { ParserName } from '../migration/define.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { Check, CheckContext, CheckResult, CheckWords, Finding } from './define.ts';
import { STATIC_CHECKS } from './index.ts';

/** A check and how it ended. */
export interface CheckRun {
  readonly check: CheckWords;
  readonly result: CheckResult;
}

/** Which checks are asked for, each by its id or the start of one; an empty `only` means all. */
export interface CheckSelection {
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

export const ALL_CHECKS: CheckSelection = { only: [], skip: [] };

/** Whether `word` names the check: its id or the start of it, in either case. */
export function namesCheck(word: string, id: string): boolean {
  return word !== '' && id.toLowerCase().startsWith(word.toLowerCase());
}

/** @throws RefitError with the nearest id for a word that names no check. */
export function validateCheckSelection(selection: CheckSelection, checks: readonly CheckWords[] = STATIC_CHECKS): void {
  const ids = checks.map(({ id }) => id);
  for (const word of [...selection.only, ...selection.skip]) {
    if (ids.some((id) => namesCheck(word, id))) continue;
    const { message, hint } = unknownName('check', word, ids);
    throw new RefitError(message, { hint });
  }
}

/** The parsers that the selected checks read with. */
export function parsersOf(
  selection: CheckSelection = ALL_CHECKS,
  checks: readonly Check[] = STATIC_CHECKS,
): readonly ParserName[] {
  return [
    ...new Set(checks.filter((check) => whyLeftOut(check.id, selection) === null).flatMap(({ needs = [] }) => needs)),
  ];
}

/** What the selected checks will search `tree` for, each literal once. */
export function searchWordsOf(
  tree: ReadonlyTree,
  selection: CheckSelection,
  checks: readonly Check[],
): readonly string[] {
  const selected = checks.filter((check) => whyLeftOut(check.id, selection) === null);
  return [...new Set(selected.flatMap((check) => check.searchWords?.(tree) ?? []))];
}

/**
 * Runs the checks in their order on `tree`. A check that throws is `errored`, never passed, and the others still run; one
 * that is not selected is `not-asked`.
 */
export async function runChecks(
  tree: ReadonlyTree,
  ctx: CheckContext,
  selection: CheckSelection = ALL_CHECKS,
  checks: readonly Check[] = STATIC_CHECKS,
): Promise<readonly CheckRun[]> {
  const runs: CheckRun[] = [];
  for (const check of checks) {
    const why = whyLeftOut(check.id, selection);
    const result: CheckResult =
      why === null ? await runCheck(check, tree, ctx) : { check: check.id, status: 'not-asked', why };
    runs.push({ check, result });
  }
  return runs;
}

/** Why a check is not among those asked for, or null. */
export function whyLeftOut(id: string, { only, skip }: CheckSelection): string | null {
  const skipped = skip.find((word) => namesCheck(word, id));
  if (skipped !== undefined) return `left out by --skip ${skipped}`;
  return only.length === 0 || only.some((word) => namesCheck(word, id)) ? null : `not among --only ${only.join(', ')}`;
}

async function runCheck(check: Check, tree: ReadonlyTree, ctx: CheckContext): Promise<CheckResult> {
  try {
    const answer = await check.select(tree, ctx);
    if (answer.kind === 'skip') return { check: check.id, status: 'not-applicable', why: answer.why };
    const findings = await check.run(answer.input, tree, ctx);
    if (findings.length === 0) return { check: check.id, status: 'passed' };
    return { check: check.id, status: 'failed', findings: [...findings].sort(compareFindings) };
  } catch (error) {
    return { check: check.id, status: 'errored', message: wordsOf(error) };
  }
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    comparePaths(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0) || comparePaths(a.message, b.message)
  );
}

/** A known fault has words of its own; any other is a defect of the check and says so. */
function wordsOf(error: unknown): string {
  if (error instanceof RefitError) return [error.message, ...error.details].join('; ');
  return `the check itself failed: ${error instanceof Error ? error.message : String(error)}`;
}
