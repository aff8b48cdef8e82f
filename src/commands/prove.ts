import type { Checkout } from '../checkout/read.ts';
import type { Settings } from '../checks/config.ts';
import type { CheckWords, Severity } from '../checks/define.ts';
import { STATIC_CHECKS } from '../checks/index.ts';
import { parsersOf, runChecks } from '../checks/run.ts';
import { loadParsers } from '../host/parsers.ts';
import type { PlannedRun } from '../migration/run.ts';
import {
  compareSeverity,
  DEFAULT_GATE,
  isFailing,
  isMissing,
  type Report,
  type ReportedCheck,
} from '../report/report.ts';
import { fingerprintsOf, setAside } from '../report/set-aside.ts';
import { openTree } from '../tree/memory-tree.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { dockerfileIn, judgeByRules } from './judge.ts';

/** What stands in the journal of `check --fix` in place of a migration. */
export const MENDS_ID = 'check-fix';

/** By which rules a planned tree is judged. */
export interface ProofRules {
  readonly checkout: Checkout;
  readonly settings: Settings;
  /** `2026-12-31`. */
  readonly today: string;
}

/** What checks say of a planned tree, before the first byte is written. */
export interface Proof {
  readonly checks: readonly ReportedCheck[];
  /** Why nothing may be written; null when everything holds. */
  readonly stops: string | null;
  readonly container?: NonNullable<Report['container']>;
}

/**
 * Runs the checks on the planned tree and on the checkout as it is. What the checkout has too, what is about the
 * provider's own code, and what a `todo` note of the plan leaves to a person at that very line, never stops a write; a
 * check that breaks on the planned tree alone does.
 */
export async function proveStatic({ plan, tree }: PlannedRun, rules: ProofRules): Promise<Proof> {
  await loadParsers(parsersOf());
  const checksOf = async (judged: ReadonlyTree): Promise<readonly ReportedCheck[]> =>
    judgeByRules(await runChecks(judged, dockerfileIn(judged, rules.settings)), rules).checks;
  return weigh(
    await checksOf(tree),
    await checksOf(openTree(rules.checkout.source)),
    STATIC_CHECKS,
    leftToPerson(plan),
  );
}

/** The lines, in the planned tree, that the plan asks a person to change; a write that stopped there would never come. */
function leftToPerson({ outcomes, notes }: PlannedRun['plan']): ReadonlySet<string> {
  const todos = [...outcomes.flatMap((outcome) => outcome.notes), ...notes].filter(
    ({ severity }) => severity === 'todo',
  );
  return new Set(
    todos.flatMap(({ path, line }) => (path === undefined || line === undefined ? [] : [`${path}\n${line}`])),
  );
}

/** What the planned tree's checks say beside those of the checkout as it is: what it has already never stops a write. */
export function weigh(
  planned: readonly ReportedCheck[],
  present: readonly ReportedCheck[],
  words: readonly CheckWords[],
  left: ReadonlySet<string> = new Set(),
): Proof {
  const names = fingerprintsOf(planned);
  const before = worstByName(present);
  const broken = new Set(present.filter(({ result }) => result.status === 'errored').map(({ id }) => id));
  const provider = new Set(words.filter((check) => check.aboutProvider === true).map(({ id }) => id));
  const checks = setAside(planned, (finding) => {
    if (provider.has(finding.check)) return { reason: "about the provider's own code, which no step changes" };
    const there = before.get(names.get(finding) ?? '');
    // What is worse than before is new.
    if (there !== undefined && compareSeverity(there, finding.severity) <= 0)
      return { reason: 'the checkout has it too' };
    return finding.severity !== 'blocker' && left.has(`${finding.path}\n${finding.line}`)
      ? { reason: 'a note of the plan leaves it to a person' }
      : null;
  }).map((check) => (broken.has(check.id) ? alreadyBroken(check) : check));
  return { checks, stops: whyStopped(checks) };
}

/** The severity of each present finding, by a name that does not hang on its wording. */
function worstByName(present: readonly ReportedCheck[]): ReadonlyMap<string, Severity> {
  return new Map([...fingerprintsOf(present)].map(([{ severity }, name]) => [name, severity]));
}

function alreadyBroken(check: ReportedCheck): ReportedCheck {
  if (check.result.status !== 'errored') return check;
  const why = `cannot run on the checkout either: ${check.result.message}`;
  return { ...check, required: false, result: { check: check.id, status: 'skipped', why } };
}

function whyStopped(checks: readonly ReportedCheck[]): string | null {
  const failing = checks.filter((check) => isFailing(check, DEFAULT_GATE)).map(({ id }) => id);
  if (failing.length > 0) return `the planned tree fails ${failing.join(', ')}, and the checkout does not`;
  const missing = checks.filter((check) => isMissing(check, DEFAULT_GATE)).map(({ id }) => id);
  return missing.length > 0 ? `nothing proves the planned tree: ${missing.join(', ')} could not run on it` : null;
}
