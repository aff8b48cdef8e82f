import type { RunContext } from '../apply/context.ts';
import { readPlanOf, requireRun } from '../apply/journal-file.ts';
import { resume } from '../apply/recover.ts';
import { findInterrupted } from '../apply/runs.ts';
import { RefitError } from '../base/errors.ts';
import { type Checkout, openCheckout } from '../checkout/read.ts';
import { planFromJson } from '../plan/plan-file.ts';
import { makeReport, type Report } from '../report/report.ts';
import type { ApplyOptions } from './before-writing.ts';
import type { CommandIo } from './io.ts';
import { MENDS_ID } from './prove.ts';
import { planFields, planOn, reportFields, requestOfPlan, runContext } from './session.ts';
import { refuseStalePlan } from './stale-plan.ts';
import { underSignals } from './under-signals.ts';
import { nextAfterApply, proveSecondRun, writeRun } from './write-run.ts';

/** What the migration of a saved plan is loaded with. */
type PlanLoad = Parameters<typeof requestOfPlan>[1] & { readonly checkout: Checkout };

/** Finishes a run that was interrupted, or carries out its plan afresh. */
export async function resumeRun(options: ApplyOptions, io: CommandIo, checkout: Checkout): Promise<Report> {
  return underSignals(io, async (signal) => {
    const load = { checkout, options, io };
    const context = runContext(checkout, io, { waitSeconds: options.wait, signal });
    await loadFirst(context, load);
    const outcome = await resume(context, { beforeClose: () => proveResumed(context, load) });
    const fields = reportFields('apply', checkout);
    switch (outcome.kind) {
      case 'nothing-to-resume':
        return makeReport({ ...fields, outcome: { kind: 'nothing-to-do', why: outcome.why } });
      case 'applied':
        return makeReport({
          ...fields,
          run: { id: outcome.run, written: [] },
          next: nextAfterApply(options, { id: outcome.run, written: [] }),
        });
      case 'start-over':
        return startOver(options, io, checkout, outcome.planJson);
      default: {
        const unknown: never = outcome;
        throw new RefitError(`no such outcome: ${JSON.stringify(unknown)}`);
      }
    }
  });
}

/** Code from outside that may not run, or is another by now, is refused before anything is written rather than after. */
async function loadFirst(context: RunContext, load: PlanLoad): Promise<void> {
  const found = findInterrupted(context);
  if (found === null) return;
  const saved = planFromJson(readPlanOf(context, requireRun(context, found.id)));
  if (saved.migration.outside !== undefined) await requestOfPlan(saved, load);
}

/** The second-run proof of a resumed run, by the plan kept with it. */
async function proveResumed(context: RunContext, load: PlanLoad): Promise<void> {
  const found = findInterrupted(context);
  if (found === null) return;
  const saved = planFromJson(readPlanOf(context, requireRun(context, found.id)));
  await proveSecondRun(load.checkout.root, await requestOfPlan(saved, load));
}

/** The interrupted run had written nothing for good: its plan is carried out afresh, if the checkout still agrees. */
async function startOver(options: ApplyOptions, io: CommandIo, opened: Checkout, planJson: string): Promise<Report> {
  const saved = planFromJson(planJson);
  if (saved.migration.id === MENDS_ID) {
    const why = 'the interrupted mends were taken back; refit check --fix writes them again';
    return makeReport({ ...reportFields('apply', opened), outcome: { kind: 'nothing-to-do', why } });
  }
  const checkout = await openCheckout(opened.root);
  const request = await requestOfPlan(saved, { checkout, options, io });
  const planned = await planOn(checkout, request);
  refuseStalePlan(saved, planned.plan, checkout);
  const { run, warnings } = await writeRun({ ...options, commit: undefined }, io, checkout, request, planned);
  return makeReport({
    ...reportFields('apply', checkout, request.migration),
    ...planFields(planned, checkout, false),
    run,
    warnings,
    next: nextAfterApply(options, run),
  });
}
