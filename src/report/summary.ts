import type { Severity } from '../checks/define.ts';
import { placedFindings } from './findings.ts';
import { isPendingCheck } from './pending-check.ts';
import {
  isMissing,
  isPending,
  type Report,
  type ReportedChange,
  type ReportedContainer,
  type ReportedPlan,
} from './report.ts';

const SEVERITIES: readonly Severity[] = ['blocker', 'error', 'warn', 'info'];

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** How many changes of each kind a plan has. */
export function countKinds(plan: ReportedPlan): Readonly<Record<ReportedChange['kind'], number>> {
  const of = (kind: ReportedChange['kind']): number => plan.changes.filter((change) => change.kind === kind).length;
  return { create: of('create'), update: of('update'), rename: of('rename'), delete: of('delete') };
}

/** What a report says of the image that was proved, row by row; nothing without one. */
export function containerRows(container: ReportedContainer | undefined): readonly (readonly [string, string])[] {
  if (container === undefined) return [];
  const { engine, image, base, contents, database, live, old, kept } = container;
  const versions = Object.entries(contents).map(([name, version]) => `${name} ${version}`);
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['engine', engine],
    ['base', base && `${base.name} (${base.digest ?? `${base.id}, built locally: no digest`})`],
    ['image', image && `${image.name} (${image.id}, ${megabytes(image.size)}, ${builtIn(image)})`],
    ['holds', versions.length === 0 ? undefined : versions.join(', ')],
    ['database', database],
    ['live', live],
    ['before', old],
    ['kept', kept?.join(', ')],
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const builtIn = ({ reused, milliseconds }: NonNullable<ReportedContainer['image']>): string =>
  reused ? 'reused: nothing changed since it was built' : `built in ${Math.round(milliseconds / 1000)} s`;

/** One line for each migration of `--all`. */
export function migrationLines({ migrations = [] }: Report): readonly string[] {
  const width = Math.max(0, ...migrations.map(({ id }) => id.length));
  return migrations.map(({ id, status, why, changes, run }) => {
    const words = { planned: 'planned', applied: 'applied', 'nothing-to-do': 'done', 'not-applicable': 'left out' };
    const rest = why ?? (changes === 0 ? 'nothing to do' : count(changes, 'file'));
    return `${id.padEnd(width)}  ${words[status].padEnd(8)}  ${rest}${run === undefined ? '' : ` (run ${run})`}`;
  });
}

/** The lines that a report begins and ends with. */
export function summaryLines(report: Report): readonly string[] {
  const { outcome, plan } = report;
  const lines: string[] = [];
  if (outcome.kind === 'refused') lines.push(`Refused: ${outcome.message}`);
  if (outcome.kind === 'fault') lines.push(`Failed: ${outcome.message}`);
  if (outcome.kind === 'nothing-to-do') lines.push(`Nothing to do: ${outcome.why}`);
  if (plan !== undefined && !(outcome.kind === 'nothing-to-do' && plan.changes.length === 0))
    lines.push(planLine(report, plan));
  if (report.command === 'rollback' && report.run !== undefined && outcome.kind === 'done') {
    lines.push(`Rolled back: ${count(report.run.written.length, 'path')} restored (run ${report.run.id})`);
  }
  if (report.pin !== undefined) {
    const { path, line, image, digest } = report.pin;
    lines.push(`Pin: ${path}:${line} takes the digest of ${image}, ${digest}`);
  }
  if (report.checks.length > 0) lines.push(checksLine(report));
  if (lines.length === 0 && report.runs !== undefined) lines.push(`${count(report.runs.length, 'run')} on record`);
  return lines.length === 0 ? [`Done: refit ${report.command}`] : lines;
}

function planLine(report: Report, plan: ReportedPlan): string {
  const gate = report.command === 'check';
  if (plan.changes.length === 0) return gate ? 'Migrated: the plan is empty' : 'Plan: nothing to change';
  const kinds = countKinds(plan);
  const runs = [report.run?.id, ...(report.migrations ?? []).map(({ run }) => run)].filter((id) => id !== undefined);
  const applied = report.command === 'apply' && runs.length > 0 && report.outcome.kind === 'done';
  const words = applied
    ? { create: 'created', update: 'updated', rename: 'renamed', delete: 'deleted' }
    : { create: 'to create', update: 'to update', rename: 'to rename', delete: 'to delete' };
  const parts = [`${kinds.create} ${words.create}`, `${kinds.update} ${words.update}`];
  if (kinds.rename > 0) parts.push(`${kinds.rename} ${words.rename}`);
  parts.push(`${kinds.delete} ${words.delete}`, `${count(plan.removed, 'line')} removed`);
  return `${applied ? 'Applied' : gate ? 'Pending' : 'Plan'}: ${parts.join(', ')}${applied ? ` (run ${runs.join(', run ')})` : ''}`;
}

function checksLine(report: Report): string {
  // What is pending has a line of its own.
  const told = (id: string): boolean => isPending(report) && isPendingCheck(id);
  const of = (...statuses: readonly string[]): number =>
    report.checks.filter(({ id, result }) => statuses.includes(result.status) && !told(id)).length;
  const open = placedFindings(report).filter(({ waived, check }) => waived === undefined && !told(check.id));
  const bySeverity = SEVERITIES.map((severity) => ({
    severity,
    number: open.filter(({ finding }) => finding.severity === severity).length,
  })).filter(({ number }) => number > 0);
  const findings = bySeverity.map(({ severity, number }) => `${number} ${severity}`).join(', ');
  const parts = [`${of('passed')} passed`, `${of('failed')} failed${findings === '' ? '' : ` (${findings})`}`];
  for (const status of ['waived', 'errored', 'skipped'] as const) {
    if (of(status) > 0) parts.push(`${of(status)} ${status}`);
  }
  if (of('not-applicable', 'not-asked') > 0) parts.push(`${of('not-applicable', 'not-asked')} not applicable`);
  const missing = report.checks.filter((check) => isMissing(check, report.gate)).length;
  return `Checks: ${parts.join(', ')}${missing > 0 ? `; incomplete: ${count(missing, 'check')} could not run` : ''}`;
}
