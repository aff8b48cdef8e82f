import fc from 'fast-check';
import { apply } from '../../src/apply/apply.ts';
import { createBranch, writeCommits } from '../../src/apply/commit.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { findWorkTree } from '../../src/host/git.ts';
import { inputFor } from '../apply/wishes.ts';
import { type Migration, type Model, type ModelFile, PATHS, planOf, strays, wishesOf, withChanges } from './model.ts';
import type { Real } from './model-real.ts';
import * as on from './model-real.ts';

type Step = fc.AsyncCommand<Model, Real>;

/** A step whose real outcome is compared with the model afterwards. */
function step(
  name: string,
  check: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<void> | void,
): Step {
  return {
    check,
    run: async (model, real) => {
      real.steps += 1;
      await act(model, real);
      if (model.cut === null) on.requireSame(name, on.realFiles(real), model.files);
      else {
        const files = new Map([...on.realFiles(real)].filter(([path]) => !path.includes('.refit-')));
        const stray = strays(files, model.cut.changes, ['before', 'after']);
        if (stray.length > 0) throw new Error(`${name}: neither as before nor as after: ${stray.join(', ')}`);
        const others = new Map([...files].filter(([path]) => model.cut?.changes.has(path) === false));
        const known = new Map([...model.files].filter(([path]) => model.cut?.changes.has(path) === false));
        on.requireSame(`${name}, paths of others`, others, known);
      }
      if ((on.interruptedState(real) !== null) !== (model.cut !== null))
        throw new Error(`${name}: interrupted or not?`);
    },
    toString: () => name,
  };
}

function refusedFor(failure: Error & { details?: readonly string[] }, paths: readonly string[]): void {
  const named = (failure.details ?? []).map((line) => line.split(' ')[0]).sort();
  if (named.join() !== [...paths].join())
    throw new Error(`${failure.message} (${named.join()}), expected ${paths.join()}`);
}

const edit = (path: string, file: ModelFile | null): Step =>
  step(
    `edit ${path} ${JSON.stringify(file)}`,
    (model) => model.cut?.changes.has(path) !== true,
    (model, real) => {
      on.writeReal(real, path, file);
      model.files = withChanges(model.files, new Map([[path, { before: null, after: file }]]), 'after');
    },
  );

const commit = (): Step =>
  step(
    'commit',
    (model) => model.cut === null,
    (model, real) => {
      on.commitReal(real);
      model.head = model.files;
      on.requireSame('the commit', on.filesOf(real, 'HEAD'), model.head);
    },
  );

const plan = (migration: Migration): Step =>
  step(
    `plan ${migration}`,
    () => true,
    (model) => {
      model.planned = { migration, changes: planOf(migration, model.files) };
    },
  );

const applyPlan = (at: number): Step =>
  step(
    at === 0 ? 'apply' : `apply, killed at ${at}`,
    (model) => model.planned !== null,
    async (model, real) => {
      const changes = model.planned?.changes ?? new Map();
      const failure = await on.cutAt(real, at, (context) => apply(context, inputFor(wishesOf(changes))));
      if (changes.size === 0) return;
      if (model.cut !== null) {
        if (failure === null) throw new Error('an apply on top of an interrupted run succeeded');
        return;
      }
      const stale = strays(model.files, changes, ['before']);
      if (stale.length > 0) {
        if (failure === null) throw new Error(`a stale plan was applied: ${stale.join()}`);
        if (at === 0) refusedFor(failure, stale);
        return;
      }
      if (failure !== null && at === 0) throw failure;
      if (on.interruptedState(real) !== null) model.cut = { changes, goingBack: false };
      else if (failure === null || (on.newestState(real) === 'applied' && isAfter(model, real)))
        finishApply(model, changes);
    },
  );

function isAfter(model: Model, real: Real): boolean {
  const changes = model.planned?.changes ?? new Map();
  return strays(on.realFiles(real), changes, ['after']).length === 0;
}

function finishApply(model: Model, changes: Model['runs'][number]): void {
  model.files = withChanges(model.files, changes, 'after');
  model.runs.push(changes);
  model.cut = null;
}

