import { decodeName, type GitName, splitNul } from './names.ts';
import { explainGitFailure, runGit, tryGit } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/** One entry of git's index. */
export interface TrackedEntry {
  readonly name: GitName;
  /** As git writes it: `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  /** 0, or 1 to 3 for the sides of a merge conflict. */
  readonly stage: number;
  /**
   * Set for a file that git was told not to look at (`assume-unchanged`) or that lies outside a sparse checkout, with
   * what the index holds for it.
   */
  readonly unwatched: { readonly objectId: string } | null;
  /** Bytes modulo 2^32, right unless `diffFiles` names the path; null when git does not say. */
  readonly size: number | null;
}

const TAB = 9;
const LINE_FEED = 10;
const SPACE = 32;

/**
 * Lists the index below `tree.folder` in git's order, with sizes, so that a large checkout opens without looking at each
 * file. Straight from git's bytes: simple-git decodes what is no UTF-8 to U+FFFD, and keeps several copies in memory.
 * `take` gets one entry at a time while git still writes the next: a hundred thousand of them at once are more than the
 * rest of a plan takes. It must not throw.
 */
export async function listTracked(tree: WorkTree, take: (entry: TrackedEntry) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  await runGit(tree.folder, DETAILS, {
    onStdout: (chunk) => {
      const listing = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      // What follows the last line of an entry shows that it was the last one.
      rest = listing.subarray(takeEntries(listing, listing.length - 1, take));
    },
  });
  takeEntries(rest, rest.length, take);
}

/** Takes the entries that end at `limit` or before, and tells where the next one starts. */
function takeEntries(listing: Buffer, limit: number, take: (entry: TrackedEntry) => void): number {
  let at = 0;
  while (at < listing.length) {
    const { tab, end, next } = entryAt(listing, at);
    if (next > limit) break;
    // `H 100644 <object id> 0`, the tag in lower case for a file that is not watched.
    const tag = listing[at] as number;
    const unwatched = tag === 0x53 || tag >= 0x61;
    take({
      name: nameIn(listing, tab + 1, end),
      mode: modeIn(listing, at + 2),
      stage: (listing[tab - 1] as number) - 48,
      unwatched: unwatched ? { objectId: listing.toString('latin1', at + 9, tab - 2) } : null,
      size: sizeIn(listing, end + 1, next),
    });
    at = next;
  }
  return at;
}

/** Tag, mode, object id and stage of each entry, and with --debug some lines on what the index remembers of the file. */
const DETAILS = ['ls-files', '-z', '-v', '-s', '--debug'];

/** No line that --debug writes is shorter: `  ctime: 0:0`. */
const SHORTEST_LINE = 12;

/**
 * Where the entry at `at` has its tab and its NUL, and where the next one starts, after the indented lines. All three lie
 * at the end of `listing` or behind it when that holds only the start of the entry.
 */
function entryAt(listing: Buffer, at: number): { readonly tab: number; readonly end: number; readonly next: number } {
  // Plain loops: for spans this short they beat a native search by far.
  let tab = at;
  while (tab < listing.length && listing[tab] !== TAB) tab += 1;
  let end = tab;
  while (end < listing.length && listing[end] !== 0) end += 1;
  let next = end + 1;
  while (listing[next] === SPACE) {
    next += SHORTEST_LINE;
    while (next < listing.length && listing[next] !== LINE_FEED) next += 1;
    next += 1;
  }
  return { tab, end, next };
}

function nameIn(listing: Buffer, from: number, to: number): GitName {
  for (let at = from; at < to; at += 1) {
    if ((listing[at] as number) >= 0x80) return decodeName(listing.subarray(from, to));
  }
  return { kind: 'text', text: listing.toString('latin1', from, to) };
}

const REGULAR = '100644';

