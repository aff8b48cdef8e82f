import { isPendingCheck } from './pending-check.ts';
import { isPending, type Report, type ReportedCheck } from './report.ts';
import { summaryLines } from './summary.ts';

/** Id of the check that stands for a pending migration. */
export const PENDING_ID = 'refit-pending';

/**
 * The report with the pending migration as a failed check, for formats that know checks only. The exit code stays: what
 * is pending comes before what failed.
 */
export function withPending(report: Report): Report {
  const told = report.checks.some((check) => isPendingCheck(check.id) && check.result.status === 'failed');
  if (report.command !== 'check' || !isPending(report) || told) return report;
  return { ...report, checks: [pendingCheck(report), ...report.checks] };
}

function pendingCheck(report: Report): ReportedCheck {
  const id = PENDING_ID;
  const migration = report.migration?.id ?? 'the migration';
  const finding = {
    check: id,
    severity: 'error',
    message: `${migration} is not applied to this repository`,
    expected: 'an empty plan',
    seen: summaryLines({ ...report, checks: [] }).join(' '),
    next: 'refit plan',
  } as const;
  return {
    id,
    title: 'The migration is applied',
    severity: 'error',
    required: true,
    description: `Planning ${migration} again changes nothing.`,
    result: { check: id, status: 'failed', findings: [finding] },
  };
}
