/** What a program needs to plan, apply and roll back without the command line. */
export { type ApplyInput, type ApplyOutcome, apply } from './apply/apply.ts';
export type { RunContext } from './apply/context.ts';
export { type RollbackOptions, type RollbackOutcome, rollback } from './apply/rollback.ts';
export { type Checkout, type OpenOptions, openCheckout } from './checkout/read.ts';
export { anchoredFileSystem } from './host/anchored-fs.ts';
export { type FileSystem, nodeFileSystem } from './host/fs.ts';
export { loadParsers } from './host/parsers.ts';
export { type PlanInput, type PlannedRun, planMigration } from './migration/run.ts';
export { formatPatch, type PatchOptions } from './plan/diff.ts';
export type { Plan, Selection, StepOutcome } from './plan/plan.ts';
export { planFromJson, planJsonSchema, planToJson } from './plan/plan-file.ts';
