import type { Note } from '../migration/define.ts';
import { escapeLine, escapeLines, neutraliseCommands } from './escape.ts';
import { makePalette, padTo, type Section, type TextOptions, type TextStyle, wrap } from './layout.ts';
import { allNotes, type Report, type ReportedChange, type ReportedPlan, toldLeftAlone } from './report.ts';
import { containerRows, count, migrationLines, summaryLines } from './summary.ts';
import { checkSections } from './text-checks.ts';

/** The report for a person at a terminal: the summary first and last, one line a file, then notes, findings, next commands. */
export function renderText(report: Report, options: TextOptions): string {
  const style: TextStyle = { ...options, paint: makePalette(options.color) };
  const summary = summarySection(report, style);
  if (options.quiet === true) return formatSections([summary], style);
  const before = [
    headSection(report, style),
    summary,
    migrationSection(report, style),
    ...planSections(report, style),
    ...checkSections(report, style),
  ];
  const diff = diffText(report, options);
  const long = diff !== '' || before.reduce((sum, { lines }) => sum + lines.length, 0) > summary.lines.length + 6;
  const after = [...(long ? [summary] : []), ...closingSections(report, style)];
  return [formatSections(before, style), diff, formatSections(after, style)].filter((part) => part !== '').join('\n');
}

function formatSections(sections: readonly Section[], { paint, width }: TextStyle): string {
  const filled = sections.filter(({ lines }) => lines.length > 0);
  const blocks = filled.map(({ title, lines }) =>
    [...(title === undefined ? [] : [paint.bold(wrap(title, width, ''))]), ...lines].join('\n'),
  );
  return blocks.length === 0 ? '' : neutraliseCommands(`${blocks.join('\n\n')}\n`);
}

function headSection(report: Report, { paint }: TextStyle): Section {
  const parts = [`refit ${report.command}`, report.migration?.id, report.repo].filter((part) => part !== undefined);
  return { lines: [paint.dim(parts.map(escapeLine).join(' · '))] };
}

function summarySection(report: Report, style: TextStyle): Section {
  const { outcome } = report;
  const bad = outcome.kind === 'fault' || outcome.kind === 'refused';
  const lines = summaryLines(report).map((line) => wrap(escapeLine(line), style.width, '  '));
  if (!bad) return { lines: lines.map((line) => style.paint.bold(line)) };
  const details = outcome.details.map((detail) => wrap(`  ${escapeLine(detail)}`, style.width, '    '));
  const hint = outcome.hint === undefined ? [] : [wrap(escapeLine(outcome.hint), style.width, '')];
  const [first = '', ...others] = lines;
  return { lines: [style.paint.red(first), ...details, ...hint, ...others] };
}

function migrationSection(report: Report, { width }: TextStyle): Section {
  const lines = migrationLines(report).map((line) => wrap(`  ${escapeLine(line)}`, width, '    '));
  return { title: 'Migrations, in order', lines };
}

function planSections(report: Report, style: TextStyle): readonly Section[] {
  const { plan } = report;
  if (plan === undefined) return [];
  // A gate answers whether something is pending; how its steps ended is what `plan` is for.
  const whole = report.command !== 'check' || style.verbose === true;
  const withNotes = whole || plan.changes.length > 0;
  return [
    { lines: changeLines(plan.changes, style) },
    { lines: deletionLines(plan.changes, style) },
    { title: 'Steps', lines: whole ? stepLines(plan, style) : [] },
    { title: 'Notes', lines: withNotes ? allNotes(report).map((note) => noteLine(note, style)) : [] },
  ];
}

const SIGN = { create: '+', update: '~', rename: '>', delete: '-' } as const;
const COLOR = { create: 'green', update: 'yellow', rename: 'cyan', delete: 'red' } as const;

function changeLines(changes: readonly ReportedChange[], { paint }: TextStyle): readonly string[] {
  const rows = changes.map((change) => ({
    change,
    name: escapeLine(change.from === undefined ? change.path : `${change.from} → ${change.path}`),
    size: sizeOf(change),
  }));
  const nameWidth = Math.min(48, Math.max(0, ...rows.map(({ name }) => name.length)));
  const sizeWidth = Math.max(0, ...rows.map(({ size }) => size.length));
  return rows.map(({ change, name, size }) => {
    const sign = paint[COLOR[change.kind]](`${SIGN[change.kind]} ${change.kind}`);
    const steps = paint.dim(change.steps.map(escapeLine).join(', '));
    return `  ${sign}  ${padTo(name, nameWidth)}  ${padTo(size, sizeWidth)}  ${steps}`.trimEnd();
  });
}

