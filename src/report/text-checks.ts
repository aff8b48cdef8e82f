import { escapeLine } from './escape.ts';
import { type PlacedFinding, placedFindings } from './findings.ts';
import { type Section, type TextStyle, wrap } from './layout.ts';
import { isPendingCheck } from './pending-check.ts';
import { isPending, type Report, type ReportedCheck } from './report.ts';
import { count } from './summary.ts';

const COLOR = { blocker: 'red', error: 'red', warn: 'yellow', info: 'dim' } as const;

/** Findings grouped by file, then the checks that did not run, were waived and, when asked for, passed. */
export function checkSections(report: Report, style: TextStyle): readonly Section[] {
  const all = placedFindings(report);
  const listed = isPending(report);
  // The pending changes stand above, each with its step.
  const open = all.filter(({ waived, check }) => waived === undefined && !(listed && isPendingCheck(check.id)));
  const shown = open.slice(0, style.maxFindings ?? open.length);
  const left = open.length - shown.length;
  return [
    ...groupByFile(shown).map(([title, findings]) => ({
      title,
      lines: findings.flatMap((each) => findingLines(each, style)),
    })),
    { lines: left === 0 ? [] : [`${count(left, 'further finding')} not shown`] },
    { title: 'Does not count', lines: waivedLines(all, style) },
    { title: 'Could not run', lines: statusLines(report, style, ['errored', 'skipped']) },
    ...(style.verbose === true
      ? [
          { title: 'Not applicable', lines: statusLines(report, style, ['not-applicable', 'not-asked']) },
          { title: 'Passed', lines: statusLines(report, style, ['passed']) },
        ]
      : []),
    { lines: stepsVersionLines(report, style) },
  ];
}

/** One line for each check and reason. */
function waivedLines(all: readonly PlacedFinding[], { width }: TextStyle): readonly string[] {
  const groups = new Map<string, number>();
  for (const { check, waived } of all) {
    if (waived === undefined) continue;
    const until = waived.until === undefined ? '' : `, until ${waived.until}`;
    const line = `${check.id}: #: ${waived.reason}${until}`;
    groups.set(line, (groups.get(line) ?? 0) + 1);
  }
  return [...groups].map(([line, number]) =>
    wrap(`  ${escapeLine(line.replace('#', count(number, 'finding')))}`, width, '    '),
  );
}

function groupByFile(findings: readonly PlacedFinding[]): readonly (readonly [string, readonly PlacedFinding[]])[] {
  const groups = new Map<string, PlacedFinding[]>();
  for (const finding of findings) {
    const title = finding.anchored ? 'The repository as a whole' : escapeLine(finding.path);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [finding]);
    else group.push(finding);
  }
  return [...groups];
}

function findingLines(
  { finding, anchored, line, check }: PlacedFinding,
  { paint, width }: TextStyle,
): readonly string[] {
  const place = anchored || finding.line === undefined ? '' : `${line}  `;
  const head = `${place}${check.id}  ${escapeLine(finding.message)}`;
  const severity = paint[COLOR[finding.severity]](finding.severity.padEnd(7));
  const wrapped = wrap(head, width - 11, '').replaceAll('\n', `\n${' '.repeat(11)}`);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['expected', finding.expected],
    ['seen', finding.seen],
    ['known as', finding.failureMode],
    ['next', finding.next],
    ['by hand', finding.byHand],
  ];
  const details = rows
    .filter((row): row is readonly [string, string] => row[1] !== undefined && row[1] !== '')
    .map(([name, text]) => {
      // A log stays readable only line by line; each stands under its name, so none can pass for a line of the report.
      const lines = text.split('\n').map((line) => wrap(escapeLine(line), width - 21, ''));
      const body = lines.join('\n').replaceAll('\n', `\n${' '.repeat(21)}`);
      return `${' '.repeat(11)}${paint.dim(name.padEnd(8))}  ${body}`;
    });
  return [`  ${severity}  ${wrapped}`, ...details];
}

function statusLines(
  report: Report,
  { width }: TextStyle,
  statuses: readonly ReportedCheck['result']['status'][],
): readonly string[] {
  const checks = report.checks.filter(({ result }) => statuses.includes(result.status));
  return checks.map((check) => wrap(`  ${check.id}: ${escapeLine(reasonOf(check))}`, width, '    '));
}

/** Why a check ended as it did, in one line. */
export function reasonOf({ result, title }: ReportedCheck): string {
  switch (result.status) {
    case 'passed':
      return title;
    case 'failed':
      return count(result.findings.length, 'finding');
    case 'waived': {
      const until = result.until === undefined ? '' : `, until ${result.until}`;
      return `${count(result.findings.length, 'finding')} waived: ${result.reason}${until}`;
    }
    case 'not-applicable':
    case 'not-asked':
    case 'skipped':
      return result.why;
    case 'errored':
      return result.message;
  }
}

/** Which version of the steps a checkout was migrated with, when the report says. */
export function stepsVersionText(report: Report): string | undefined {
  const { steps } = report.versions;
  if (steps === undefined) return undefined;
  if (steps.kind === 'unknown') return 'unknown';
  const age = steps.current ? 'the same as these' : 'other than these';
  return `${steps.hash.slice(0, 12)}, ${age}, from the ${steps.source}`;
}

function stepsVersionLines(report: Report, { width }: TextStyle): readonly string[] {
  const text = stepsVersionText(report);
  return text === undefined ? [] : [wrap(`Migrated with steps: ${escapeLine(text)}`, width, '  ')];
}
