import type { Note } from '../migration/define.ts';
import { cutText, escapeLines, escapeMarkdown, markdownCode, neutraliseCommands } from './escape.ts';
import { type PlacedFinding, placedFindings } from './findings.ts';
import { isPendingCheck } from './pending-check.ts';
import { allNotes, exitCodeOf, isPending, type Report, type ReportedChange, toldLeftAlone } from './report.ts';
import { containerRows, countKinds, migrationLines, summaryLines } from './summary.ts';
import { reasonOf } from './text-checks.ts';

/** GitHub takes a comment of fewer than 65,536 characters; counted in bytes, which are never fewer. */
export const COMMENT_LIMIT = 65_535;
const MAX_CELL = 600;
const NOTE_ROOM = 300;

export interface MarkdownOptions {
  /** UTF-8 bytes of the whole text, at most. */
  readonly limit?: number;
}

interface Block {
  readonly title: string;
  readonly open: boolean;
  /** What stands before and after the rows. */
  readonly head: string;
  readonly foot: string;
  /** Written only as far as there is room. */
  readonly rows: readonly (() => string)[];
}

/** A comment for a pull request: summary and next commands always, details as far as the limit goes, with a note of the rest. */
export function renderMarkdown(report: Report, { limit = COMMENT_LIMIT }: MarkdownOptions = {}): string {
  const head = headText(report);
  const tail = nextText(report);
  let room = limit - Buffer.byteLength(head) - Buffer.byteLength(tail) - NOTE_ROOM;
  let body = '';
  const cuts: string[] = [];
  for (const block of blocksOf(report)) {
    const frame = Buffer.byteLength(formatBlock(block, []));
    const rows = fitting(block.rows, room - frame);
    if (rows.length < block.rows.length) cuts.push(`${block.rows.length - rows.length} of ${block.title}`);
    if (rows.length === 0) continue;
    const text = formatBlock(block, rows);
    body += text;
    room -= Buffer.byteLength(text);
  }
  const note =
    cuts.length === 0 ? '' : `\n_Cut to fit; left out: ${cuts.join(', ')}. The JSON report has all of it._\n`;
  return head + body + note + tail;
}

function fitting(rows: readonly (() => string)[], room: number): readonly string[] {
  const shown: string[] = [];
  let used = 0;
  for (const write of rows) {
    const row = write();
    used += Buffer.byteLength(row) + 1;
    if (used > room) break;
    shown.push(row);
  }
  return shown;
}

function formatBlock({ title, open, head, foot, rows }: Block, shown: readonly string[]): string {
  const summary = `${title} (${rows.length})`;
  return `\n<details${open ? ' open' : ''}>\n<summary>${summary}</summary>\n\n${head}\n${shown.join('\n')}\n${foot}\n</details>\n`;
}

/** The pending changes stand among the files, each with its step. */
function listedFindings(report: Report): readonly PlacedFinding[] {
  const pending = isPending(report);
  return placedFindings(report).filter(({ check }) => !(pending && isPendingCheck(check.id)));
}

