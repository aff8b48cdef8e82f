import { describe, expect, test } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { renderReport } from '../../src/report/index.ts';
import { displayWidth, wrap } from '../../src/report/layout.ts';
import type { Report } from '../../src/report/report.ts';
import { change, check, everyReport, failed, finding, fullReport, hugeReport, WIDE } from './sample.ts';

const text = (report: Report, options: Partial<Parameters<typeof renderReport>[2]> = {}): string =>
  renderReport(report, 'text', { ...WIDE, ...options });

const planReport = fullReport({
  command: 'plan',
  checks: [],
  hidden: [],
  warnings: [],
  leftAlone: [],
  files: [],
  dirty: [],
});

describe('renderText', () => {
  test('a plan: summary, files, deletions, steps, notes, diff, summary, next command', () => {
    expect(text(planReport)).toBe(`refit plan · oauth-only · proxy

Plan: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed

  + create  scripts/entry.sh  +37 mode 755     some-step
  ~ update  Dockerfile        +3 -5            some-step
  > rename  a.md → docs/a.md  mode 644 to 755  some-step
  - delete  auth.py           -14              delete-auth, sweep
  - delete  logo.png          binary           some-step

Deletes 2 files with 14 lines: auth.py, logo.png

Steps
  changed    delete-auth
  done       cut-import: nothing imports it
  skipped    tidy: not selected

Notes
  todo     docs/old.md:3  mentions auth.py
  warning  the base image has two names
  info     keep.sh  kept

Migrated with steps: abababababab, the same as these, from the commit

diff --git a/x b/x
--- a/x
+++ b/x
@@ -1 +1 @@
-old\\x1b
+new

Plan: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed

Next
  refit plan  see what would change
`);
  });

  test('findings are grouped by file, with what could not run and what is waived after them', () => {
    const shown = text(fullReport());
    expect(shown.slice(shown.indexOf('ci/Dockerfile\n'), shown.indexOf('Migrated with'))).toBe(`ci/Dockerfile
  blocker  2  S05-pip-quoting  a version operator is not quoted
           expected  "litellm>=1.40"
           seen      litellm>=1.40

Dockerfile
  error    12  S05-pip-quoting  a version operator is not quoted
           expected  "litellm>=1.40"
           seen      litellm>=1.40
           known as  FM-14
           next      refit check --fix
  warn     9  S05-pip-quoting  a second one
           expected  "litellm>=1.40"
           seen      litellm>=1.40

The repository as a whole
  info     S10-script-mode  no script
           expected  one
           seen      none

Does not count
  S02-base-pinned: 1 finding: pinned elsewhere, until 2030-01-01

Could not run
  S28-linters: hadolint is not installed
  S15-shadow: compose.yaml is not YAML: line 3

`);
    expect(shown).not.toContain('Passed\n');
    expect(text(fullReport(), { verbose: true })).toContain('Passed\n  S01-base-ref: Title of S01-base-ref\n');
    expect(text(fullReport(), { verbose: true })).toContain(
      'Not applicable\n  S14-compose: no compose file\n  I01-build: level static\n',
    );
  });

  test('what was applied is told in the past, with its run', () => {
    const [, , line] = text(everyReport()['applied'] as Report).split('\n');
    expect(line).toBe('Applied: 1 created, 1 updated, 1 renamed, 2 deleted, 19 lines removed (run run-1)');
  });

  test('a refusal, a fault, nothing to do, an empty plan', () => {
    expect(text(everyReport()['refused'] as Report)).toBe(
      'refit apply · proxy\n\nRefused: the work tree is dirty\n  a\n  b\ncommit first\n',
    );
    expect(text(everyReport()['fault'] as Report)).toBe('refit plan · proxy\n\nFailed: boom\n');
    expect(text(everyReport()['nothing'] as Report)).toBe('refit plan · proxy\n\nNothing to do: already applied\n');
    const empty = { commit: null, changes: [], steps: [], notes: [], added: 0, removed: 0 };
    expect(text({ ...(everyReport()['fault'] as Report), outcome: { kind: 'done' }, plan: empty })).toBe(
      'refit plan · proxy\n\nPlan: nothing to change\n',
    );
  });

  test('without a rename the summary says nothing of one', () => {
    const changes = [change({ kind: 'delete', path: repoPath('a'), removed: 1 })];
    const report = fullReport({
      checks: [],
      plan: { commit: null, changes, steps: [], notes: [], added: 0, removed: 1 },
    });
    expect(text(report, { quiet: true })).toBe('Pending: 0 to create, 0 to update, 1 to delete, 1 line removed\n');
  });

  test('quiet is the summary alone', () => {
    expect(text(planReport, { quiet: true })).toBe(
      'Plan: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed\n',
    );
  });

  test('what git and refit keep is told to a verbose reader only', () => {
    const leftAlone = [
      { path: '.git', reason: 'git-data' },
      { path: '.refit/runs', reason: 'refit-runs' },
      { path: 'vendor/sub', reason: 'submodule' },
    ] as const;
    const report = { ...planReport, diff: '', leftAlone };
    expect(text(report)).toContain('\nLeft alone\n  vendor/sub (submodule)\n');
    expect(text(report, { verbose: true })).toContain(
      '\nLeft alone\n  .git (git-data)\n  .refit/runs (refit-runs)\n  vendor/sub (submodule)\n',
    );
    expect(text({ ...report, leftAlone: leftAlone.slice(0, 2) })).not.toContain('Left alone');
    expect(renderReport(report, 'markdown', WIDE)).toContain(
      '<summary>Left alone (1)</summary>\n\n\n* <code>vendor/sub</code>\n',
    );
    expect(JSON.parse(renderReport(report, 'json', WIDE))).toMatchObject({ leftAlone });
  });

  test('text is wrapped at the width; paths and commands stay whole', () => {
    const long = `${'word '.repeat(30)}/a/very/long/path/that/is/longer/than/the/terminal/is/wide`;
    const report = fullReport({
      plan: undefined as never,
      checks: [check('S05', failed(finding({ message: long, seen: long })))],
      warnings: [long],
      diff: '',
    });
    const lines = text(report, { width: 40 }).split('\n');
    expect(lines.filter((line) => line.length > 40 && !line.includes('/a/very/long/path'))).toEqual([]);
    expect(
      lines.filter((line) => line.includes('/a/very/long/path/that/is/longer/than/the/terminal/is/wide')),
    ).toHaveLength(3);
  });

  test('colour only when asked for, and it changes no word', () => {
    const plain = text(fullReport());
    const coloured = text(fullReport(), { color: true });
    expect(plain).not.toContain('\x1b[');
    expect(coloured).toContain('\x1b[31m');
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(plain);
  });

  test('hostile text stays text: no control, no mark that reorders, no runner command', () => {
    const shown = text(everyReport()['hostile'] as Report, { width: 60, verbose: true });
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    expect(shown).not.toMatch(/^\s*::/m);
    expect(shown).not.toContain('##[');
    expect(shown).toContain('\\x1b[31mred');
  });

  test('the diff keeps its bytes when it does not go to a terminal', () => {
    expect(text(planReport, { terminal: false })).toContain(`\n${planReport.diff}\n`);
    expect(text(planReport, { terminal: true })).toContain('-old\\x1b\n');
  });

  test('findings beyond the number asked for are counted', () => {
    expect(text(hugeReport(30), { maxFindings: 10 })).toContain('\n20 further findings not shown\n');
  });

  test('runs with what drifted', () => {
    expect(text(everyReport()['runs'] as Report)).toContain(
      'Runs\n  r1  applied  m  1 day ago  2 files\n    changed since: x\n',
    );
  });
});

describe('layout', () => {
  test('wrap keeps what leads a text and breaks between words only', () => {
    expect(wrap('  a bb ccc', 6, '    ')).toBe('  a bb\n    ccc');
    expect(wrap('abcdefgh ij', 4, ' ')).toBe('abcdefgh\n ij');
    expect(wrap('', 4, ' ')).toBe('');
    expect(wrap('日本 語', 5, '')).toBe('日本\n語');
  });

  test('width counts columns', () => {
    expect([displayWidth('abc'), displayWidth('日本'), displayWidth('e\u0301'), displayWidth('🚀')]).toEqual([
      3, 4, 1, 2,
    ]);
  });
});
