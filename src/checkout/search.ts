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

/**
 * A search over a work tree, as {@link searchWithGit} finds, for the many searches of one run: a small checkout is read
 * at the first search and kept (8 MiB at most), and in a large one a search is answered from the files of an earlier
 * search whose literals are parts of its own, which are kept in the same way.
 */
export function openSearch(
  tree: WorkTree,
  files: SearchableFiles,
  unseen: ReadonlySet<RepoPath>,
): (literals: readonly string[]) => Promise<readonly RepoPath[]> {
  let few: SearchableFiles | null | undefined;
  const earlier: { readonly literals: readonly string[]; readonly found: SearchableFiles }[] = [];
  return async (literals) => {
    if (literals.length === 0) return [];
    if (few === undefined) few = readFew(files);
    if (few !== null) return searchByReading(few, literals);
    const wider = earlier.find((one) =>
      literals.every((literal) => one.literals.some((part) => literal.includes(part))),
    );
    if (wider !== undefined) return searchByReading(wider.found, literals);
    const paths = await searchWithGit(tree, files, unseen, literals);
    const found = { paths, read: files.read };
    if (paths.length <= NARROW) earlier.push({ literals, found: readFew(found) ?? found });
    return paths;
  };
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
 * read from elsewhere than the work tree (`unseen`, a sub-list of `files.paths`). Sorted.
 */
export async function searchWithGit(
  tree: WorkTree,
  files: SearchableFiles,
  unseen: ReadonlySet<RepoPath>,
  literals: readonly string[],
): Promise<readonly RepoPath[]> {
  if (literals.length === 0) return [];
  const lines = literals.map(longestLine);
  if (lines.includes('')) return searchByReading(files, literals);
  const grepped = new Set(await grepTracked(tree, lines));
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
