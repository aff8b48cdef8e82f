import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadParsers } from '../../src/host/parsers.ts';
import { targets } from './targets.ts';

beforeAll(() => loadParsers(['python', 'typescript']));

describe('a short run with a fixed seed', () => {
  test.each(targets.map((target) => [target.name, target] as const))('%s', (_name, { property, ciRuns }) => {
    const result = fc.check(property(), { numRuns: ciRuns });
    if (result instanceof Promise) throw new TypeError('the targets are synchronous');
    expect([
      result.failed ? `${fc.defaultReportMessage(result)}\n${String(result.errorInstance)}` : '',
      result.numRuns,
    ]).toEqual(['', ciRuns]);
  });
});
