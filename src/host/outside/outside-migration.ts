import { z } from 'zod';
import { RefitError } from '../../base/errors.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import type { Checkout } from '../../checkout/read.ts';
import type { Check, CheckContext } from '../../checks/define.ts';
import type { Migration, Recognition } from '../../migration/define.ts';
import type { PlannedRun } from '../../migration/run.ts';
import { PLAN_FORMAT_VERSION, type Plan, type Selection } from '../../plan/plan.ts';
import { planProblems } from '../../plan/plan-file.ts';
import { openTree } from '../../tree/memory-tree.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { askWorker, type WorkerOptions } from './ask-worker.ts';
import type { CheckAnswer, Description, PlanAnswer } from './protocol.ts';
import { proveSame } from './prove-same.ts';
import { checkoutToRead, overlayOf } from './to-worker.ts';

/** A migration whose code runs in another process: what it is made of is known here, and its steps are not run here. */
export interface OutsideMigration extends Migration {
  readonly outside: {
    /** SHA-256 of all the code, as trusted. */
    readonly hash: string;
    readonly description: Description;
    plan(
      checkout: Checkout,
      request: { readonly params: Readonly<Record<string, unknown>>; readonly selection: Selection },
      base: Plan['base'] | Promise<Plan['base']>,
      onStep?: (step: string) => void,
    ): Promise<PlannedRun>;
  };
}

export type OutsideOptions = Omit<WorkerOptions, 'source' | 'onStep' | 'onChecked'>;

/**
 * Loads a trusted migration in a worker and hands back what stands for it here.
 * @throws RefitError for code that does not load or is no migration.
 */
export async function openOutside(options: OutsideOptions, checkout: Checkout | null): Promise<OutsideMigration> {
  const description = await askWorker({ op: 'describe' }, options);
  const elsewhere = (): never => {
    throw new RefitError('a step of a migration from outside runs in a process of its own');
  };
  const { recognizes, parameters: _parameters, stepHashes: _hashes, ...words } = description;
  return {
    ...words,
    // What the author's own schema refuses is told by the worker.
    params: z.record(z.string(), z.unknown()),
    phases: words.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) => ({ ...step, select: elsewhere, run: elsewhere })),
    })),
    checks: checkout === null ? words.checks.map(withoutTree) : checksOf(description, options, checkout),
    ...(recognizes && checkout !== null ? { recognize: recognizer(options, checkout) } : {}),
    outside: {
      hash: options.covered.hash,
      description,
      plan: (on, request, base, onStep) => planTwice(options, on, request, base, onStep),
    },
  };
}

/**
 * Plans in two fresh processes with different clocks, compares, and builds the planned tree here from what they say was
 * changed: a path or a mode that no step could have made is refused by that.
 */
async function planTwice(
  options: OutsideOptions,
  checkout: Checkout,
  { params, selection }: { readonly params: Readonly<Record<string, unknown>>; readonly selection: Selection },
  base: Plan['base'] | Promise<Plan['base']>,
  onStep: ((step: string) => void) | undefined,
): Promise<PlannedRun> {
  const { source } = checkout;
  const request = { op: 'plan', checkout: checkoutToRead(checkout), params, selection } as const;
  const first = await askWorker(
    { ...request, otherClock: false },
    { ...options, source, ...(onStep === undefined ? {} : { onStep }) },
  );
  const second = await askWorker({ ...request, otherClock: true }, { ...quietly(options), source });
  proveSame(first, second, options.covered.found, options.cwd);
  return rebuild(first, checkout, selection, await base, options);
}

/** What it writes to its output was told the first time. */
function quietly({ onOutput: _, ...options }: OutsideOptions): OutsideOptions {
  return options;
}

