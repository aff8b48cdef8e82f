import { gzipSync } from 'node:zlib';
import { cutText, escapeLines } from './escape.ts';
import { describeFinding, type PlacedFinding, placedFindings } from './findings.ts';
import { PENDING_ID, withPending } from './pending.ts';
import { exitCodeOf, fromTop, isMissing, type Report, type ReportedCheck } from './report.ts';
import { reasonOf } from './text-checks.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** What GitHub takes: results in a run, and bytes of the upload after gzip. */
const MAX_RESULTS = 25_000;
const MAX_GZIPPED = 10_000_000;
const MAX_TEXT = 1000;

const LEVEL = { blocker: 'error', error: 'error', warn: 'warning', info: 'note' } as const;
const PROBLEM = { blocker: 'error', error: 'error', warn: 'warning', info: 'recommendation' } as const;

/** SARIF 2.1.0 for code scanning: worst findings first, within the limits of the services that read it. */
export function renderSarif(report: Report): string {
  const complete = withPending(report);
  const all = placedFindings(complete);
  let kept = Math.min(all.length, MAX_RESULTS);
  for (;;) {
    const text = `${JSON.stringify(toSarif(complete, all.slice(0, kept), all.length))}\n`;
    // Gzip never makes a text this much larger, so most reports need no measuring.
    if (text.length < MAX_GZIPPED / 4 || kept === 0 || gzipSync(text).length <= MAX_GZIPPED) return text;
    kept = Math.floor(kept / 2);
  }
}

function toSarif(report: Report, findings: readonly PlacedFinding[], total: number): object {
  const rules = report.checks.map(toRule);
  const ruleIndex = new Map(rules.map((rule, index) => [rule.id, index]));
  const results = findings.map((placed) =>
    toResult({ ...placed, path: fromTop(report, placed.path) }, ruleIndex.get(placed.check.id) ?? 0),
  );
  const left = total - findings.length;
  const notifications = [
    ...report.checks.flatMap(toNotification),
    ...(left > 0 ? [{ level: 'warning', message: { text: `${left} further findings are left out.` } }] : []),
    ...outcomeNotifications(report),
  ];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'refit', semanticVersion: report.versions.refit, rules } },
        automationDetails: { id: `refit-${report.command}/${report.migration?.id ?? 'all'}/` },
        invocations: [
          {
            executionSuccessful: isComplete(report),
            exitCode: exitCodeOf(report),
            ...(notifications.length > 0 ? { toolExecutionNotifications: notifications } : {}),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results,
        ...(report.container === undefined ? {} : { properties: { container: report.container } }),
      },
    ],
  };
}

function isComplete({ outcome, checks, gate }: Report): boolean {
  const stopped = outcome.kind === 'fault' || outcome.kind === 'refused';
  return !stopped && !checks.some((check) => isMissing(check, gate));
}

interface Rule {
  readonly id: string;
  readonly [property: string]: unknown;
}

function toRule(check: ReportedCheck): Rule {
  const title = sentence(check.title);
  const description = sentence(check.description ?? check.title);
  return {
    id: check.id,
    name: pascalCase(check.id),
    shortDescription: { text: title },
    fullDescription: { text: description },
    help: { text: `${description} See: refit ${check.id === PENDING_ID ? 'plan' : `explain ${check.id}`}.` },
    defaultConfiguration: { level: LEVEL[check.severity] },
    properties: {
      precision: 'high',
      'problem.severity': PROBLEM[check.severity],
      ...(check.securitySeverity === undefined ? {} : { 'security-severity': check.securitySeverity.toFixed(1) }),
    },
  };
}

function toResult({ finding, check, path, line, fingerprint, waived }: PlacedFinding, ruleIndex: number): object {
  return {
    ruleId: check.id,
    ruleIndex,
    level: LEVEL[finding.severity],
    message: { text: sentence(describeFinding(finding)) },
    locations: [location(path, line)],
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1`, 'refit/v1': fingerprint },
    ...(waived === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: sentence(waived.reason) }] }),
  };
}

function location(path: string, line: number): object {
  const uri = path.split('/').map(encodeUriPart).join('/');
  const region = { startLine: line, startColumn: 1, endLine: line, endColumn: 2 };
  return { physicalLocation: { artifactLocation: { uri }, region } };
}

function encodeUriPart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function toNotification(check: ReportedCheck): readonly object[] {
  const { status } = check.result;
  if (status !== 'errored' && status !== 'skipped') return [];
  const text = sentence(`${check.id} ${status}: ${reasonOf(check)}`);
  return [{ level: status === 'errored' ? 'error' : 'warning', message: { text }, associatedRule: { id: check.id } }];
}

function outcomeNotifications({ outcome }: Report): readonly object[] {
  if (outcome.kind !== 'fault' && outcome.kind !== 'refused') return [];
  return [{ level: 'error', message: { text: sentence([outcome.message, ...outcome.details].join('\n')) } }];
}

/** Readable text that is never empty, within the length that rule texts may have, ending like a sentence. */
function sentence(text: string): string {
  const shown = cutText(escapeLines(text).trim(), MAX_TEXT);
  if (shown === '') return 'No text.';
  return /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}

function pascalCase(id: string): string {
  const name = id
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
  return cutText(name === '' ? 'Check' : name, 255);
}
