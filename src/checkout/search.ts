import { RefitError } from '../base/errors.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { grepTracked, type WorkTree } from '../host/git.ts';

/** The files to search, each read when it comes to it; links are not among them. */
export interface SearchableFiles {
  readonly paths: readonly RepoPath[];
  read(path: RepoPath): Uint8Array;
}

/** Files that hold any of the literals byte for byte, by reading each. */
export function searchByReading(files: SearchableFiles, literals: readonly string[]): readonly RepoPath[] {
  const needles = literals.map((literal) => Buffer.from(literal, 'utf8'));
  if (needles.length === 0) return [];
  return files.paths.filter((path) => {
    const bytes = files.read(path);
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return needles.some((needle) => content.includes(needle));
  });
}

// Starting git costs as much as reading this many files.
const FEW_FILES = 500;
const FEW_BYTES = 8 * 1024 * 1024;
/** A search that found more files than this does not narrow down a later one enough to be worth keeping. */
const NARROW = 1000;

/** A search of what git tracks, begun before the checkout was listed. */
export interface EarlySearch {
  readonly literals: readonly string[];
  /** As of `grepTracked`, for the lines of the literals. */
  readonly names: readonly string[];
}

/** Begins the search that a run will ask for first; null where that is no gain. Only speed depends on it. */
export async function searchEarly(
  tree: WorkTree,
  tracked: readonly RepoPath[],
  words: () => Promise<readonly string[]>,
): Promise<EarlySearch | null> {
  const literals = tracked.length <= FEW_FILES ? [] : [...new Set(await words())];
  const lines = literals.map(longestLine);
  if (lines.length === 0 || lines.includes('')) return null;
  return { literals, names: await grepTracked(tree, lines) };
}

/**
 * A search over a work tree, as {@link searchWithGit} finds, for the many searches of one run: a small checkout is read
 * at the first search and kept (8 MiB at most), and in a large one a search is answered from the files of an earlier
 * search whose literals are parts of its own, which are kept in the same way.
 */
export function openSearch(
  tree: WorkTree,
  files: SearchableFiles,
  unseen: ReadonlySet<RepoPath>,
  early: Promise<EarlySearch | null> = Promise.resolve(null),
): (literals: readonly string[]) => Promise<readonly RepoPath[]> {
  let few: SearchableFiles | null | undefined;
  // What fails early fails again, and is told then, when the search itself is asked for.
  let begun: Promise<EarlySearch | null> | null = early.catch(() => null);
  const earlier: { readonly literals: readonly string[]; readonly found: SearchableFiles }[] = [];
  const keep = (literals: readonly string[], paths: readonly RepoPath[]): void => {
    const found = { paths, read: files.read };
    if (paths.length <= NARROW) earlier.push({ literals, found: readFew(found) ?? found });
  };
  return async (literals) => {
    if (literals.length === 0) return [];
    if (few === undefined) few = readFew(files);
    if (few !== null) return searchByReading(few, literals);
    const first = await begun;
    begun = null;
    if (first !== null) {
      const paths = await searchWithGit(tree, files, unseen, first.literals, first.names);
      keep(first.literals, paths);
      const asked = new Set(literals);
      if (asked.size === first.literals.length && first.literals.every((one) => asked.has(one))) return paths;
    }
    const wider = earlier.find((one) => isCovered(literals, one.literals));
    if (wider !== undefined) return searchByReading(wider.found, literals);
    const paths = await searchWithGit(tree, files, unseen, literals);
    keep(literals, paths);
    return paths;
  };
}

/** Whether every file that holds one of `literals` holds one of `wider`. */
function isCovered(literals: readonly string[], wider: readonly string[]): boolean {
  const same = new Set(wider);
  return literals.every((literal) => same.has(literal) || wider.some((part) => literal.includes(part)));
}

/** The files with their content at hand when they are few and small; else, and when one cannot be read, null. */
function readFew(files: SearchableFiles): SearchableFiles | null {
  if (files.paths.length > FEW_FILES) return null;
  const contents = new Map<RepoPath, Uint8Array>();
  let left = FEW_BYTES;
  try {
    for (const path of files.paths) {
      const bytes = files.read(path);
      left -= bytes.length;
      if (left < 0) return null;
      contents.set(path, bytes);
    }
  } catch (error) {
    if (error instanceof RefitError) return null;
    throw error;
  }
  return { paths: files.paths, read: (path) => contents.get(path) ?? files.read(path) };
}

/**
 * Files that hold any of the literals: one `git grep` for what git tracks, and a read of what it does not see or would
 * read from elsewhere than the work tree (`unseen`, a sub-list of `files.paths`). Sorted. `names` is what that call of git
 * has answered already.
 */
export async function searchWithGit(
  tree: WorkTree,
  files: SearchableFiles,
  unseen: ReadonlySet<RepoPath>,
  literals: readonly string[],
  names?: readonly string[],
): Promise<readonly RepoPath[]> {
  if (literals.length === 0) return [];
  const lines = literals.map(longestLine);
  if (lines.includes('')) return searchByReading(files, literals);
  const grepped = new Set(names ?? (await grepTracked(tree, lines)));
  let found = files.paths.filter((path) => grepped.has(path) && !unseen.has(path));
  // Git searches line by line, so a literal of several lines is only narrowed down by its longest one.
  if (lines.some((line, index) => line !== literals[index])) {
    found = [...searchByReading({ paths: found, read: files.read }, literals)];
  }
  const read = searchByReading({ paths: [...unseen], read: files.read }, literals);
  return [...found, ...read].sort(comparePaths);
}

function longestLine(literal: string): string {
  return literal.split(/[\r\n\0]/).reduce((longest, line) => (line.length > longest.length ? line : longest), '');
}
