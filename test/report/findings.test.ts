import { describe, expect, test } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { fingerprintOf, placedFindings } from '../../src/report/findings.ts';
import { check, failed, finding, fullReport } from './sample.ts';

describe('fingerprintOf', () => {
  const base = fingerprintOf(finding());

  test('stays when the finding moves', () => {
    expect(fingerprintOf(finding({ line: 99 }))).toBe(base);
    const said = (line: number): string =>
      fingerprintOf(
        finding({ message: `see line ${line} and Dockerfile:${line}:7, twice`, seen: `lines ${line}-${line + 2}` }),
      );
    expect(said(3)).toBe(said(41));
    expect(fingerprintOf(finding({ message: 'a version   operator\nis not quoted' }))).toBe(base);
  });

  test('stays when expected text, severity, next command or fix change', () => {
    expect(
      fingerprintOf(
        finding({
          severity: 'info',
          expected: 'x',
          next: 'y',
          fix: { kind: 'mode', path: repoPath('a'), mode: '755' },
        }),
      ),
    ).toBe(base);
  });

  test.each([{ check: 'S06' }, { path: repoPath('other') }, { message: 'another' }, { seen: 'litellm>=1.41' }])(
    'differs by %o',
    (fields) => {
      expect(fingerprintOf(finding(fields))).not.toBe(base);
    },
  );

  test('goes by the subject, where there is one, and not by the words', () => {
    const about = (subject: string, message: string, seen: string): string =>
      fingerprintOf(finding({ subject, message, seen }));
    expect(about('/app', 'hides 2 files', 'a')).toBe(about('/app', 'hides 3 files', 'b'));
    expect(about('/app', 'hides 2 files', 'a')).not.toBe(about('/srv', 'hides 2 files', 'a'));
  });

  test('an image tag is no line number', () => {
    expect(fingerprintOf(finding({ seen: 'python:3.11-slim' }))).not.toBe(
      fingerprintOf(finding({ seen: 'python:3.12-slim' })),
    );
  });
});

describe('placedFindings', () => {
  test('equal findings of one file are told apart in the order of their lines', () => {
    const at = (...lines: readonly number[]): readonly string[] =>
      placedFindings(fullReport({ checks: [check('S05', failed(...lines.map((line) => finding({ line }))))] })).map(
        ({ line, fingerprint }) => `${line} ${fingerprint}`,
      );
    const [first = '', second = ''] = [fingerprintOf(finding()), fingerprintOf(finding(), 1)];
    expect(at(7, 3)).toEqual([`3 ${first}`, `7 ${second}`]);
    expect(at(30, 70)).toEqual([`30 ${first}`, `70 ${second}`]);
  });

  test('a finding of no file stands at the anchor, a line below 1 at line 1', () => {
    const { path: _path, line: _line, ...bare } = finding();
    const report = fullReport({
      anchor: repoPath('compose.yaml'),
      checks: [check('S05', failed(bare, finding({ line: 0 })))],
    });
    expect(placedFindings(report).map(({ path, line, anchored }) => [path, line, anchored])).toEqual([
      ['Dockerfile', 1, false],
      ['compose.yaml', 1, true],
    ]);
  });
});
