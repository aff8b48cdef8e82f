import { describe, expect, test } from 'vitest';
import { RefitError, refusal } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import type { Severity } from '../../src/checks/define.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { REPORT_FORMATS, renderReport } from '../../src/report/index.ts';
import { exitCodeOf, makeReport, outcomeOfError, type Report, reportedPlan } from '../../src/report/report.ts';
import { change, check, everyReport, failed, finding, WIDE } from './sample.ts';

const changes = [change({ kind: 'create', path: repoPath('a') })];
const planWith = (fields: Partial<NonNullable<Report['plan']>>): NonNullable<Report['plan']> => ({
  commit: null,
  changes: [],
  steps: [],
  notes: [],
  added: 0,
  removed: 0,
  ...fields,
});
const pending = planWith({ changes });
const todo = planWith({ notes: [{ severity: 'todo', message: 'look' }] });
const stepTodo = planWith({
  steps: [{ step: 's', phase: 'p', status: 'changed', notes: [{ severity: 'todo', message: 'look' }] }],
});
const red = check('S05', failed(finding()));
const errored = check('S06', { status: 'errored', message: 'x' });
const gate = { failOn: 'error', strict: false, exitCode: false } as const;
const asked = { ...gate, exitCode: true };
const code = (command: string, fields: Partial<Report> = {}): number =>
  exitCodeOf(makeReport({ command, repo: 'r', versions: { refit: '1' }, ...fields }));

describe('exitCodeOf', () => {
  test.each<[number, string, Partial<Report>]>([
    [0, 'plan', {}],
    [0, 'plan', { plan: pending }],
    [2, 'plan', { plan: pending, gate: asked }],
    [0, 'plan', { plan: todo }],
    [5, 'plan', { plan: todo, gate: asked }],
    [2, 'plan', { plan: { ...pending, notes: todo.notes }, gate: asked }],
    [0, 'apply', { plan: pending }],
    [0, 'apply', { plan: pending, gate: asked }],
    [5, 'apply', { plan: todo }],
    [5, 'apply', { plan: stepTodo }],
    [0, 'apply', { plan: planWith({ notes: [{ severity: 'warning', message: 'x' }] }) }],
    [2, 'check', { plan: pending }],
    [0, 'check', { plan: todo }],
    [0, 'rollback', { plan: { ...pending, notes: todo.notes } }],
    [3, 'check', { checks: [red] }],
    [3, 'apply', { checks: [red], plan: todo }],
    [2, 'check', { checks: [red, errored], plan: pending }],
    [3, 'check', { checks: [errored, red] }],
    [6, 'apply', { checks: [errored], plan: todo }],
    [6, 'check', { checks: [check('S', { status: 'errored', message: 'x' }, { required: false })] }],
    [6, 'verify', { checks: [check('I', { status: 'skipped', why: 'no engine' })] }],
    [0, 'verify', { checks: [check('I', { status: 'skipped', why: 'no engine' }, { required: false })] }],
    [
      6,
      'verify',
      { checks: [check('I', { status: 'skipped', why: 'x' }, { required: false })], gate: { ...gate, strict: true } },
    ],
    [
      0,
      'check',
      { checks: [check('S', { status: 'not-applicable', why: 'x' }), check('I', { status: 'not-asked', why: 'x' })] },
    ],
    [
      0,
      'check',
      { checks: [check('S', { status: 'waived', findings: [finding({ severity: 'blocker' })], reason: 'x' })] },
    ],
    [0, 'check', { checks: [check('S', { status: 'passed' })] }],
    [0, 'plan', { outcome: { kind: 'nothing-to-do', why: 'x' } }],
    [4, 'check', { outcome: { kind: 'refused', message: 'x', details: [] }, plan: pending, checks: [red, errored] }],
    [1, 'check', { outcome: { kind: 'fault', message: 'x', details: [] }, plan: pending, checks: [red, errored] }],
  ])('%i for %s', (expected, command, fields) => {
    expect(code(command, fields)).toBe(expected);
  });

  test('a finding fails at the threshold and above', () => {
    const order: readonly Severity[] = ['info', 'warn', 'error', 'blocker'];
    for (const [at, failOn] of order.entries()) {
      for (const [is, severity] of order.entries()) {
        const checks = [check('S05', failed(finding({ severity })))];
        expect([failOn, severity, code('check', { checks, gate: { ...gate, failOn } })]).toEqual([
          failOn,
          severity,
          is >= at ? 3 : 0,
        ]);
      }
    }
  });

  test('strict takes a warning as an error and leaves an info alone', () => {
    const strict = { ...gate, strict: true };
    expect(code('check', { checks: [check('S', failed(finding({ severity: 'warn' })))], gate: strict })).toBe(3);
    expect(code('check', { checks: [check('S', failed(finding({ severity: 'info' })))], gate: strict })).toBe(0);
    expect(
      code('check', {
        checks: [check('S', failed(finding({ severity: 'warn' })))],
        gate: { ...strict, failOn: 'blocker' },
      }),
    ).toBe(0);
  });

  test('no format and no option changes the code that the JSON tells', () => {
    for (const report of Object.values(everyReport())) {
      const before = exitCodeOf(report);
      for (const format of REPORT_FORMATS) renderReport(report, format, { ...WIDE, quiet: true });
      expect(exitCodeOf(report)).toBe(before);
      expect(JSON.parse(renderReport(report, 'json', { ...WIDE, quiet: true }))).toMatchObject({ exitCode: before });
    }
  });
});

