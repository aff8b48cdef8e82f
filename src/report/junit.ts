import { cutText, escapeXml, escapeXmlAttribute } from './escape.ts';
import { describeFinding, type PlacedFinding, placedFindings } from './findings.ts';
import { withPending } from './pending.ts';
import { type Gate, isFailing, type Report, type ReportedCheck } from './report.ts';
import { containerRows } from './summary.ts';
import { reasonOf } from './text-checks.ts';

const MAX_FINDINGS = 1000;
const MAX_TEXT = 4000;

interface TestCase {
  readonly classname: string;
  readonly name: string;
  /** At most one of these, as the format allows. */
  readonly result?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly message: string;
    readonly type?: string;
  };
  /** Text of the result, or of the output when there is none. */
  readonly text?: string;
}

/**
 * JUnit XML in the dialect of Jenkins: one suite, a test case for the command itself, each step and each check.
 * `failure` is checked and wrong, `error` could not be checked; findings below the threshold are output of a passed case.
 */
export function renderJunit(report: Report): string {
  const cases = [commandCase(report), ...stepCases(report), ...checkCases(withPending(report))];
  const of = (kind: 'failure' | 'error' | 'skipped'): number =>
    cases.filter(({ result }) => result?.kind === kind).length;
  const totals = `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}"`;
  const name = escapeXmlAttribute(['refit', report.command, report.migration?.id].filter(Boolean).join('.'));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="refit" ${totals}>`,
    `  <testsuite name="${name}" ${totals} skipped="${of('skipped')}">`,
    ...cases.map(formatCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** The command itself, with the image that it proved as its output. */
function commandCase({ command, outcome, repo, container }: Report): TestCase {
  const base = { classname: 'refit', name: `${command} ${repo}` };
  if (outcome.kind !== 'fault' && outcome.kind !== 'refused') {
    const rows = containerRows(container).map(([name, text]) => `${name}: ${text}`);
    return rows.length === 0 ? base : { ...base, text: rows.join('\n') };
  }
  const text = [outcome.message, ...outcome.details, ...(outcome.hint === undefined ? [] : [outcome.hint])].join('\n');
  return { ...base, result: { kind: 'error', message: outcome.message, type: outcome.kind }, text };
}

function stepCases({ plan, migration }: Report): readonly TestCase[] {
  return (plan?.steps ?? []).map((step): TestCase => {
    const base = { classname: `steps.${migration?.id ?? 'migration'}.${step.phase}`, name: step.step };
    const notes = step.notes.map(({ severity, message, path, line }) => {
      const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
      return `${severity}: ${place}${message}`;
    });
    const text = notes.length === 0 ? {} : { text: notes.join('\n') };
    if (step.status !== 'skipped') return { ...base, ...text };
    return { ...base, result: { kind: 'skipped', message: step.why ?? 'skipped' }, ...text };
  });
}

function checkCases(report: Report): readonly TestCase[] {
  const byCheck = new Map<ReportedCheck, PlacedFinding[]>(report.checks.map((check) => [check, []]));
  for (const placed of placedFindings(report)) {
    const partly = placed.waived !== undefined && placed.check.result.status === 'failed';
    if (!partly) byCheck.get(placed.check)?.push(placed);
  }
  return [...byCheck].map(([check, findings]) => checkCase(check, findingsText(findings), report.gate));
}

function checkCase(check: ReportedCheck, text: string, gate: Gate): TestCase {
  const base = { classname: `checks.${check.id.charAt(0)}`, name: `${check.id}: ${check.title}` };
  const message = reasonOf(check);
  switch (check.result.status) {
    case 'passed':
      return base;
    case 'failed':
      if (!isFailing(check, gate)) return { ...base, text };
      return { ...base, result: { kind: 'failure', message, type: check.severity }, text };
    case 'errored':
      return { ...base, result: { kind: 'error', message, type: 'errored' }, text: message };
    case 'waived':
    case 'skipped':
    case 'not-applicable':
    case 'not-asked':
      return { ...base, result: { kind: 'skipped', message: `${check.result.status}: ${message}` }, text };
  }
}

function findingsText(findings: readonly PlacedFinding[]): string {
  const shown = findings
    .slice(0, MAX_FINDINGS)
    .map(({ finding, path, line }) =>
      cutText(`${path}:${line}: ${finding.severity}: ${describeFinding(finding)}`, MAX_TEXT),
    );
  if (findings.length > shown.length) shown.push(`${findings.length - shown.length} further findings left out`);
  return shown.join('\n\n');
}

function formatCase({ classname, name, result, text = '' }: TestCase): string {
  const head = `    <testcase classname="${escapeXmlAttribute(classname)}" name="${escapeXmlAttribute(cutText(name, 255))}"`;
  if (result === undefined) {
    return text === '' ? `${head}/>` : `${head}>\n      <system-out>${escapeXml(text)}</system-out>\n    </testcase>`;
  }
  const type = result.type === undefined ? '' : ` type="${escapeXmlAttribute(result.type)}"`;
  const message = escapeXmlAttribute(cutText(result.message, MAX_TEXT));
  const body = `<${result.kind} message="${message}"${type}>${escapeXml(text)}</${result.kind}>`;
  return `${head}>\n      ${body}\n    </testcase>`;
}
