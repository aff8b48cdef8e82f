import fc from 'fast-check';
import type { Target } from './target.ts';

/** What feeding one target gave. */
export interface Fed {
  readonly runs: number;
  readonly seconds: number;
  /** The first input that failed, shrunk, with the error; null when none did. */
  readonly finding: string | null;
}

/** Feeds `target` with one seed after another from `first` on until the time is over, at least one batch; stops at a finding. */
export function feed(target: Target, first: number, milliseconds: number): Fed {
  const start = Date.now();
  const since = (): number => Date.now() - start;
  let runs = 0;
  for (let seed = first; runs === 0 || since() < milliseconds; seed += 1) {
    const result = fc.check(target.property(), { seed, numRuns: 50, endOnFailure: false });
    if (result instanceof Promise) throw new TypeError('the targets are synchronous');
    runs += result.numRuns;
    if (!result.failed) continue;
    const finding = `${fc.defaultReportMessage(result)}\nas JSON: ${JSON.stringify(result.counterexample)}\n${String(result.errorInstance)}`;
    return { runs, seconds: Math.round(since() / 1000), finding };
  }
  return { runs, seconds: Math.round(since() / 1000), finding: null };
}
