import { cutText, escapeLines } from './escape.ts';
import { describeFinding, placedFindings } from './findings.ts';
import { withPending } from './pending.ts';
import { fromTop, type Report } from './report.ts';

const SEVERITY = { blocker: 'blocker', error: 'major', warn: 'minor', info: 'info' } as const;
const MAX_TEXT = 4000;

/** GitLab Code Quality: one JSON array; waived findings are left out, for it knows no suppression. */
export function renderGitlab(report: Report): string {
  const items = placedFindings(withPending(report))
    .filter(({ waived }) => waived === undefined)
    .map((placed) => ({
      description: cutText(escapeLines(describeFinding(placed.finding)).replaceAll('\n', ' '), MAX_TEXT),
      check_name: placed.check.id,
      fingerprint: placed.fingerprint,
      severity: SEVERITY[placed.finding.severity],
      location: { path: fromTop(report, placed.path), lines: { begin: placed.line } },
    }));
  return `${JSON.stringify(items, null, 2)}\n`;
}
