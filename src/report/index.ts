import { escapeJson } from './escape.ts';
import { renderGithub, stepSummary } from './github.ts';
import { renderGitlab } from './gitlab.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import type { TextOptions } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import { maskDeep } from './mask.ts';
import type { Report } from './report.ts';
import { renderSarif } from './sarif.ts';
import { renderText } from './text.ts';

export type Reporter = (report: Report, options: TextOptions) => string;

/** Every report format, by the name that `--format` takes. */
export const REPORTERS = {
  text: renderText,
  json: renderJson,
  markdown: (report) => renderMarkdown(report),
  sarif: renderSarif,
  junit: renderJunit,
  github: renderGithub,
  gitlab: renderGitlab,
} as const satisfies Readonly<Record<string, Reporter>>;

export type ReportFormat = keyof typeof REPORTERS;

export const REPORT_FORMATS = Object.keys(REPORTERS) as readonly ReportFormat[];

const JSON_FORMATS: ReadonlySet<ReportFormat> = new Set(['json', 'sarif', 'gitlab']);

/** Writes `report` in one format. Secrets are masked first, so that no cut or wrapped line can show part of one. */
export function renderReport(report: Report, format: ReportFormat, options: TextOptions): string {
  const text = REPORTERS[format](maskDeep(report), options);
  return JSON_FORMATS.has(format) ? escapeJson(text) : text;
}

/** Markdown for the file that `GITHUB_STEP_SUMMARY` names, with secrets masked. */
export function renderStepSummary(report: Report): string {
  return stepSummary(maskDeep(report));
}
