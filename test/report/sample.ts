import { repoPath } from '../../src/base/repo-path.ts';
import type { CheckResult, Finding, Severity } from '../../src/checks/define.ts';
import { makeReport, type Report, type ReportedChange, type ReportedCheck } from '../../src/report/report.ts';

export const WIDE = { width: 100, color: false, terminal: true } as const;

export function finding(fields: Partial<Finding> = {}): Finding {
  return {
    check: 'S05-pip-quoting',
    severity: 'error',
    message: 'a version operator is not quoted',
    expected: '"litellm>=1.40"',
    seen: 'litellm>=1.40',
    path: repoPath('Dockerfile'),
    line: 12,
    ...fields,
  };
}

type Bare<T> = T extends unknown ? Omit<T, 'check'> : never;

export function check(id: string, result: Bare<CheckResult>, fields: Partial<ReportedCheck> = {}): ReportedCheck {
  const severity: Severity = 'error';
  return { id, title: `Title of ${id}`, severity, required: true, result: { check: id, ...result }, ...fields };
}

export const failed = (...findings: readonly Finding[]): Bare<CheckResult> => ({ status: 'failed', findings });

export function change(fields: Partial<ReportedChange> & Pick<ReportedChange, 'kind' | 'path'>): ReportedChange {
  return { steps: ['some-step'], added: 0, removed: 0, binary: false, ...fields };
}

/** A report of `check` with a pending plan and every status that a check can have. */
export function fullReport(fields: Partial<Report> = {}): Report {
  return makeReport({
    command: 'check',
    repo: 'proxy',
    migration: { id: 'oauth-only', title: 'Only OAuth' },
    versions: { refit: '0.1.0', steps: { kind: 'known', source: 'commit', hash: 'ab'.repeat(32), current: true } },
    plan: {
      commit: 'c'.repeat(40),
      added: 40,
      removed: 19,
      changes: [
        change({ kind: 'create', path: repoPath('scripts/entry.sh'), modeAfter: '755', added: 37 }),
        change({
          kind: 'update',
          path: repoPath('Dockerfile'),
          modeBefore: '644',
          modeAfter: '644',
          added: 3,
          removed: 5,
        }),
        change({
          kind: 'rename',
          from: repoPath('a.md'),
          path: repoPath('docs/a.md'),
          modeBefore: '644',
          modeAfter: '755',
        }),
        change({
          kind: 'delete',
          path: repoPath('auth.py'),
          steps: ['delete-auth', 'sweep'],
          modeBefore: '644',
          removed: 14,
        }),
        change({ kind: 'delete', path: repoPath('logo.png'), modeBefore: '644', binary: true }),
      ],
      steps: [
        { step: 'delete-auth', phase: 'cleanup', status: 'changed', notes: [] },
        { step: 'cut-import', phase: 'cleanup', status: 'done', why: 'nothing imports it', notes: [] },
        { step: 'tidy', phase: 'cleanup', status: 'skipped', why: 'not selected', notes: [] },
        {
          step: 'sweep',
          phase: 'docs',
          status: 'unchanged',
          notes: [{ severity: 'todo', message: 'mentions auth.py', path: repoPath('docs/old.md'), line: 3 }],
        },
      ],
      notes: [
        { severity: 'warning', message: 'the base image has two names' },
        { severity: 'info', message: 'kept', path: repoPath('keep.sh') },
      ],
    },
    checks: [
      check('S01-base-ref', { status: 'passed' }),
      check(
        'S05-pip-quoting',
        failed(
          finding({ failureMode: 'FM-14', next: 'refit check --fix' }),
          finding({ line: 9, severity: 'warn', message: 'a second one' }),
          finding({ path: repoPath('ci/Dockerfile'), line: 2, severity: 'blocker' }),
        ),
        { description: 'The shell reads an unquoted operator as a redirect.', securitySeverity: 7.5 },
      ),
      check(
        'S10-script-mode',
        failed({ check: 'S10-script-mode', severity: 'info', message: 'no script', expected: 'one', seen: 'none' }),
      ),
      check('S02-base-pinned', {
        status: 'waived',
        findings: [finding({ check: 'S02-base-pinned', line: 1 })],
        reason: 'pinned elsewhere',
        until: '2030-01-01',
      }),
      check('S14-compose', { status: 'not-applicable', why: 'no compose file' }),
      check('I01-build', { status: 'not-asked', why: 'level static' }),
      check(
        'S28-linters',
        { status: 'skipped', why: 'hadolint is not installed' },
        { required: false, severity: 'info' },
      ),
      check('S15-shadow', { status: 'errored', message: 'compose.yaml is not YAML: line 3' }),
    ],
    leftAlone: [{ path: 'vendor/sub', reason: 'submodule' }],
    dirty: [repoPath('notes.txt')],
    hidden: [repoPath('.env')],
    warnings: ['the work tree is dirty'],
    next: [{ command: 'refit plan', why: 'see what would change' }],
    files: [{ what: 'patch', path: 'out.patch' }],
    anchor: repoPath('Dockerfile'),
    diff: 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\x1b\n+new\n',
    ...fields,
  });
}

