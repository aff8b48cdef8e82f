import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import type { Finding } from '../../src/checks/define.ts';
import { baselineFromJson, baselineToJson } from '../../src/report/baseline.ts';
import { renderReport } from '../../src/report/index.ts';
import { exitCodeOf, makeReport, type ReportedCheck } from '../../src/report/report.ts';
import { fingerprintsOf, setAside } from '../../src/report/set-aside.ts';

function finding(path: string, line: number, message = 'bad'): Finding {
  return { check: 'S05', severity: 'error', message, expected: 'e', seen: 's', path: path as RepoPath, line };
}

function failed(...findings: readonly Finding[]): ReportedCheck {
  return {
    id: 'S05',
    title: 't',
    severity: 'error',
    required: true,
    result: { check: 'S05', status: 'failed', findings },
  };
}

const report = (checks: readonly ReportedCheck[]) =>
  makeReport({ command: 'check', repo: 'r', versions: { refit: '1.0.0' }, checks });

describe('setAside', () => {
  const one = finding('a', 1);
  const two = finding('b', 2);

  it('keeps a check red while one finding counts, and tells of the others with their reason', () => {
    const checks = setAside([failed(one, two)], ({ path }) =>
      path === 'a' ? { reason: 'why', until: '2026-01-01' } : null,
    );
    expect(checks[0]?.result).toEqual({
      check: 'S05',
      status: 'failed',
      findings: [{ ...one, waived: { reason: 'why', until: '2026-01-01' } }, two],
    });
    expect(exitCodeOf(report(checks))).toBe(3);
    const json = JSON.parse(renderReport(report(checks), 'json', { width: 80, color: false, terminal: false }));
    expect(json.findings.map(({ path, fails, waived }: Record<string, unknown>) => [path, fails, waived])).toEqual([
      ['b', true, undefined],
      ['a', false, { reason: 'why', until: '2026-01-01' }],
    ]);
    const text = renderReport(report(checks), 'text', { width: 80, color: false, terminal: false });
    expect(text).toContain('Checks: 0 passed, 1 failed (1 error)\n');
    expect(text).toContain('Does not count\n  S05: 1 finding: why, until 2026-01-01\n');
  });

  it('waives a check of which nothing is left, until the first of the days', () => {
    const checks = setAside([failed(one, two)], ({ path }) =>
      path === 'a' ? { reason: 'one', until: '2026-05-01' } : { reason: 'two', until: '2026-02-01' },
    );
    expect(checks[0]?.result).toMatchObject({ status: 'waived', reason: 'one; two', until: '2026-02-01' });
    expect(exitCodeOf(report(checks))).toBe(0);
  });

  it('keeps the first reason', () => {
    const first = setAside([failed(one)], () => ({ reason: 'first' }));
    expect(setAside(first, () => ({ reason: 'second' }))).toEqual(first);
  });
});

describe('baseline', () => {
  const before = failed(
    finding('a', 1),
    finding('a', 7),
    finding('b', 3, 'a secret sk-ant-oat01-abcdefghijklmnopqrst'),
  );

  it('knows findings again when they moved, and tells a new equal one apart', () => {
    const text = baselineToJson([before]);
    expect(text).not.toContain('abcdefghij');
    const known = baselineFromJson(text, 'b.json');
    const now = failed(finding('a', 11), finding('a', 70), finding('a', 80), finding('c', 1));
    const names = fingerprintsOf([now]);
    const fresh = [...names].filter(([, name]) => !known.has(name)).map(([{ path, line }]) => [path, line]);
    expect(fresh).toEqual([
      ['a', 80],
      ['c', 1],
    ]);
  });

  it('is sorted, stable, and leaves out what is waived', () => {
    const text = baselineToJson([before]);
    expect(
      baselineToJson([failed(...(before.result.status === 'failed' ? [...before.result.findings].reverse() : []))]),
    ).toBe(text);
    const waived = setAside([before], ({ path }) => (path === 'a' ? { reason: 'r' } : null));
    expect(baselineFromJson(baselineToJson(waived), 'b').size).toBe(1);
    expect(baselineToJson([])).toBe('{\n  "formatVersion": 1,\n  "findings": []\n}\n');
  });

  it.each([
    ['no JSON', 'x', 'b.json is not a baseline of refit'],
    ['another shape', '{"formatVersion":1}', 'b.json is not a baseline of refit'],
    [
      'a later format',
      '{"formatVersion":2,"more":1}',
      'the baseline b.json has format version 2; this refit reads version 1 only',
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(() => baselineFromJson(text, 'b.json')).toThrow(message);
  });
});
