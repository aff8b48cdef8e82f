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
