import { RefitError, refusal } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { PLAN_FORMAT_VERSION, type Plan, type Selection, type StepOutcome } from '../plan/plan.ts';
import { openTree, type WorkingTree } from '../tree/memory-tree.ts';
import type { TreeSource } from '../tree/tree.ts';
import type { Applicability, Migration, Note, ParserName, Phase, Step, StepContext } from './define.ts';
import { proveGuarantees } from './guarantees.ts';
import { answerProblem, noteProblem } from './shape.ts';
import { sweepMentions } from './sweep.ts';
import { isSelected, parseParams, stepsOf, validateMigration, validateSelection } from './validate.ts';

/** Everything a migration run reads; no file system, clock or process behind it. */
export interface PlanInput<P> {
  readonly migration: Migration<P>;
  readonly source: TreeSource;
  readonly params: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
  /** A promise where finding it out may go on beside the search of the checkout. */
  readonly base: Plan['base'] | Promise<Plan['base']>;
  readTemplate(name: string): string;
  loadParsers(names: readonly ParserName[]): Promise<void>;
  /** Told before each step runs, for progress. */
  onStep?(step: string): void | Promise<void>;
}

/** A plan with the tree that it was taken from. */
export interface PlannedRun {
  readonly plan: Plan;
  /** The planned tree, locked. */
  readonly tree: WorkingTree;
}

/**
 * Runs the selected steps of a migration on a virtual tree over `source` and takes the plan.
 * @throws RefitError with exit code 4 when the checkout is not a target or a step refuses; with exit code 1 when a step
 * faults or breaks a guarantee.
 */
export async function planMigration<P>(input: PlanInput<P>): Promise<PlannedRun> {
  const { migration, selection } = input;
  validateMigration(migration as Migration);
  validateSelection(migration as Migration, selection);
  const params = parseParams(migration, input.params);
  const tree = openTree(input.source);
  const original = openTree(input.source);
  await Promise.all([
    input.loadParsers(parsersOf(migration, selection)),
    original.search(migration.searchWords?.(original) ?? []),
  ]);
  await refuseStrangers(migration, original, params);

  const outcomes: StepOutcome[] = [];
  for (const phase of migration.phases) {
    const ran: Step<P>[] = [];
    for (const step of phase.steps) {
      if (!isSelected(selection, step.id, phase.id)) {
        outcomes.push({ step: step.id, phase: phase.id, status: 'skipped', why: 'not selected', notes: [] });
        continue;
      }
      await input.onStep?.(step.id);
      outcomes.push(await runStep(input, phase, step, tree, params));
      ran.push(step);
    }
    await proveGuarantees({
      phase,
      steps: ran,
      before: original,
      after: tree,
      context: (step) => contextOf(input, step, params, []),
    });
  }
  tree.attributeTo(null);
  tree.lock();
  const changes = tree.changes();
  const told = outcomes.flatMap((outcome) => outcome.notes);
  const notes = await sweepMentions({
    changes,
    before: original,
    after: tree,
    migration: migration as Migration,
    told,
  });
  const plan: Plan = {
    formatVersion: PLAN_FORMAT_VERSION,
    migration: { id: migration.id, stepHashes: stepHashes(migration, input.readTemplate) },
    params: params as Readonly<Record<string, unknown>>,
    selection,
    base: await input.base,
    outcomes,
    changes,
    notes,
  };
  return { plan, tree };
}

/** Step id → SHA-256 over what decides the step's behaviour: its id, its version, the templates it reads. */
export function stepHashes<P>(
  migration: Migration<P>,
  readTemplate: (name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    stepsOf(migration).map(({ step }) => {
      const templates = (step.templates ?? []).map((name) => [name, readTemplate(name)]);
      return [step.id, sha256(JSON.stringify([step.id, step.version, templates]))];
    }),
  );
}

/** The parsers that a run of the selected steps may ask for. */
export function parsersOf<P>(migration: Migration<P>, selection: Selection): readonly ParserName[] {
  const selected = stepsOf(migration).filter(({ step, phase }) => isSelected(selection, step.id, phase.id));
  return [...new Set([...(migration.needs ?? []), ...selected.flatMap(({ step }) => step.needs ?? [])])];
}

/** The message of the refusal that a migration answers to a checkout that is not for it, also from another process. */
export function notATarget(id: string): string {
  return `not a target of ${id}: nothing was written`;
}

async function refuseStrangers<P>(migration: Migration<P>, tree: WorkingTree, params: P): Promise<void> {
  const recognition = await migration.recognize?.(tree, params);
  if (recognition?.kind !== 'refuse') return;
  throw refusal(notATarget(migration.id), {
    details: recognition.reasons,
    hint: recognition.hint ?? `refit explain ${migration.id} says what it looks for`,
  });
}

async function runStep<P>(
  input: PlanInput<P>,
  phase: Phase<P>,
  step: Step<P>,
  tree: WorkingTree,
  params: P,
): Promise<StepOutcome> {
  const notes: Note[] = [];
  const ctx = contextOf(input, step, params, notes);
  const outcome = { step: step.id, phase: phase.id, notes };
  tree.attributeTo(step.id);
  try {
    const answer: Applicability<unknown> = await step.select(tree, ctx);
    const nonsense = answerProblem(answer);
    if (nonsense !== null) throw new RefitError(`what its select returned is no answer: ${nonsense}`);
    if (answer.kind === 'done') return { ...outcome, status: 'done', why: answer.why };
    if (answer.kind === 'skip') return { ...outcome, status: 'skipped', why: answer.why };
    if (answer.kind === 'refuse') throw stepRefusal(input.migration.id, step.id, answer);
    const before = tree.revision;
    await step.run(answer.input, tree, ctx);
    return { ...outcome, status: tree.revision === before ? 'unchanged' : 'changed' };
  } catch (error) {
    if (error instanceof RefitError && error.exitCode === 4) throw error;
    throw new RefitError(
      `${input.migration.id}: step ${step.id} failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        hint: `nothing was written; --skip ${step.id} plans without it`,
      },
    );
  } finally {
    tree.attributeTo(null);
  }
}

function stepRefusal(
  migration: string,
  step: string,
  answer: Extract<Applicability<unknown>, { kind: 'refuse' }>,
): RefitError {
  const place =
    answer.path === undefined ? '' : `${answer.path}${answer.line === undefined ? '' : `:${answer.line}`}: `;
  return refusal(`${migration}: step ${step} refused: ${place}${answer.why}`, {
    hint: `nothing was written; mend the place named, or plan without the step: --skip ${step}`,
  });
}

function contextOf<P>(input: PlanInput<P>, step: Step<P>, params: P, notes: Note[]): StepContext<P> {
  return {
    params,
    template: (name) => {
      if (step.templates?.includes(name) !== true)
        throw new RefitError(`${step.id} does not list the template ${name}`);
      return input.readTemplate(name);
    },
    note: (note) => {
      const problem = noteProblem(note);
      if (problem !== null) throw new RefitError(`it gave a note that is none: ${problem}`);
      notes.push(note);
    },
  };
}