/** Text that tries to be more than text in one output or another. */
export const HOSTILE = [
  '\x1b[31mred\x1b[0m',
  '\x07\x00\x08\x9b2J',
  '\u202eevil\u2066',
  '::set-env name=X::1',
  '\n::error::injected',
  '\r\n##[error]injected',
  '%0A%0D%25',
  '<script>alert(1)</script>',
  '</details></code>',
  ']]><x/>',
  '\ufffe\uffff\ud800',
  '`|*_[link](http://x.invalid)\n# head',
  '@someone #12 $x$ &amp; <!-- -->',
  '```\n````',
] as const;

/** Reports of every outcome, and one in which every text is hostile. */
export function everyReport(): Readonly<Record<string, Report>> {
  const base = { repo: 'proxy', versions: { refit: '0.1.0' } } as const;
  const hostile = HOSTILE.join(' ');
  const path = repoPath(HOSTILE.join('-').replaceAll('/', '_').replaceAll('\0', '0'));
  const bad = finding({
    path,
    message: hostile,
    expected: hostile,
    seen: hostile,
    next: hostile,
    failureMode: hostile,
  });
  return {
    full: fullReport(),
    strict: fullReport({ gate: { failOn: 'info', strict: true, exitCode: true } }),
    empty: makeReport({ ...base, command: 'status', runs: [] }),
    runs: makeReport({
      ...base,
      command: 'status',
      versions: { refit: '0.1.0', steps: { kind: 'unknown' } },
      runs: [
        {
          id: 'r1',
          migration: 'm',
          status: 'applied',
          startedAt: '2030-01-01T00:00:00.000Z',
          age: '1 day ago',
          changes: 2,
          drifted: [repoPath('x')],
        },
      ],
    }),
    nothing: makeReport({ ...base, command: 'plan', outcome: { kind: 'nothing-to-do', why: 'already applied' } }),
    refused: makeReport({
      ...base,
      command: 'apply',
      outcome: { kind: 'refused', message: 'the work tree is dirty', details: ['a', 'b'], hint: 'commit first' },
    }),
    fault: makeReport({ ...base, command: 'plan', outcome: { kind: 'fault', message: 'boom', details: [] } }),
    applied: fullReport({
      command: 'apply',
      checks: [],
      run: { id: 'run-1', written: [repoPath('Dockerfile')], kept: [repoPath('k')], commits: ['abc'], branch: 'b' },
    }),
    hostile: fullReport({
      repo: hostile,
      migration: { id: hostile, title: hostile },
      anchor: path,
      checks: [
        check('S05-pip-quoting', failed(bad, { ...bad, severity: 'info' }), { title: hostile, description: hostile }),
        check('S02-base-pinned', { status: 'waived', findings: [bad], reason: hostile }),
        check('S15-shadow', { status: 'errored', message: hostile }),
        check('S28-linters', { status: 'skipped', why: hostile }),
        check('S14-compose', { status: 'not-applicable', why: hostile }),
      ],
      plan: {
        commit: null,
        added: 1,
        removed: 1,
        changes: [
          change({ kind: 'delete', path, removed: 1, steps: [hostile] }),
          change({ kind: 'rename', from: path, path }),
        ],
        steps: [
          {
            step: hostile,
            phase: hostile,
            status: 'done',
            why: hostile,
            notes: [{ severity: 'todo', message: hostile, path, line: 1 }],
          },
        ],
        notes: [{ severity: 'warning', message: hostile }],
      },
      leftAlone: [{ path: hostile, reason: 'not-utf8-name' }],
      dirty: [path],
      hidden: [path],
      warnings: [hostile],
      next: [{ command: hostile, why: hostile }],
      files: [{ what: hostile, path: hostile }],
      diff: HOSTILE.map((line) => ` ${line}\n`).join(''),
    }),
  };
}

/** A report with `count` findings whose messages have `length` characters each. */
export function hugeReport(count: number, length = 40): Report {
  const findings = Array.from({ length: count }, (_, index) =>
    finding({
      path: repoPath(`src/file-${index % 500}.txt`),
      line: index + 1,
      severity: (['warn', 'error', 'info', 'blocker'] as const)[index % 4] ?? 'warn',
      message: `${index} `.padEnd(length, `word${index} `),
    }),
  );
  return fullReport({ checks: [check('S05-pip-quoting', failed(...findings))] });
}
