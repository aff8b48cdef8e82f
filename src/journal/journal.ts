// Pure: text in, values out; nothing here touches the disk or the clock.
import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { isGitFolderName } from '../base/name-hazards.ts';
import { type RepoPath, repoPathProblem } from '../base/repo-path.ts';
import { nextState, RUN_EVENTS, RUN_STATES, type RunEvent } from './next.ts';

/** The format that this version writes and reads. */
export const JOURNAL_FORMAT_VERSION = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const path = z
  .string()
  // No run touches git's own folder, so a record that says so was not written by one.
  .refine(
    (text) => repoPathProblem(text) === null && !text.split('/').some(isGitFolderName),
  ) as unknown as z.ZodType<RepoPath>;
const mode = z.enum(['644', '755', 'link']);
const time = z.iso.datetime();
export const RUN_ID = /^\d{8}-\d{9}-[0-9a-f]{6}$/;
const runId = z.string().regex(RUN_ID);
const owner = { permissions: z.int().min(0).max(0o7777), uid: count, gid: count };

const entryShape = z.strictObject({
  path,
  /** What stood there; null when nothing did. `backup` names a file in the run's `backups/`. */
  before: z.strictObject({ sha256: hash, mode, ...owner, backup: z.string().regex(/^\d{6}$/) }).nullable(),
  /** What the run puts there; null when it deletes. `staged` is where the new file waits, beside its target. */
  after: z.strictObject({ sha256: hash, mode, staged: path }).nullable(),
  /** Where a renamed file stood before. */
  from: path.optional(),
});

const journalShape = z.strictObject({
  run: runId,
  createdAt: time,
  /** The folder that paths count from, relative to the top of the work tree; empty for the top itself. */
  scope: z.string(),
  migration: z.string(),
  stepHashes: z.record(z.string(), z.string()),
  planSha256: hash,
  /** False where permission bits on this disk say nothing (git's core.fileMode). */
  fileModes: z.boolean(),
  entries: z.array(entryShape),
  /** Folders that the run makes, parents first. */
  madeFolders: z.array(path),
  /** Folders that the run empties and removes, parents first. */
  emptiedFolders: z.array(z.strictObject({ path, ...owner })),
});

const progressShape = z.strictObject({
  run: runId,
  journalSha256: hash,
  state: z.enum(RUN_STATES),
  history: z.array(z.strictObject({ type: z.enum(RUN_EVENTS), at: time, why: z.string().optional() })),
  /** Paths that an undo or rollback left alone because somebody had changed them. */
  kept: z.array(path),
});

/** What a run will do, written once before the first change and never altered. */
export type Journal = Readonly<z.infer<typeof journalShape>>;
export type JournalEntry = Journal['entries'][number];
export type EmptiedFolder = Journal['emptiedFolders'][number];
/** How far a run is: replaced as a whole at each change of state. */
export type RunProgress = Readonly<z.infer<typeof progressShape>>;

/** What reading a record gave. Only `ok` may be acted on. */
export type Decoded<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly sha256: string }
  /** Written by a later version of the tool; its shape is not judged. */
  | { readonly kind: 'newer'; readonly version: number }
  /** Truncated, altered or not a record at all. */
  | { readonly kind: 'damaged'; readonly why: string };

/** Text of a journal: one line with name, format version and checksum of the rest, then JSON. */
export function encodeJournal(journal: Journal): string {
  return encode('refit-journal', journal);
}

export function decodeJournal(text: string): Decoded<Journal> {
  return decode('refit-journal', text, journalShape);
}

/** Text of a run's progress, in the same envelope as a journal. */
export function encodeProgress(progress: RunProgress): string {
  return encode('refit-progress', progress);
}

export function decodeProgress(text: string): Decoded<RunProgress> {
  return decode('refit-progress', text, progressShape);
}

/**
 * The progress after `event`; `kept` replaces the list of paths left alone.
 * @throws RefitError when the event cannot happen in the present state.
 */
export function advance(
  progress: RunProgress,
  event: RunEvent,
  kept: readonly RepoPath[] = progress.kept,
): RunProgress {
  const state = nextState(progress.state, event.type);
  if (state === null) throw new RefitError(`run ${progress.run} is ${progress.state}: ${event.type} cannot follow`);
  return { ...progress, state, history: [...progress.history, { ...event }], kept: [...kept] };
}

function encode(name: string, value: unknown): string {
  const body = `${JSON.stringify(value)}\n`;
  const head = `${name} ${JOURNAL_FORMAT_VERSION}`;
  return `${head} ${sha256(`${head}\n${body}`)}\n${body}`;
}

function decode<T>(name: string, text: string, shape: z.ZodType<T>): Decoded<T> {
  const end = text.indexOf('\n');
  const head = /^([a-z-]+) ([1-9]\d{0,8}) ([0-9a-f]{64})$/.exec(end === -1 ? '' : text.slice(0, end));
  if (head === null || head[1] !== name) return { kind: 'damaged', why: 'its first line is not that of a record' };
  const version = Number(head[2]);
  // A later version may have another checksum as well as another shape, so it is told apart before either is judged.
  if (version > JOURNAL_FORMAT_VERSION) return { kind: 'newer', version };
  const body = text.slice(end + 1);
  if (sha256(`${name} ${version}\n${body}`) !== head[3]) {
    return { kind: 'damaged', why: 'its checksum does not match: it was cut short or altered' };
  }
  const parsed = shape.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'damaged', why: `its content is not that of a record: ${parsed.error.message}` };
  return { kind: 'ok', value: parsed.data, sha256: head[3] as string };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
