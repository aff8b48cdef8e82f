import { type RefitError, refusal } from '../base/errors.ts';
import { isGitFolderName, windowsNameProblem } from '../base/name-hazards.ts';
import { comparePaths, nameOf, parentOf, type RepoPath } from '../base/repo-path.ts';
import type { EmptiedFolder, JournalEntry } from '../journal/journal.ts';
import type { FileChange } from '../tree/changes.ts';
import type { FileState } from '../tree/tree.ts';
import { absolute, forEach, type RunContext } from './context.ts';
import { difference, matches, type Observer, openObserver, type Present } from './observe.ts';

/** A path that is not as it should be, and how. */
export interface Drift {
  readonly path: RepoPath;
  /** In words that follow the path. */
  readonly how: string;
}

/** What a set of changes means for single paths and folders. */
export interface Prepared {
  readonly entries: readonly JournalEntry[];
  readonly madeFolders: readonly RepoPath[];
  readonly emptiedFolders: readonly EmptiedFolder[];
}

/** One path of a change, before the disk was looked at: a rename is two of them. */
interface Sides {
  readonly path: RepoPath;
  readonly before: FileState | null;
  readonly after: FileState | null;
  readonly from?: RepoPath;
}

/**
 * Looks at every path that `changes` touch and works out the run's entries. Writes nothing.
 * @throws RefitError (exit 4) naming each path that is not in its `before` state, and how it differs.
 */
export async function prepare(
  context: RunContext,
  run: string,
  changes: readonly FileChange[],
  fileModes: boolean,
): Promise<Prepared> {
  const sides = changes.flatMap(sidesOf).sort((a, b) => comparePaths(a.path, b.path));
  refuseOddPaths(sides);
  const observer = openObserver(context);
  const planned = new Map(sides.map((side) => [side.path as string, side]));
  const emptied = findEmptied(context, observer, planned);
  const looks: Present[] = [];
  const drifted: Drift[] = [];
  await forEach(sides, context.signal, (side) => {
    const seen = unblock(observer.at(side.path), planned);
    // Once emptied, the folder makes room for the file of its name.
    const look: Present = seen.kind === 'folder' && emptied.has(side.path) ? { kind: 'missing' } : seen;
    if (!matches(look, side.before, fileModes)) drifted.push({ path: side.path, how: difference(look, side.before) });
    // The bytes are read again when they are copied; kept here they would fill the memory.
    looks.push(look.kind === 'file' ? { ...look, bytes: new Uint8Array() } : look);
  });
  if (drifted.length > 0) throw refuseDrift(drifted);
  const byPath = new Map(sides.map((side, index) => [side.path, looks[index] as Present]));
  const made = new Set<RepoPath>();
  const entries = sides.map((side, index) => {
    if (side.after !== null) for (const folder of missingAbove(observer, side.path)) made.add(folder);
    return toEntry(side, byPath.get(side.path) as Present, run, index, observer);
  });
  return {
    entries,
    madeFolders: [...made].sort(comparePaths),
    emptiedFolders: [...emptied.values()].sort((a, b) => comparePaths(a.path, b.path)),
  };
}

/** The refusal of a stale plan. */
export function refuseDrift(drifted: readonly Drift[]): RefitError {
  const count = drifted.length === 1 ? '1 path is' : `${drifted.length} paths are`;
  return refusal(`${count} not as planned; nothing was written`, {
    details: drifted.map(({ path, how }) => `${path} ${how}`),
    hint: 'plan again: refit plan',
  });
}

/** Where the new file for `path` waits: in the nearest folder that exists, so that a rename never crosses a file system. */
export function stagedName(folder: RepoPath | null, name: string, run: string, index: number | string): RepoPath {
  const tail = `.refit-${run}-${index}`;
  // A name may have 255 bytes; the index keeps shortened names apart.
  const bytes = Buffer.from(name, 'utf8').subarray(0, 254 - tail.length);
  const short = bytes.toString('utf8').replace(/\uFFFD+$/, '');
  return `${folder === null ? '' : `${folder}/`}.${short}${tail}` as RepoPath;
}

