import { apply } from '../apply/apply.ts';
import { EXIT, RefitError } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Settings } from '../checks/config.ts';
import type { Finding } from '../checks/define.ts';
import { mend } from '../checks/mend.ts';
import { PLAN_FORMAT_VERSION, type Plan } from '../plan/plan.ts';
import { planToJson } from '../plan/plan-file.ts';
import type { ReportedCheck, ReportedRun } from '../report/report.ts';
import type { FileChange } from '../tree/changes.ts';
import { openTree } from '../tree/memory-tree.ts';
import { refuseDirty } from './before-writing.ts';
import type { CommandIo } from './io.ts';
import { dayOf } from './judge.ts';
import { MENDS_ID, proveStatic } from './prove.ts';
import { runContext } from './session.ts';
import { underSignals } from './under-signals.ts';

export interface MendsInput {
  readonly checkout: Checkout;
  readonly settings: Settings;
  readonly io: CommandIo;
  readonly checks: readonly ReportedCheck[];
}

export type MendsOutcome =
  | { readonly kind: 'nothing'; readonly why: string }
  /** `told`: one line for each mend, and for each that has to wait. */
  | { readonly kind: 'written'; readonly run: ReportedRun; readonly told: readonly string[] };

/**
 * Writes the mends of all findings that count, as one run that `refit rollback` undoes. They are proved on a virtual tree
 * first.
 * @throws RefitError when a touched path is dirty (exit 4), or when the mends would break what holds now (exit 3).
 */
export async function applyMends({ checkout, settings, io, checks }: MendsInput): Promise<MendsOutcome> {
  const tree = openTree(checkout.source);
  const open = checks.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));
  const {
    mended,
    clashing,
    checks: behind,
  } = mend(
    tree,
    open.filter(({ waived }) => waived === undefined),
  );
  tree.lock();
  const changes = tree.changes().map((change): FileChange => ({ ...change, steps: behind.get(change.path) ?? [] }));
  if (changes.length === 0) return { kind: 'nothing', why: 'no finding has a mend that needs no person' };
  await refuseDirty(checkout, changes, true);
  const plan = planOfMends(checkout, changes);
  const proof = await proveStatic({ plan, tree }, { checkout, settings, today: dayOf(io.now()) });
  if (proof.stops !== null) {
    throw new RefitError(`the mends are not written: ${proof.stops}`, {
      exitCode: EXIT.failed,
      details: mended.map(place),
      hint: 'mend by hand; refit explain tells of each check',
    });
  }
  return underSignals(io, async (signal) => {
    const outcome = await apply(runContext(checkout, io, { signal }), {
      migration: MENDS_ID,
      stepHashes: {},
      changes,
      content: tree.content,
      planJson: planToJson(plan),
    });
    if (outcome.kind === 'nothing-to-do') return { kind: 'nothing', why: 'there was nothing to write' };
    const written = changes.map(({ path }) => path);
    const told = [
      ...mended.map((finding) => `mended: ${place(finding)}`),
      ...clashing.map((finding) => `waits for another --fix, because it meets another mend: ${place(finding)}`),
      ...outcome.warnings,
    ];
    return { kind: 'written', run: { id: outcome.run, written }, told };
  });
}

function planOfMends(checkout: Checkout, changes: readonly FileChange[]): Plan {
  return {
    formatVersion: PLAN_FORMAT_VERSION,
    migration: { id: MENDS_ID, stepHashes: {} },
    params: {},
    selection: { only: [], skip: [], phases: [] },
    base: { commit: checkout.commit, dirty: [] },
    outcomes: [],
    changes,
    notes: [],
  };
}

function place({ check, path, line, message }: Finding): string {
  const where = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`} `;
  return `${check} ${where}${message}`;
}
