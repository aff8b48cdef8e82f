import type { TestProject } from 'vitest/node';
import { describeEngine, type Engine, sweepDeadRuns } from '../../src/container/engine.ts';
import { labEngine } from './lab-engine.ts';

/** What the container tests are told: an engine, or why there is none. */
export type LabState =
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'none'; readonly reason: string };

declare module 'vitest' {
  interface ProvidedContext {
    readonly lab: LabState;
  }
}

/** Finds the engine before the container tests and stops it after them when the lab started it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const lab = await labEngine();
  if (lab.kind === 'none') {
    project.provide('lab', { kind: 'none', reason: lab.reason });
    return async () => {
      process.stdout.write(`\nContainer tests were NOT RUN: ${lab.reason}.\n`);
    };
  }
  process.stdout.write(`Container tests run on ${describeEngine(lab.engine)}\n`);
  await sweepDeadRuns(lab.engine);
  project.provide('lab', { kind: 'engine', engine: lab.engine });
  return lab.stop;
}
