import { describe, expect, it } from 'vitest';
import { RefitError } from '../../src/base/errors.ts';
import type { RepoPath } from '../../src/base/repo-path.ts';
import { type Check, defineCheck, type Finding } from '../../src/checks/define.ts';
import { parsersOf, runChecks, validateCheckSelection } from '../../src/checks/run.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const tree = openTree(memorySource({ 'a.txt': 'a', binary: new Uint8Array([0, 255]) }));

function finding(check: string, path: string, line: number): Finding {
  return { check, severity: 'error', message: 'm', expected: 'e', seen: 's', path: path as RepoPath, line };
}

function check(id: string, run: Check<string>['run'], needs: Check['needs'] = []): Check {
  return defineCheck<string>({
    id,
    title: id,
    severity: 'error',
    description: 'd',
    examples: { bad: 'b', good: 'g' },
    needs,
    select: () => ({ kind: 'applies', input: 'input' }),
    run,
  }) as Check;
}

const passing = check('S01-passes', () => []);
const failing = check(
  'S02-fails',
  (input) => [finding('S02-fails', `${input}/b`, 9), finding('S02-fails', 'a', 3), finding('S02-fails', 'a', 2)],
  ['python'],
);
const strange: Check = { ...passing, id: 'S03-strange', select: () => ({ kind: 'skip', why: 'nothing here' }) };
const unreadable = check('S04-unreadable', (_input, judged) => [
  { ...finding('S04-unreadable', 'x', 1), seen: judged.readText('binary' as RepoPath) },
]);
const defect = check('S05-defect', () => {
  throw new TypeError('undefined is not a function');
});
const details = check('S06-details', () => {
  throw new RefitError('no', { details: ['a.txt:3', 'b.txt:4'] });
});
const all = [passing, failing, strange, unreadable, defect, details];

async function statuses(only: readonly string[], skip: readonly string[] = []) {
  const runs = await runChecks(tree, {}, { only, skip }, all);
  return runs.map(({ result }) => result.status);
}

describe('runChecks', () => {
  it('tells how each check ended, and one that breaks is never passed and stops no other', async () => {
    const runs = await runChecks(tree, {}, { only: [], skip: [] }, all);
    expect(runs.map(({ result }) => result)).toEqual([
      { check: 'S01-passes', status: 'passed' },
      {
        check: 'S02-fails',
        status: 'failed',
        findings: [finding('S02-fails', 'a', 2), finding('S02-fails', 'a', 3), finding('S02-fails', 'input/b', 9)],
      },
      { check: 'S03-strange', status: 'not-applicable', why: 'nothing here' },
      {
        check: 'S04-unreadable',
        status: 'errored',
        message: 'cannot read binary as text: it is binary (not UTF-8 text)',
      },
      { check: 'S05-defect', status: 'errored', message: 'the check itself failed: undefined is not a function' },
      { check: 'S06-details', status: 'errored', message: 'no; a.txt:3; b.txt:4' },
    ]);
  });

  it('runs what is asked for, by id or the start of one, in either case; skip wins', async () => {
    expect(await statuses(['S01', 's02-fails'])).toEqual(['passed', 'failed', ...Array(4).fill('not-asked')]);
    expect(await statuses(['S0'], ['S02', 's05', 'S06', 'S04'])).toEqual([
      'passed',
      'not-asked',
      'not-applicable',
      ...Array(3).fill('not-asked'),
    ]);
    const [, left] = await runChecks(tree, {}, { only: [], skip: ['S02'] }, all);
    expect(left?.result).toEqual({ check: 'S02-fails', status: 'not-asked', why: 'left out by --skip S02' });
  });

  it('names the parsers of the selected checks, each once', () => {
    expect(parsersOf({ only: [], skip: [] }, [failing, failing])).toEqual(['python']);
    expect(parsersOf({ only: ['S01'], skip: [] }, all)).toEqual([]);
  });
});

describe('validateCheckSelection', () => {
  it('refuses a word that names no check, with the nearest one', () => {
    expect(() => validateCheckSelection({ only: ['S01'], skip: ['s'] }, all)).not.toThrow();
    expect(() => validateCheckSelection({ only: ['S02-fials'], skip: [] }, all)).toThrow(
      expect.objectContaining({ message: 'unknown check "S02-fials"', hint: 'did you mean S02-fails?' }),
    );
    expect(() => validateCheckSelection({ only: [], skip: [''] }, all)).toThrow('unknown check ""');
  });
});
