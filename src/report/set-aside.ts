import type { CheckResult, Finding, Waived } from '../checks/define.ts';
import type { CheckRun } from '../checks/run.ts';
import { placedFindings } from './findings.ts';
import { makeReport, type ReportedCheck } from './report.ts';

/** What a report tells of a check that ran. The answer is incomplete without a check of an error or worse. */
export function reportedCheck({ check, result }: CheckRun): ReportedCheck {
  return {
    id: check.id,
    title: check.title,
    severity: check.severity,
    required: check.severity === 'blocker' || check.severity === 'error',
    description: check.description,
    ...(check.securitySeverity === undefined ? {} : { securitySeverity: check.securitySeverity }),
    result,
  };
}

/** The name of each finding that survives moved lines; equal findings of one file are told apart by their order. */
export function fingerprintsOf(checks: readonly ReportedCheck[]): ReadonlyMap<Finding, string> {
  const report = makeReport({ command: 'check', repo: '', versions: { refit: '' }, checks });
  return new Map(placedFindings(report).map(({ finding, fingerprint }) => [finding, fingerprint]));
}

/**
 * The same checks with the findings that `why` gives a reason for no longer counting. What is waived already stays as it
 * is. A check of which nothing is left is `waived`.
 */
export function setAside(
  checks: readonly ReportedCheck[],
  why: (finding: Finding, check: ReportedCheck) => Waived | null,
): readonly ReportedCheck[] {
  return checks.map((check) => {
    if (check.result.status !== 'failed') return check;
    const findings = check.result.findings.map((finding) => {
      const waived = finding.waived ?? why(finding, check);
      return waived === null ? finding : { ...finding, waived };
    });
    return { ...check, result: resultOf(check.id, findings) };
  });
}

function resultOf(check: string, findings: readonly Finding[]): CheckResult {
  const reasons = findings.map(({ waived }) => waived);
  if (reasons.some((waived) => waived === undefined)) return { check, status: 'failed', findings };
  const told = [...new Set(reasons.map((waived) => waived?.reason ?? ''))].join('; ');
  const days = reasons.flatMap((waived) => (waived?.until === undefined ? [] : [waived.until])).sort();
  // The first day on which one of them counts again is the one to know.
  return { check, status: 'waived', findings, reason: told, ...(days[0] === undefined ? {} : { until: days[0] }) };
}