function sizeOf(change: ReportedChange): string {
  const { modeBefore, modeAfter } = change;
  const parts = change.binary ? ['binary'] : [];
  if (change.added > 0) parts.push(`+${change.added}`);
  if (change.removed > 0) parts.push(`-${change.removed}`);
  if (modeAfter !== undefined && modeAfter !== '644' && modeBefore === undefined) parts.push(`mode ${modeAfter}`);
  if (modeBefore !== undefined && modeAfter !== undefined && modeBefore !== modeAfter) {
    parts.push(`mode ${modeBefore} to ${modeAfter}`);
  }
  return parts.join(' ');
}

function deletionLines(changes: readonly ReportedChange[], { paint, width }: TextStyle): readonly string[] {
  const deleted = changes.filter((change) => change.kind === 'delete');
  if (deleted.length === 0) return [];
  const lines = deleted.reduce((sum, change) => sum + change.removed, 0);
  const names = deleted.map((change) => escapeLine(change.path)).join(', ');
  const text = `Deletes ${count(deleted.length, 'file')} with ${count(lines, 'line')}: ${names}`;
  return [paint.red(wrap(text, width, '  '))];
}

function stepLines(plan: ReportedPlan, { width, verbose }: TextStyle): readonly string[] {
  const shown = plan.steps.filter((step) => verbose === true || step.status === 'changed' || step.why !== undefined);
  return shown.map((step) => {
    const why = step.why === undefined ? '' : `: ${escapeLine(step.why)}`;
    return wrap(`  ${step.status.padEnd(9)}  ${escapeLine(step.step)}${why}`, width, ' '.repeat(13));
  });
}

const NOTE_COLOR = { todo: 'magenta', warning: 'yellow', info: 'dim' } as const;

function noteLine(note: Note, { paint, width }: TextStyle): string {
  const place =
    note.path === undefined ? '' : `${escapeLine(note.path)}${note.line === undefined ? '' : `:${note.line}`}  `;
  const body = wrap(`${place}${escapeLine(note.message)}`, width - 11, '');
  return `  ${paint[NOTE_COLOR[note.severity]](note.severity.padEnd(7))}  ${body.replaceAll('\n', `\n${' '.repeat(11)}`)}`;
}

function diffText(report: Report, options: TextOptions): string {
  if (report.diff === undefined) return '';
  return options.terminal ? neutraliseCommands(escapeLines(report.diff)) : report.diff;
}

function closingSections(report: Report, style: TextStyle): readonly Section[] {
  const { paint, width } = style;
  const list = (items: readonly string[]): readonly string[] => items.map((item) => `  ${escapeLine(item)}`);
  const commandWidth = Math.max(0, ...report.next.map(({ command }) => command.length));
  return [
    { title: 'Left out of the diff, because it would show a secret', lines: list(report.hidden) },
    { title: 'Uncommitted changes', lines: list(report.dirty) },
    {
      title: 'Left alone',
      lines: list(
        toldLeftAlone(report, style.verbose).map(
          ({ path, reason }) => `${path} (${reason}${reason === 'too-large' ? ': over 10 MiB' : ''})`,
        ),
      ),
    },
    { title: 'Warnings', lines: report.warnings.map((text) => wrap(`  ${escapeLine(text)}`, width, '  ')) },
    { title: 'Kept, because they changed since', lines: list(report.run?.kept ?? []) },
    { title: 'Line to write', lines: pinLines(report) },
    { title: 'Image', lines: imageLines(report, style) },
    { title: 'Before and after', lines: comparisonLines(report, style) },
    { title: 'Runs', lines: runLines(report) },
    { title: 'Written', lines: list(report.files.map(({ what, path }) => `${what}: ${path}`)) },
    {
      title: 'Next',
      lines: report.next.map(({ command, why }) =>
        `  ${paint.cyan(padTo(escapeLine(command), commandWidth))}  ${escapeLine(why)}`.trimEnd(),
      ),
    },
  ];
}

// Never wrapped: it is there to be copied.
function pinLines({ pin }: Report): readonly string[] {
  return pin === undefined ? [] : [`  ${pin.path}:${pin.line}`, `  ${pin.after}`].map(escapeLine);
}

function imageLines({ container }: Report, { width, paint }: TextStyle): readonly string[] {
  const rows = containerRows(container);
  return rows.map(([name, text]) => wrap(`  ${paint.dim(name.padEnd(8))}  ${escapeLine(text)}`, width, ' '.repeat(12)));
}

function comparisonLines({ container }: Report, { width }: TextStyle): readonly string[] {
  return (container?.comparison ?? []).map(({ what, before, after }) =>
    wrap(
      `  ${escapeLine(`${what}: ${before === after ? `${after}, as before` : `${before} → ${after}`}`)}`,
      width,
      '    ',
    ),
  );
}

function runLines(report: Report): readonly string[] {
  return (report.runs ?? []).flatMap((run) => [
    `  ${escapeLine(`${run.id}  ${run.status}  ${run.migration}  ${run.age ?? run.startedAt}  ${count(run.changes, 'file')}`)}`,
    ...run.drifted.map((path) => `    changed since: ${escapeLine(path)}`),
  ]);
}
