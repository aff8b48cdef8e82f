/** Pure: which findings `.refit/waivers.yaml` sets aside on a given day, and what is wrong with the file itself. */
import { z } from 'zod';
import { compileGlobs } from '../base/glob.ts';
import { unknownName } from '../base/nearest.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { Finding, Waived } from './define.ts';
import { type CheckRun, namesCheck } from './run.ts';
import { type FileProblem, lineOf, problemsIn, readSettingsFile, SETTINGS_FORMAT_VERSION } from './settings-file.ts';

export const WAIVERS_PATH = '.refit/waivers.yaml' as RepoPath;
/** Id under which the file itself is judged. */
export const WAIVERS_CHECK = 'refit-waivers';

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'a day such as 2026-12-31 is expected', abort: true })
  .refine(isRealDay, 'there is no such day');

const waiverShape = z
  .strictObject({
    check: z.string().min(1).describe('id of a check or the start of one: S05-pip-quoting, S05, S'),
    path: z.exactOptional(z.string().min(1)).describe('glob of the files in which it holds; without it, all findings'),
    reason: z.string().trim().min(1, 'a reason is expected').describe('why the finding may stay, for the next reader'),
    until: z.exactOptional(day).describe('the last day on which it holds, 2026-12-31; required unless permanent'),
    permanent: z.exactOptional(z.literal(true)).describe('holds without an end; in place of until'),
  })
  .meta({ oneOf: [{ required: ['until'] }, { required: ['permanent'] }] });

const waiverSchema = waiverShape.superRefine((waiver, ctx) => {
  if ((waiver.until === undefined) !== (waiver.permanent === undefined)) return;
  const message =
    waiver.until === undefined
      ? 'until: YEAR-MONTH-DAY is missing, or permanent: true'
      : 'until and permanent exclude each other';
  ctx.addIssue({ code: 'custom', message, path: [] });
});

const fileSchema = z.strictObject({
  formatVersion: z.literal(SETTINGS_FORMAT_VERSION).optional().describe('format of this file'),
  waivers: z.array(z.unknown()),
});

/** One entry of the file. */
export interface Waiver {
  readonly check: string;
  readonly path?: string;
  readonly reason: string;
  /** The last day on which it holds; absent when permanent. */
  readonly until?: string;
  /** From 1. */
  readonly line: number;
}

export type WaiversReading =
  /** Problems do not spoil the other waivers. */
  | { readonly kind: 'read'; readonly waivers: readonly Waiver[]; readonly problems: readonly FileProblem[] }
  | { readonly kind: 'newer'; readonly version: number };

/** The JSON Schema (draft 2020-12) of the file, as published. */
export function waiversJsonSchema(): Record<string, unknown> {
  const published = z.strictObject({ formatVersion: fileSchema.shape.formatVersion, waivers: z.array(waiverShape) });
  return { title: 'refit waivers', ...z.toJSONSchema(published) };
}

/** Reads the text of the file; `ids` are the checks that a waiver may name. */
export function readWaivers(text: string, ids: readonly string[]): WaiversReading {
  const reading = readSettingsFile(text);
  if (reading.kind === 'newer') return reading;
  if (reading.kind === 'malformed') return { kind: 'read', waivers: [], problems: [reading.problem] };
  const { document, value } = reading;
  const problems: FileProblem[] = [];
  const known = Object.keys(fileSchema.shape);
  problems.push(...problemsIn(fileSchema, { waivers: [], ...value }, { document, place: [], known }));
  const listed: readonly unknown[] = 'waivers' in value && Array.isArray(value.waivers) ? value.waivers : [];
  const waivers = listed.flatMap((entry, index): readonly Waiver[] => {
    const place = ['waivers', index];
    const found = problemsIn(waiverSchema, entry, { document, place, known: Object.keys(waiverShape.shape) });
    if (found.length > 0) {
      problems.push(...found);
      return [];
    }
    const { permanent: _permanent, ...waiver } = waiverShape.parse(entry);
    const line = lineOf(document, place);
    if (partOf(waiver.check) === 'tree' && !ids.some((id) => namesCheck(waiver.check, id))) {
      problems.push({ line, ...unknownName('check', waiver.check, ids) });
      return [];
    }
    return [{ ...waiver, line }];
  });
  return { kind: 'read', waivers, problems };
}

