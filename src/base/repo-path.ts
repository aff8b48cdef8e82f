import { RefitError } from './errors.ts';

/**
 * A path relative to the root of the checkout: `/` between parts, never empty, never absolute, no `.`, `..` or empty
 * part, no NUL. An escape from the root cannot be expressed.
 */
export type RepoPath = string & { readonly brand: 'RepoPath' };

/** Why `text` cannot be a {@link RepoPath}, or null when it can. */
export function repoPathProblem(text: string): string | null {
  if (text === '') return 'it is empty';
  if (text.startsWith('/')) return 'it is absolute';
  if (text.includes('\0')) return 'it holds a NUL byte';
  for (const part of text.split('/')) {
    if (part === '') return 'it has an empty part';
    if (part === '.' || part === '..') return `it has the part "${part}"`;
  }
  return null;
}

/**
 * Takes `text` as a repository path.
 * @throws RefitError when it is absolute, escapes the root or is not in its plain form.
 */
export function repoPath(text: string): RepoPath {
  const problem = repoPathProblem(text);
  if (problem !== null) throw new RefitError(`not a path inside the repository: ${JSON.stringify(text)} (${problem})`);
  return text as RepoPath;
}

/** The folder of `path`, or null when it lies at the root. */
export function parentOf(path: RepoPath): RepoPath | null {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? null : (path.slice(0, slash) as RepoPath);
}

/** The last part of `path`. */
export function nameOf(path: RepoPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` lies in `folder` or is `folder`. */
export function isInside(path: RepoPath, folder: RepoPath): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/**
 * Resolves `target`, written in a file that lies in `from` (null for the root), against the repository root.
 * Returns null when it leaves the repository or is absolute.
 */
export function resolveIn(from: RepoPath | null, target: string): RepoPath | null {
  if (target.startsWith('/') || target.includes('\0')) return null;
  const parts = from === null ? [] : from.split('/');
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : (parts.join('/') as RepoPath);
}

/** Where `text` stands in `paths`, sorted by code unit, or would stand. */
export function placeIn(paths: readonly string[], text: string): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Code-unit order: the same on every machine and locale, and git's order for ASCII names. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