const rollBack = (at: number): Step =>
  step(
    at === 0 ? 'rollback' : `rollback, killed at ${at}`,
    () => true,
    async (model, real) => {
      const run = model.cut?.changes ?? model.runs.at(-1);
      const failure = await on.cutAt(real, at, (context) => rollback(context));
      if (run === undefined) return;
      const changed = model.cut === null ? strays(model.files, run, ['before', 'after']) : [];
      if (changed.length > 0) {
        if (failure === null) throw new Error(`a run was rolled back over ${changed.join()}`);
        if (at === 0) refusedFor(failure, changed);
        return;
      }
      if (failure !== null && at === 0) throw failure;
      const state = on.interruptedState(real);
      const wasApplied = model.cut === null || model.cut.goingBack;
      if (state !== null) model.cut = { changes: run, goingBack: state === 'rolling-back' };
      else if (failure === null || on.newestState(real) !== 'applied' || !isUntouched(model, real)) {
        model.files = withChanges(model.files, run, 'before');
        if (wasApplied) model.runs.pop();
        model.cut = null;
      }
    },
  );

/** Whether a rollback that was cut off had not begun: the run is as applied as it was. */
function isUntouched(model: Model, real: Real): boolean {
  const before = on.realFiles(real);
  return (
    [...model.files].every(
      ([path, file]) => before.get(path)?.content === file.content && before.get(path)?.mode === file.mode,
    ) && before.size === model.files.size
  );
}

const resumeRun = (at: number): Step =>
  step(
    at === 0 ? 'resume' : `resume, killed at ${at}`,
    (model) => model.cut !== null,
    async (model, real) => {
      const { changes, goingBack } = model.cut ?? { changes: new Map(), goingBack: false };
      const all = async (context: RunContext): Promise<void> => {
        const outcome = await resume(context);
        if (outcome.kind === 'start-over') await apply(context, inputFor(wishesOf(changes)));
      };
      const failure = await on.cutAt(real, at, all);
      if (goingBack) {
        if (failure === null) throw new Error('a run that was being rolled back was resumed');
        return;
      }
      if (failure !== null && at === 0) throw failure;
      if (on.interruptedState(real) !== null) return;
      if (failure === null || on.newestState(real) === 'applied') finishApply(model, changes);
      else {
        model.files = withChanges(model.files, changes, 'before');
        model.cut = null;
      }
    },
  );

const branch = (): Step =>
  step(
    'branch',
    (model) => model.cut === null && model.planned !== null && model.planned.changes.size > 0 && sameFiles(model),
    async (model, real) => {
      const changes = model.planned?.changes ?? new Map();
      if (strays(model.files, changes, ['before']).length > 0) return;
      const workTree = await findWorkTree(real.context.root);
      if (workTree === null) throw new Error('there is no work tree');
      const entries = new Map(
        [...changes].map(([path, { after }]) => [
          repoPath(path),
          after === null ? null : { bytes: Buffer.from(after.content), mode: after.mode },
        ]),
      );
      const index = real.git('ls-files', '--stage');
      const made = await writeCommits(workTree, [{ message: 'run', entries }]);
      model.branches += 1;
      await createBranch(workTree, `side-${model.branches}`, made);
      on.requireSame(
        'the branch',
        on.filesOf(real, `side-${model.branches}`),
        withChanges(model.files, changes, 'after'),
      );
      on.requireSame('HEAD', on.filesOf(real, 'HEAD'), model.head);
      if (real.git('ls-files', '--stage') !== index) throw new Error('--branch changed the index');
    },
  );

function sameFiles({ files, head }: Model): boolean {
  return (
    files.size === head.size &&
    [...files].every(([path, file]) => head.get(path)?.content === file.content && head.get(path)?.mode === file.mode)
  );
}

const file = fc.option(
  fc.record({
    content: fc.constantFrom('one\n', 'two\n', 'first\n', ''),
    mode: fc.constantFrom('644' as const, '755' as const),
  }),
  { freq: 5 },
);
const path = fc.constantFrom(...PATHS, 'made/second.cfg', 'other');
const moment = fc.integer({ min: 1, max: 420 });

/** Sequences of steps, those that lead somewhere more often. */
export const allSteps = (length: number): fc.Arbitrary<Iterable<Step>> =>
  fc.commands<Model, Real, false>(
    [
      fc.tuple(path, file).map(([where, what]) => edit(where, what)),
      fc.constant(commit()),
      fc.constant(plan('first')),
      fc.constant(plan('second')),
      fc.constant(applyPlan(0)),
      fc.constant(applyPlan(0)),
      moment.map(applyPlan),
      moment.map(applyPlan),
      fc.constant(rollBack(0)),
      moment.map(rollBack),
      fc.constant(resumeRun(0)),
      moment.map(resumeRun),
      fc.constant(branch()),
    ],
    { maxCommands: length, size: 'max' },
  );