function headText(report: Report): string {
  const { outcome, plan, migration, repo, command } = report;
  const names = [migration?.id, repo].filter((name) => name !== undefined).map(escapeMarkdownCut);
  const lines = [`## ${[`refit ${escapeMarkdownCut(command)}`, ...names].join(' · ')}`, ''];
  for (const line of summaryLines(report)) lines.push(`**${escapeMarkdownCut(line)}**`, '');
  if (outcome.kind === 'refused' || outcome.kind === 'fault') {
    for (const detail of outcome.details.slice(0, 20)) lines.push(`* ${escapeMarkdownCut(detail)}`);
    if (outcome.hint !== undefined) lines.push('', escapeMarkdownCut(outcome.hint));
    lines.push('');
  }
  for (const line of migrationLines(report)) lines.push(`* ${escapeMarkdownCut(line.replace(/ {2,}/g, ' '))}`);
  if (report.migrations !== undefined) lines.push('');
  lines.push('| Create | Update | Rename | Delete | Lines added | Lines removed | Findings | Exit code |');
  lines.push(`|${' ---: |'.repeat(8)}`);
  const kinds = plan === undefined ? undefined : countKinds(plan);
  const counts = [kinds?.create, kinds?.update, kinds?.rename, kinds?.delete, plan?.added, plan?.removed];
  const open = listedFindings(report).filter(({ waived }) => waived === undefined).length;
  lines.push(`| ${[...counts.map((number) => number ?? '–'), open, exitCodeOf(report)].join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function nextText(report: Report): string {
  const lines = report.next.slice(0, 10).map(({ command, why }) => `* ${codeCut(command)}: ${escapeMarkdownCut(why)}`);
  return lines.length === 0 ? '' : `\nNext:\n\n${lines.join('\n')}\n`;
}

function blocksOf(report: Report): readonly Block[] {
  const table = (...columns: readonly string[]): string =>
    `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`;
  const blocks: readonly Block[] = [
    {
      title: 'Findings',
      open: true,
      head: table('Severity', 'Check', 'Place', 'Finding'),
      foot: '',
      rows: lazily(listedFindings(report), findingRow),
    },
    {
      title: 'Files',
      open: false,
      head: table('', 'File', 'Lines', 'Steps'),
      foot: '',
      rows: lazily(report.plan?.changes ?? [], changeRow),
    },
    { title: 'Notes', open: false, head: '', foot: '', rows: lazily(allNotes(report), noteRow) },
    {
      title: 'Checks',
      open: false,
      head: table('Check', 'Status', 'Why'),
      foot: '',
      rows: lazily(report.checks, (check) =>
        row(codeCut(check.id), check.result.status, escapeMarkdownCut(reasonOf(check))),
      ),
    },
    {
      title: 'Line to write',
      open: true,
      head: table('Place', 'Line'),
      foot: '',
      rows: lazily(report.pin === undefined ? [] : [report.pin], ({ path, line, after }) =>
        row(codeCut(`${path}:${line}`), codeCut(after)),
      ),
    },
    {
      title: 'Image',
      open: false,
      head: table('', ''),
      foot: '',
      rows: lazily(containerRows(report.container), ([name, text]) => row(name, escapeMarkdownCut(text))),
    },
    {
      title: 'Before and after',
      open: false,
      head: table('', 'Before', 'After'),
      foot: '',
      rows: lazily(report.container?.comparison ?? [], ({ what, before, after }) =>
        row(escapeMarkdownCut(what), escapeMarkdownCut(before), escapeMarkdownCut(after)),
      ),
    },
    {
      title: 'Left out of the diff, because it would show a secret',
      open: true,
      head: '',
      foot: '',
      rows: list(report.hidden),
    },
    {
      title: 'Warnings',
      open: false,
      head: '',
      foot: '',
      rows: lazily(report.warnings, (text) => `* ${escapeMarkdownCut(text)}`),
    },
    { title: 'Uncommitted changes', open: false, head: '', foot: '', rows: list(report.dirty) },
    { title: 'Left alone', open: false, head: '', foot: '', rows: list(toldLeftAlone(report).map(({ path }) => path)) },
    diffBlock(report.diff ?? ''),
  ];
  return blocks.filter(({ rows }) => rows.length > 0);
}

const lazily = <T>(items: readonly T[], write: (item: T) => string): readonly (() => string)[] =>
  items.map((item) => () => write(item));
const list = (names: readonly string[]): readonly (() => string)[] => lazily(names, (name) => `* ${codeCut(name)}`);
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const escapeMarkdownCut = (text: string): string => escapeMarkdown(cutText(text, MAX_CELL));
const codeCut = (text: string): string => markdownCode(cutText(text, MAX_CELL));

function findingRow({ finding, anchored, waived, check, path, line }: PlacedFinding): string {
  const place = anchored ? '–' : codeCut(finding.line === undefined ? path : `${path}:${line}`);
  const parts = [
    escapeMarkdownCut(finding.message),
    `expected: ${escapeMarkdownCut(finding.expected)}`,
    `seen: ${escapeMarkdownCut(finding.seen)}`,
  ];
  if (finding.next !== undefined) parts.push(`next: ${escapeMarkdownCut(finding.next)}`);
  if (finding.byHand !== undefined) parts.push(`by hand: ${escapeMarkdownCut(finding.byHand)}`);
  if (waived !== undefined) parts.push(`waived: ${escapeMarkdownCut(waived.reason)}`);
  return row(waived === undefined ? finding.severity : 'waived', codeCut(check.id), place, parts.join('<br>'));
}

const SIGN = { create: '+', update: '~', rename: '&gt;', delete: '-' } as const;

function changeRow({ kind, path, from, added, removed, binary, steps }: ReportedChange): string {
  const name = from === undefined ? codeCut(path) : `${codeCut(from)} → ${codeCut(path)}`;
  const deleted = kind === 'delete' ? `**${SIGN[kind]} ${kind}**` : `${SIGN[kind]} ${kind}`;
  return row(deleted, name, binary ? 'binary' : `+${added} -${removed}`, steps.map(codeCut).join(' '));
}

function noteRow({ severity, path, line, message }: Note): string {
  const place = path === undefined ? '' : ` ${codeCut(line === undefined ? path : `${path}:${line}`)}`;
  return `* **${severity}**${place} ${escapeMarkdownCut(message)}`;
}

function diffBlock(diff: string): Block {
  const text = neutraliseCommands(escapeLines(diff));
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const rows = text === '' ? [] : lazily(text.replace(/\n$/, '').split('\n'), (line) => line);
  return { title: 'Lines of the diff', open: false, head: `${fence}diff`, foot: fence, rows };
}