function sidesOf(change: FileChange): readonly Sides[] {
  switch (change.kind) {
    case 'create':
      return [{ path: change.path, before: null, after: change.after }];
    case 'update':
      return [{ path: change.path, before: change.before, after: change.after }];
    case 'delete':
      return [{ path: change.path, before: change.before, after: null }];
    case 'rename':
      return [
        { path: change.from, before: change.before, after: null },
        { path: change.path, before: null, after: change.after, from: change.from },
      ];
    default: {
      const unknown: never = change;
      throw new TypeError(`no such change: ${JSON.stringify(unknown)}`);
    }
  }
}

function refuseOddPaths(sides: readonly Sides[]): void {
  const odd: string[] = [];
  for (const [index, { path }] of sides.entries()) {
    if (sides[index - 1]?.path === path) odd.push(`${path} is changed twice`);
    const parts = path.split('/');
    if (parts.some(isGitFolderName)) odd.push(`${path} belongs to git`);
    const problem =
      process.platform === 'win32' ? parts.map(windowsNameProblem).find((why) => why !== null) : undefined;
    if (problem !== undefined) odd.push(`${path} ${problem}`);
  }
  if (odd.length > 0) throw refusal('these changes cannot be applied; nothing was written', { details: odd });
}

/** A path below a file that the plan itself removes is not blocked: it is not there yet. */
export function unblock(present: Present, planned: ReadonlyMap<string, { readonly after: unknown }>): Present {
  return present.kind === 'blocked' && planned.get(present.by)?.after === null ? { kind: 'missing' } : present;
}

/** Folders that hold nothing but files the plan removes, and into which it puts nothing. */
function findEmptied(
  context: RunContext,
  observer: Observer,
  planned: ReadonlyMap<string, Sides>,
): ReadonlyMap<RepoPath, EmptiedFolder> {
  const filled = new Set<RepoPath>();
  const candidates = new Set<RepoPath>();
  for (const { path, after } of planned.values()) {
    for (let folder = parentOf(path); folder !== null; folder = parentOf(folder)) {
      (after === null ? candidates : filled).add(folder);
    }
  }
  const emptied = new Map<RepoPath, EmptiedFolder>();
  // Deepest first: a folder may be emptied by the going of the folders in it.
  for (const path of [...candidates].sort((a, b) => comparePaths(b, a))) {
    const look = observer.folder(path);
    if (filled.has(path) || look.kind !== 'folder') continue;
    const goes = (name: string): boolean => {
      const child = `${path}/${name}` as RepoPath;
      return planned.get(child)?.after === null || emptied.has(child);
    };
    if (!context.fs.readdir(absolute(context, path)).every(({ name }) => goes(name))) continue;
    emptied.set(path, { path, permissions: look.stat.mode, uid: look.stat.uid, gid: look.stat.gid });
  }
  return emptied;
}

/** Folders above `path` that are not there, or where a file stands that goes. */
function missingAbove(observer: Observer, path: RepoPath): readonly RepoPath[] {
  const missing: RepoPath[] = [];
  for (let folder = parentOf(path); folder !== null; folder = parentOf(folder)) {
    if (observer.folder(folder).kind === 'folder') break;
    missing.push(folder);
  }
  return missing;
}

function toEntry(side: Sides, look: Present, run: string, index: number, observer: Observer): JournalEntry {
  const folder = missingAbove(observer, side.path).at(-1);
  const nearest = parentOf(folder ?? side.path);
  const before =
    side.before === null || look.kind !== 'file'
      ? null
      : {
          sha256: side.before.sha256,
          mode: side.before.mode,
          permissions: look.stat.mode,
          uid: look.stat.uid,
          gid: look.stat.gid,
          backup: String(index).padStart(6, '0'),
        };
  const staged = stagedName(nearest, nameOf(side.path), run, index);
  return {
    path: side.path,
    before,
    after: side.after === null ? null : { sha256: side.after.sha256, mode: side.after.mode, staged },
    ...(side.from === undefined ? {} : { from: side.from }),
  };
}
