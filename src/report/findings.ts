import { sha256 } from '../base/hash.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { maskSecrets } from '../base/secrets.ts';
import type { CheckResult, Finding, Waived } from '../checks/define.ts';
import { compareSeverity, failsGate, type Report, type ReportedCheck } from './report.ts';

/** A finding with the check that made it and a place that every service accepts. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly check: ReportedCheck;
  readonly path: RepoPath;
  /** From 1. */
  readonly line: number;
  /** True when the finding names no file and stands at the report's anchor. */
  readonly anchored: boolean;
  readonly fingerprint: string;
  readonly waived?: Waived;
  /** Whether it alone turns the gate red. */
  readonly fails: boolean;
}

/**
 * Names a finding so that the name survives moved lines: made of the check, the path and its subject; else of the
 * words of message and seen text, without spacing and line numbers. `ordinal` counts equal findings of one file from 0.
 */
export function fingerprintOf(finding: Finding, ordinal = 0): string {
  const parts = [
    finding.check,
    finding.path ?? '',
    ...(finding.subject === undefined
      ? [steadyText(finding.message), steadyText(finding.seen)]
      : [maskSecrets(finding.subject)]),
    `${ordinal}`,
  ];
  return sha256(parts.join('\0'));
}

function steadyText(text: string): string {
  return maskSecrets(text)
    .replace(/\blines? \d+(?:\s*(?:-|to|and)\s*\d+)?/gi, 'line')
    .replace(/(?<=\w):\d+(?::\d+)?(?=$|[\s,.;)])/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

// A report is never altered, and most outputs ask for its findings several times.
const known = new WeakMap<Report, readonly PlacedFinding[]>();

/** Every finding of a report, waived ones included: worst first, then by path, line and check. */
export function placedFindings(report: Report): readonly PlacedFinding[] {
  const found = known.get(report) ?? placeFindings(report);
  known.set(report, found);
  return found;
}

function placeFindings(report: Report): readonly PlacedFinding[] {
  const byPlace = report.checks.flatMap((check) => placeAll(check, report)).sort(comparePlaces);
  const seen = new Map<string, number>();
  const named = byPlace.map((placed) => {
    const first = fingerprintOf(placed.finding);
    const ordinal = seen.get(first) ?? 0;
    seen.set(first, ordinal + 1);
    return { ...placed, fingerprint: ordinal === 0 ? first : fingerprintOf(placed.finding, ordinal) };
  });
  return named.sort(
    (a, b) =>
      Number(a.waived !== undefined) - Number(b.waived !== undefined) ||
      compareSeverity(a.finding.severity, b.finding.severity) ||
      comparePlaces(a, b),
  );
}

type Unnamed = Omit<PlacedFinding, 'fingerprint'>;

function placeAll(check: ReportedCheck, report: Report): readonly Unnamed[] {
  const { result } = check;
  if (result.status !== 'failed' && result.status !== 'waived') return [];
  return result.findings.map((finding) => {
    const waived = waivedBy(finding, result);
    return {
      finding,
      check,
      path: finding.path ?? report.anchor,
      line: finding.path === undefined ? 1 : Math.max(1, finding.line ?? 1),
      anchored: finding.path === undefined,
      fails: waived === undefined && failsGate(finding, report.gate),
      ...(waived === undefined ? {} : { waived }),
    };
  });
}

function waivedBy(finding: Finding, result: CheckResult): Waived | undefined {
  if (finding.waived !== undefined || result.status !== 'waived') return finding.waived;
  return { reason: result.reason, ...(result.until === undefined ? {} : { until: result.until }) };
}

function comparePlaces(a: Unnamed, b: Unnamed): number {
  return (
    comparePaths(a.path, b.path) ||
    a.line - b.line ||
    comparePaths(a.check.id, b.check.id) ||
    comparePaths(a.finding.message, b.finding.message)
  );
}

/** Message, expected and seen of a finding in one text. */
export function describeFinding(finding: Finding): string {
  const parts = [finding.message, `Expected: ${finding.expected}`, `Seen: ${finding.seen}`];
  if (finding.failureMode !== undefined) parts.push(`Failure mode: ${finding.failureMode}`);
  if (finding.next !== undefined) parts.push(`Next: ${finding.next}`);
  if (finding.byHand !== undefined) parts.push(`By hand: ${finding.byHand}`);
  return parts.join('\n');
}