function rebuild(
  answer: PlanAnswer,
  { source }: Checkout,
  selection: Selection,
  base: Plan['base'],
  { covered }: OutsideOptions,
): PlannedRun {
  const plan: Plan = {
    formatVersion: PLAN_FORMAT_VERSION,
    migration: { ...answer.plan.migration, outside: { word: covered.found.word, hash: covered.hash } },
    params: answer.plan.params,
    selection,
    base,
    outcomes: answer.plan.outcomes,
    changes: answer.changes,
    notes: answer.plan.notes,
  };
  const problems = planProblems(plan);
  if (problems.length > 0) throw nonsense(covered.found.word, problems);
  const tree = openTree(source);
  tree.adopt(answer.changes, (path) => contentOf(answer, path, covered.found.word));
  tree.lock();
  // The hashes are taken here, of the bytes that would be written.
  const changes = tree.changes();
  if (JSON.stringify(changes) !== JSON.stringify(answer.changes))
    throw nonsense(covered.found.word, ['the checkout changed while it was planned, or the plan is not of it']);
  return { plan: { ...plan, changes }, tree };
}

function contentOf({ contents }: PlanAnswer, path: RepoPath, word: string): Uint8Array {
  const bytes = contents.get(path);
  if (bytes === undefined) throw nonsense(word, [`${path} has no content`]);
  return bytes;
}

function nonsense(word: string, details: readonly string[]): RefitError {
  return new RefitError(`${word}: its plan makes no sense`, {
    details,
    hint: 'nothing was written; this is a fault of the migration',
  });
}

function recognizer(options: OutsideOptions, checkout: Checkout) {
  return (_tree: ReadonlyTree, params: unknown): Promise<Recognition> =>
    askWorker(
      { op: 'recognize', checkout: checkoutToRead(checkout), params: params as Readonly<Record<string, unknown>> },
      { ...quietly(options), source: checkout.source },
    );
}

function withoutTree(words: Description['checks'][number]): Check {
  return { ...words, select: () => ({ kind: 'skip', why: 'there is no checkout to judge' }), run: () => [] };
}

/** Each check asks for the answers of all on the tree that it is given; they are found once for a tree. */
function checksOf(description: Description, options: OutsideOptions, checkout: Checkout): readonly Check[] {
  const known = new WeakMap<ReadonlyTree, Promise<ReadonlyMap<string, CheckAnswer>>>();
  const answersOn = (tree: ReadonlyTree, context: CheckContext): Promise<ReadonlyMap<string, CheckAnswer>> => {
    const asked = known.get(tree) ?? askAll(description, options, checkout, tree, context);
    known.set(tree, asked);
    return asked;
  };
  return description.checks.map((words) => ({
    ...words,
    select: async (tree, context) => {
      const answer = (await answersOn(tree, context)).get(words.id);
      if (answer === undefined) throw new RefitError('it gave no answer');
      if (answer.kind === 'errored') throw new RefitError(answer.message);
      return answer.kind === 'skip' ? answer : { kind: 'applies', input: answer.findings };
    },
    run: (findings) => findings as never,
  }));
}

/** A check that hangs or ends the process is errored, and those after it get another process. */
async function askAll(
  { checks }: Description,
  options: OutsideOptions,
  checkout: Checkout,
  tree: ReadonlyTree,
  context: CheckContext,
): Promise<ReadonlyMap<string, CheckAnswer>> {
  const answers = new Map<string, CheckAnswer>();
  const request = { op: 'check', checkout: checkoutToRead(checkout), overlay: overlayOf(tree), context } as const;
  for (;;) {
    const ids = checks.map(({ id }) => id).filter((id) => !answers.has(id));
    const [next] = ids;
    if (next === undefined) return answers;
    try {
      const onChecked = (answer: CheckAnswer): void => void answers.set(answer.id, answer);
      await askWorker({ ...request, ids }, { ...options, source: checkout.source, onChecked });
      for (const id of ids)
        if (!answers.has(id)) answers.set(id, { id, kind: 'errored', message: 'it gave no answer' });
    } catch (error) {
      if (!(error instanceof RefitError)) throw error;
      const hung = ids.find((id) => !answers.has(id)) ?? next;
      answers.set(hung, { id: hung, kind: 'errored', message: [error.message, ...error.details].join('; ') });
    }
  }
}
