import { join } from 'node:path';
import { RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { explainFsError, type FileSystem, fsErrorCode } from '../host/fs.ts';
import type { FileMode, TreeSource } from '../tree/tree.ts';
import { indexIn, type Listing, lstatInside } from './entries.ts';
import { findObstacle } from './obstacle.ts';

/** A {@link TreeSource} over files on disk. Every file is read when asked for, and no link is ever followed. */
export function diskSource(
  fs: FileSystem,
  root: string,
  listing: Listing,
  maxFileBytes: number,
  search: TreeSource['search'],
): TreeSource {
  const mode = (path: RepoPath): FileMode => {
    const known = listing.modes.get(path);
    if (known === undefined && indexIn(listing.paths, path) === -1) throw noSuchFile(path);
    return known ?? '644';
  };
  return {
    list: () => listing.paths,
    mode,
    read: (path) => readEntry(fs, root, path, mode(path), maxFileBytes),
    search,
    obstacle: (path) => findObstacle(fs, root, path, listing.paths),
    leftAlone: listing.leftAlone,
  };
}

function noSuchFile(path: string): RefitError {
  return new RefitError(`no such file in the tree: ${path}`);
}

/**
 * Reads one listed file, or the target of a link.
 * @throws RefitError when it cannot be read, is gone, is of another kind by now or has grown over the limit.
 */
export function readEntry(fs: FileSystem, root: string, path: RepoPath, mode: FileMode, maxFileBytes: number): Buffer {
  try {
    const stat = lstatInside(fs, root, path);
    if (stat === null) throw new RefitError(`cannot read ${path}: it is gone since the checkout was listed`);
    // A checkout without links (core.symlinks=false) keeps the target as the content of a plain file.
    if (mode === 'link' && stat.kind === 'link') return fs.readlink(join(root, path));
    if (stat.kind === 'file' && stat.size > maxFileBytes) {
      throw new RefitError(`cannot read ${path}: it is larger than ${maxFileBytes} bytes`);
    }
    return fs.readFile(join(root, path));
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot read ${path}: ${explainFsError(error)}`, { cause: error });
  }
}
