import { join } from 'node:path';
import { isGitFolderName } from '../base/name-hazards.ts';
import { nameOf, parentOf, type RepoPath } from '../base/repo-path.ts';
import type { FileSystem } from '../host/fs.ts';
import { indexIn, isRunFile, isUnsafeName } from './entries.ts';

/**
 * What stands in the way of creating `path`, which is not one of the listed `paths`: something ignored or left alone, a
 * folder, a link on the way, another repository, or a name that this disk takes for the same. Null when nothing does.
 */
export function findObstacle(fs: FileSystem, root: string, path: RepoPath, paths: readonly RepoPath[]): string | null {
  if (isUnsafeName(path) || path.split('/').some(isGitFolderName)) return `${path} belongs to git`;
  if (isRunFile(path)) return `${path} belongs to the records of refit`;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash) as RepoPath;
    const stat = fs.lstat(join(root, folder));
    if (stat === null) return null;
    const twin = findTwin(fs, root, folder);
    if (twin !== null) return describeTwin(twin);
    if (stat.kind === 'link') return `${folder} is a symbolic link, which is never followed`;
    // A listed file may be gone by the time this one is written; the tree itself knows.
    if (stat.kind === 'file' && indexIn(paths, folder) !== -1) return null;
    if (stat.kind !== 'folder') return `${folder} is not a folder`;
    if (fs.lstat(join(root, folder, '.git')) !== null) return `${folder} is a repository of its own`;
  }
  const stat = fs.lstat(join(root, path));
  if (stat === null || indexIn(paths, path) !== -1) return null;
  const twin = findTwin(fs, root, path);
  if (twin !== null) return describeTwin(twin);
  if (stat.kind === 'folder') return `${path} is a folder`;
  if (stat.kind === 'link') return `${path} is a symbolic link that is ignored or left alone`;
  return `${path} is a file that is ignored or left alone`;
}

function describeTwin(twin: string): string {
  return `${twin} stands there, and this disk does not tell the two names apart`;
}

/** The name that really stands on disk where `path` was found, when it is not spelled like `path`. */
function findTwin(fs: FileSystem, root: string, path: RepoPath): string | null {
  const parent = parentOf(path);
  const name = nameOf(path);
  const names = fs.readdir(parent === null ? root : join(root, parent)).map((entry) => entry.name);
  if (names.includes(name)) return null;
  const folded = fold(name);
  const twin = names.find((other) => fold(other) === folded);
  if (twin === undefined) return null;
  return parent === null ? twin : `${parent}/${twin}`;
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