/** What is judged: the tree, or an image of it. Waivers of both stand in the same file. */
export type JudgedPart = 'tree' | 'image';

/** Which part a waiver is about, by the first letter of the check that it names. */
function partOf(word: string): JudgedPart {
  return /^[IRHCL]\d/i.test(word) ? 'image' : 'tree';
}

/** What the waivers do on one day. */
export interface WaiverVerdict {
  /** Findings that are set aside, each by the first waiver that names it. */
  readonly waived: ReadonlyMap<Finding, Waived>;
  /** About the file: expired, unused. */
  readonly findings: readonly Finding[];
}

/**
 * Applies the waivers of one part to the findings of `runs`, which are of that part; `today` is `2026-12-31`. A waiver still
 * holds on its last day.
 */
export function applyWaivers(
  all: readonly Waiver[],
  runs: readonly CheckRun[],
  today: string,
  part: JudgedPart = 'tree',
): WaiverVerdict {
  const waivers = all.filter(({ check }) => partOf(check) === part);
  const found = runs.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));
  const waived = new Map<Finding, Waived>();
  const findings: Finding[] = [];
  for (const waiver of waivers) {
    const matching = found.filter((finding) => matches(waiver, finding));
    const { reason, until } = waiver;
    const expired = until !== undefined && until < today;
    const judged = wasJudged(waiver, runs);
    if (expired) findings.push(expiredFinding(waiver, judged || matching.length > 0 ? matching.length : null));
    else if (matching.length === 0 && judged) findings.push(unusedFinding(waiver));
    if (expired) continue;
    for (const finding of matching) {
      if (!waived.has(finding)) waived.set(finding, { reason, ...(until === undefined ? {} : { until }) });
    }
  }
  return { waived, findings };
}

function matches(waiver: Waiver, finding: Finding): boolean {
  if (!namesCheck(waiver.check, finding.check)) return false;
  if (waiver.path === undefined) return true;
  return finding.path !== undefined && compileGlobs([waiver.path])(finding.path);
}

/** Whether every check that the waiver names came to an end, so that "nothing to waive" is known. */
function wasJudged(waiver: Waiver, runs: readonly CheckRun[]): boolean {
  const named = runs.filter(({ check }) => namesCheck(waiver.check, check.id));
  return named.length > 0 && named.every(({ result }) => !['errored', 'skipped', 'not-asked'].includes(result.status));
}

/** `hits` is null where not every check that it names ran. */
function expiredFinding({ check, until, line }: Waiver, hits: number | null): Finding {
  const unknown = 'not every check that it names ran';
  return {
    check: WAIVERS_CHECK,
    severity: 'warn',
    message: `the waiver for ${check} ended on ${until}`,
    expected: 'a waiver that is in force',
    seen:
      hits === null ? unknown : hits === 0 ? 'it would waive nothing any more' : `its findings count again: ${hits}`,
    path: WAIVERS_PATH,
    line,
    next: hits === 0 ? 'delete the waiver' : 'mend what it waived and delete it, or give it a later day and a reason',
  };
}

function unusedFinding({ check, path, line }: Waiver): Finding {
  return {
    check: WAIVERS_CHECK,
    severity: 'warn',
    message: `the waiver for ${check} waives nothing`,
    expected: 'a waiver that a finding needs',
    seen: path === undefined ? `${check} has no finding` : `${check} has no finding in ${path}`,
    path: WAIVERS_PATH,
    line,
    next: 'delete the waiver',
  };
}

/** A waiver that cannot be meant: nothing is waived by it. */
export function malformedFinding({ line, message, hint }: FileProblem): Finding {
  return {
    check: WAIVERS_CHECK,
    severity: 'error',
    message: `a waiver cannot be read: ${message}`,
    expected: 'check, reason, and until or permanent: true; path where it holds for some files only',
    seen: message,
    path: WAIVERS_PATH,
    line,
    next: hint ?? 'mend the line; the shape is told by refit explain refit-waivers',
  };
}

function isRealDay(text: string): boolean {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  const time = new Date(Date.UTC(year, month - 1, date));
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === date;
}
