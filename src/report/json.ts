import { type PlacedFinding, placedFindings } from './findings.ts';
import { exitCodeOf, isFailing, isMissing, isPending, type Report } from './report.ts';
import { summaryLines } from './summary.ts';

export const REPORT_FORMAT_VERSION = 1;

/** The whole report as JSON with a fixed order of keys; its shape is `reportJsonSchema()` of `json-schema.ts`. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(toReportJson(report), null, 2)}\n`;
}

/** The value that the JSON report is written from; absent parts are left out. */
export function toReportJson(report: Report): object {
  const { plan } = report;
  return {
    formatVersion: REPORT_FORMAT_VERSION,
    command: report.command,
    repo: report.repo,
    scope: report.scope,
    migration: report.migration,
    migrations: report.migrations,
    versions: report.versions,
    exitCode: exitCodeOf(report),
    pending: isPending(report),
    summary: summaryLines(report),
    outcome: report.outcome,
    gate: report.gate,
    plan: plan && {
      commit: plan.commit,
      added: plan.added,
      removed: plan.removed,
      changes: plan.changes,
      steps: plan.steps,
      notes: plan.notes,
    },
    checks: report.checks.map((check) => ({
      id: check.id,
      title: check.title,
      severity: check.severity,
      required: check.required,
      status: check.result.status,
      failing: isFailing(check, report.gate),
      missing: isMissing(check, report.gate),
      why: 'why' in check.result ? check.result.why : undefined,
      reason: 'reason' in check.result ? check.result.reason : undefined,
      until: 'until' in check.result ? check.result.until : undefined,
      message: 'message' in check.result ? check.result.message : undefined,
      milliseconds: check.milliseconds,
    })),
    findings: placedFindings(report).map(toFindingJson),
    container: report.container,
    pin: report.pin,
    run: report.run,
    runs: report.runs,
    files: report.files,
    leftAlone: report.leftAlone,
    dirty: report.dirty,
    hidden: report.hidden,
    warnings: report.warnings,
    next: report.next,
    diff: report.diff,
  };
}

function toFindingJson({ finding, fingerprint, fails, waived }: PlacedFinding): object {
  return {
    check: finding.check,
    severity: finding.severity,
    path: finding.path,
    line: finding.line,
    message: finding.message,
    expected: finding.expected,
    seen: finding.seen,
    failureMode: finding.failureMode,
    next: finding.next,
    byHand: finding.byHand,
    fixable: finding.fix !== undefined,
    fails,
    waived,
    fingerprint,
  };
}
