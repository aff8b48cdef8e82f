import { sha256 } from '../base/hash.ts';
import {
  cutText,
  escapeCommandData,
  escapeCommandProperty,
  escapeLine,
  escapeLines,
  neutraliseCommands,
} from './escape.ts';
import { describeFinding, placedFindings } from './findings.ts';
import { renderMarkdown } from './markdown.ts';
import { withPending } from './pending.ts';
import { allNotes, fromTop, isMissing, type Report } from './report.ts';
import { summaryLines } from './summary.ts';
import { renderText } from './text.ts';
import { reasonOf } from './text-checks.ts';

/** GitHub shows so many annotations of one level in a step and drops the rest without a word. */
const MAX_PER_LEVEL = 10;
const MAX_TEXT = 4000;
const MAX_FINDINGS = 200;
/** A step summary may have 1 MiB. */
const SUMMARY_LIMIT = 1_000_000;

type Level = 'error' | 'warning' | 'notice';

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

const LEVEL = { blocker: 'error', error: 'error', warn: 'warning', info: 'notice' } as const;

/**
 * Workflow commands for GitHub Actions, worst first, after the text report in a folded group in which the runner reads
 * no commands. Ends with the summary.
 */
export function renderGithub(report: Report): string {
  const annotations = annotationsOf(withPending(report));
  const shown = limitAnnotations(annotations);
  const summary = summaryLines(report).map((line) => neutraliseCommands(`refit: ${escapeLine(line)}`));
  return `${[...detailLines(report), ...shown.map(formatAnnotation), ...summary].join('\n')}\n`;
}

/** Markdown for the file that `GITHUB_STEP_SUMMARY` names. */
export function stepSummary(report: Report): string {
  return renderMarkdown(report, { limit: SUMMARY_LIMIT });
}

function detailLines(report: Report): readonly string[] {
  const text = renderText(report, { width: 120, color: false, terminal: true, maxFindings: MAX_FINDINGS });
  // No text can hold its own hash, so nothing inside can end the pause.
  const token = sha256(text);
  return [
    `::group::${escapeCommandData(neutraliseCommands(escapeLine(`refit ${report.command}: details`)))}`,
    `::stop-commands::${token}`,
    text.trimEnd(),
    `::${token}::`,
    '::endgroup::',
  ];
}

function annotationsOf(report: Report): readonly Annotation[] {
  const { outcome } = report;
  const annotations: Annotation[] = [];
  if (outcome.kind === 'fault' || outcome.kind === 'refused') {
    const message = [outcome.message, ...outcome.details, ...(outcome.hint === undefined ? [] : [outcome.hint])].join(
      '\n',
    );
    annotations.push({ level: 'error', title: `refit ${report.command}: ${outcome.kind}`, message });
  }
  for (const { finding, check, path, line, waived } of placedFindings(report)) {
    if (waived !== undefined) continue;
    const title = `${check.id}: ${check.title}`;
    annotations.push({
      level: LEVEL[finding.severity],
      title,
      message: describeFinding(finding),
      path: fromTop(report, path),
      line,
    });
  }
  for (const check of report.checks.filter((each) => isMissing(each, report.gate))) {
    annotations.push({ level: 'error', title: `${check.id} could not run`, message: reasonOf(check) });
  }
  for (const { severity, message, path, line } of allNotes(report)) {
    if (severity === 'info') continue;
    const place = path === undefined ? {} : { path: fromTop(report, path), line: line ?? 1 };
    annotations.push({
      level: severity === 'todo' ? 'warning' : 'notice',
      title: `refit: ${severity}`,
      message,
      ...place,
    });
  }
  return annotations;
}

function limitAnnotations(annotations: readonly Annotation[]): readonly Annotation[] {
  const of = (level: Level): readonly Annotation[] => annotations.filter((each) => each.level === level);
  const fits = (['error', 'warning', 'notice'] as const).every((level) => of(level).length <= MAX_PER_LEVEL);
  if (fits) return [...of('error'), ...of('warning'), ...of('notice')];
  // The last notice is kept free to tell of the rest.
  const shown = [
    ...of('error').slice(0, MAX_PER_LEVEL),
    ...of('warning').slice(0, MAX_PER_LEVEL),
    ...of('notice').slice(0, MAX_PER_LEVEL - 1),
  ];
  const message = `${annotations.length - shown.length} more in the summary of this job`;
  return [...shown, { level: 'notice', title: 'refit', message }];
}

function formatAnnotation({ level, title, message, path, line }: Annotation): string {
  const properties = [
    ...(path === undefined ? [] : [`file=${escapeCommandProperty(neutraliseCommands(escapeLine(path)))}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escapeCommandProperty(neutraliseCommands(escapeLine(cutText(title, 255))))}`,
  ];
  const data = neutraliseCommands(escapeLines(cutText(message, MAX_TEXT)));
  return `::${level} ${properties.join(',')}::${escapeCommandData(data)}`;
}
