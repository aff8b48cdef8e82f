import { MIGRATIONS } from '../../migrations/index.ts';
import { EXIT, RefitError, refusal } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import { COMMAND_LINE, paramsOf } from '../checks/config.ts';
import { orderMigrations } from '../migration/order.ts';
import { notATarget, type PlannedRun } from '../migration/run.ts';
import { layeredSource } from '../tree/layered-source.ts';
import { openTree, type WorkingTree } from '../tree/memory-tree.ts';
import type { CommandIo } from './io.ts';
import type { MigrationOptions } from './options.ts';
import { loadMigration, loadNamed, type PlanRequest, planOn, settingsOf } from './session.ts';

/** How one migration of several ended. */
export type PlannedMigration = { readonly request: PlanRequest } & (
  | { readonly kind: 'planned'; readonly run: PlannedRun; readonly on: Checkout }
  | { readonly kind: 'not-applicable'; readonly why: string }
);

export interface PlannedAll {
  readonly migrations: readonly PlannedMigration[];
  /** The checkout as all of them leave it, over the checkout as it is. */
  readonly tree: WorkingTree;
}

const WHOLE = { only: [], skip: [], phases: [] } as const;

/**
 * Plans in order, each on what the ones before it left; nothing is written. One that is not for this checkout, or requires
 * one that is not, takes no part.
 * @throws RefitError with exit code 4 when none of them is for this checkout, or a step refuses.
 */
export async function planAll(
  checkout: Checkout,
  options: MigrationOptions,
  io: CommandIo,
  onStep: (step: string) => void,
): Promise<PlannedAll> {
  const requests = await requestsOf(checkout, options, io);
  const migrations: PlannedMigration[] = [];
  const left = new Set<string>();
  // One tree for all, so that what they do together is told as one; each plan still has the hashes of its own turn.
  let tree = openTree(checkout.source);
  for (const request of requests) {
    const missing = request.migration.requires?.find((id) => left.has(id));
    const on = migrations.length === 0 ? checkout : { ...checkout, source: layeredSource(checkout.source, tree) };
    const one: PlannedMigration =
      missing === undefined
        ? await planOne(on, request, onStep)
        : { request, kind: 'not-applicable', why: `it requires ${missing}, which is not for this checkout` };
    migrations.push(one);
    if (one.kind === 'not-applicable') left.add(request.migration.id);
    else tree = withChanges(checkout, tree, one.run);
  }
  if (left.size === requests.length)
    throw refusal('no migration at hand is for this checkout: nothing was written', {
      details: migrations.flatMap((one) => ('why' in one ? [`${one.request.migration.id}: ${one.why}`] : [])),
      hint: 'refit explain ID says what one looks for',
    });
  tree.lock();
  return { migrations, tree };
}

/** All bundled ones, and those that the command line or the checkout's configuration name. */
async function requestsOf(
  checkout: Checkout,
  options: MigrationOptions,
  io: CommandIo,
): Promise<readonly PlanRequest[]> {
  const settings = settingsOf(checkout, { ...options, migration: undefined });
  const bundled = await Promise.all(MIGRATIONS.map(({ id }) => loadMigration(id)));
  const inFile = settings.migration.origin === 'default' ? [] : [settings.migration];
  const named = [...inFile, ...options.migrations.map((value) => ({ value, origin: COMMAND_LINE }))];
  const others = [];
  for (const setting of named) {
    if (MIGRATIONS.some(({ id }) => id === setting.value)) continue;
    others.push({ setting, migration: await loadNamed(setting, { checkout, options, io }) });
  }
  const configured =
    others.find(({ setting }) => setting === settings.migration)?.migration.id ?? settings.migration.value;
  return orderMigrations([...bundled, ...others.map(({ migration }) => migration)]).map((migration) => ({
    migration,
    params: migration.id === configured ? paramsOf(settings) : {},
    selection: WHOLE,
  }));
}

async function planOne(on: Checkout, request: PlanRequest, onStep: (step: string) => void): Promise<PlannedMigration> {
  const { id } = request.migration;
  try {
    return { request, kind: 'planned', on, run: await planOn(on, request, (step) => onStep(`${id}: ${step}`)) };
  } catch (error) {
    // A step that refuses is another thing: the migration is meant for this checkout, and something is unsafe.
    const stranger = error instanceof RefitError && error.exitCode === EXIT.refused && error.message === notATarget(id);
    if (!stranger) throw error;
    return { request, kind: 'not-applicable', why: error.details.join('; ') || 'not a target' };
  }
}

/** A new tree: what plans were made on may not change under them. */
function withChanges({ source }: Checkout, before: WorkingTree, { plan, tree }: PlannedRun): WorkingTree {
  const next = openTree(source);
  next.adopt(before.changes(), (path) => before.readBytes(path));
  next.adopt(plan.changes, (path) => tree.readBytes(path));
  return next;
}

/**
 * Proves that what a migration requires has nothing left to do on `checkout`.
 * @throws RefitError (exit code 4) naming what is pending first.
 */
export async function proveRequired(checkout: Checkout, { migration }: PlanRequest): Promise<void> {
  for (const id of migration.requires ?? []) {
    if (!MIGRATIONS.some((entry) => entry.id === id))
      throw new RefitError(`${migration.id} requires ${id}, which is not part of refit`, {
        hint: 'plan both: refit plan --all --migration PATH --migration PATH',
      });
    const request = { migration: await loadMigration(id), params: {}, selection: WHOLE };
    const { plan } = await planOn(checkout, request);
    if (plan.changes.length === 0) continue;
    throw refusal(`${migration.id} requires ${id}, which would still change this checkout; nothing was written`, {
      details: plan.changes.map((change) => `${change.kind} ${change.path}`).slice(0, 10),
      hint: 'refit plan --all plans both in order',
    });
  }
}