function modeIn(listing: Buffer, at: number): string {
  for (let index = 0; index < REGULAR.length; index += 1) {
    if (listing[at + index] !== REGULAR.charCodeAt(index)) return listing.toString('latin1', at, at + REGULAR.length);
  }
  return REGULAR;
}

const SIZE_LABEL = Buffer.from('size: ');

function sizeIn(listing: Buffer, from: number, to: number): number | null {
  // From the end, where the size stands.
  for (let at = to - SIZE_LABEL.length; at >= from; at -= 1) {
    if (listing[at] !== SIZE_LABEL[0] || listing.compare(SIZE_LABEL, 0, 6, at, at + 6) !== 0) continue;
    let size = 0;
    for (let digit = at + 6; digit < to && (listing[digit] as number) >= 48; digit += 1) {
      size = size * 10 + (listing[digit] as number) - 48;
    }
    return size;
  }
  return null;
}

/** What the index remembers of a file: times in milliseconds since 1970, size in bytes modulo 2^32. */
export interface RememberedStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

const STAT = /ctime: (\d+):(\d+)\s+mtime: (\d+):(\d+)\s.*size: (\d+)/s;

/** What the index remembers of each file below `tree.folder`, by path. */
export async function listRemembered(tree: WorkTree): Promise<ReadonlyMap<string, RememberedStat>> {
  const listing = await runGit(tree.folder, DETAILS);
  const remembered = new Map<string, RememberedStat>();
  for (let at = 0; at < listing.length; ) {
    const { tab, end, next } = entryAt(listing, at);
    const name = decodeName(listing.subarray(tab + 1, end));
    const [stat, ...fields] = STAT.exec(listing.toString('latin1', end + 1, next)) ?? [];
    const [ctime = 0, ctimeNs = 0, mtime = 0, mtimeNs = 0, size = 0] = fields.map(Number);
    if (name.kind === 'text' && stat !== undefined) {
      remembered.set(name.text, { size, ctimeMs: ctime * 1000 + ctimeNs / 1e6, mtimeMs: mtime * 1000 + mtimeNs / 1e6 });
    }
    at = next;
  }
  return remembered;
}

export interface UntrackedListing {
  /** Files and links that git neither tracks nor ignores; a repository inside this one ends with `/`. */
  readonly names: readonly GitName[];
  /** Folders that git could not look into. */
  readonly closed: readonly string[];
}

/** Lists what git would call untracked below `tree.folder`. */
export async function listUntracked(tree: WorkTree): Promise<UntrackedListing> {
  const result = await tryGit(tree.folder, ['ls-files', '-z', '-o', '--exclude-standard']);
  if (result.failed) throw explainGitFailure(result, tree.folder);
  const closed = [...result.stderr.matchAll(/^warning: could not open directory '(.*?)\/?': .*$/gm)];
  return { names: splitNul(result.stdout).map(decodeName), closed: closed.map((match) => match[1] ?? '') };
}

/** Whether git ignores `tree.folder` itself. */
export async function ignoresFolder(tree: WorkTree): Promise<boolean> {
  if (tree.prefix === '') return false;
  const result = await tryGit(tree.folder, ['check-ignore', '--quiet', '.'], { magicPathspecs: true });
  if (result.failed && result.exitCode !== 1) throw explainGitFailure(result, tree.folder);
  return !result.failed;
}

/** The mode of one path in the index (`100755`), relative to `tree.folder`; null when git does not track it. */
export async function indexMode(tree: WorkTree, path: string): Promise<string | null> {
  const listing = await runGit(tree.folder, ['ls-files', '-z', '-s', '--', path]);
  return listing.length === 0 ? null : listing.toString('latin1', 0, 6);
}

/** Whether the index holds anything at or below `path`, however its letters are cased. */
export async function tracksBelow(tree: WorkTree, path: string): Promise<boolean> {
  const words = ['ls-files', '-z', '--', `:(icase)${path}`];
  return (await runGit(tree.folder, words, { magicPathspecs: true })).length > 0;
}