describe('outcomeOfError', () => {
  test('a refusal and a fault keep message, details and hint', () => {
    expect(outcomeOfError(refusal('no', { details: ['d'], hint: 'h' }))).toEqual({
      kind: 'refused',
      message: 'no',
      details: ['d'],
      hint: 'h',
    });
    expect(outcomeOfError(new RefitError('boom'))).toEqual({ kind: 'fault', message: 'boom', details: [] });
    const stopped = outcomeOfError(new RefitError('stopped', { exitCode: 130 }));
    expect(stopped).toEqual({ kind: 'fault', message: 'stopped', details: [], exitCode: 130 });
    expect(exitCodeOf(makeReport({ command: 'apply', repo: 'r', versions: { refit: '1' }, outcome: stopped }))).toBe(
      130,
    );
  });
});

describe('reportedPlan', () => {
  test('joins changes with their lines and modes', () => {
    const before = { sha256: sha256(''), mode: '644' } as const;
    const after = { sha256: sha256('x'), mode: '755' } as const;
    const plan: Plan = {
      formatVersion: 1,
      migration: { id: 'm', stepHashes: {} },
      params: {},
      selection: { only: [], skip: [], phases: [] },
      base: { commit: 'c', dirty: [] },
      outcomes: [],
      changes: [
        { kind: 'create', path: repoPath('a'), steps: ['s'], after },
        { kind: 'delete', path: repoPath('b'), steps: [], before },
        { kind: 'rename', path: repoPath('d'), from: repoPath('c'), steps: [], before, after },
      ],
      notes: [],
    };
    const stat = { changes: [{ path: repoPath('b'), added: 0, removed: 7, binary: false }], added: 0, removed: 7 };
    expect(reportedPlan(plan, stat)).toEqual({
      commit: 'c',
      changes: [
        { kind: 'create', path: 'a', steps: ['s'], modeAfter: '755', added: 0, removed: 0, binary: false },
        { kind: 'delete', path: 'b', steps: [], modeBefore: '644', added: 0, removed: 7, binary: false },
        {
          kind: 'rename',
          path: 'd',
          from: 'c',
          steps: [],
          modeBefore: '644',
          modeAfter: '755',
          added: 0,
          removed: 0,
          binary: false,
        },
      ],
      steps: [],
      notes: [],
      added: 0,
      removed: 7,
    });
  });
});
