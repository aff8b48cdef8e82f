import type fc from 'fast-check';

/** One thing that is fed generated input. */
export interface Target {
  readonly name: string;
  /** Executions in the test suite, with a fixed seed. */
  readonly ciRuns: number;
  property(): fc.IRawProperty<unknown>;
}
