import { dirname, join } from 'node:path';
import { RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { type FileSystem, nodeFileSystem } from '../host/fs.ts';
import type { ReadonlyTree } from '../tree/tree.ts';

/**
 * Writes every file of `tree` into `folder`, an existing empty folder (absolute): bytes, mode 644 or 755 whatever the
 * umask, and links as links.
 * @throws RefitError when the folder is not empty.
 */
export function exportTree(tree: ReadonlyTree, folder: string, fs: FileSystem = nodeFileSystem): void {
  if (fs.readdir(folder).length > 0) throw new RefitError(`cannot export into ${folder}: it is not empty`);
  const made = new Set([folder]);
  const links: RepoPath[] = [];
  for (const path of tree.paths()) {
    const target = join(folder, path);
    if (!made.has(dirname(target))) {
      fs.mkdir(dirname(target), true);
      made.add(dirname(target));
    }
    const mode = tree.mode(path);
    if (mode === 'link') links.push(path);
    else {
      const bits = mode === '755' ? 0o755 : 0o644;
      fs.writeFile(target, tree.readBytes(path), bits);
      fs.chmod(target, bits);
    }
  }
  // Links come last, so that no file can be written through one.
  for (const path of links) fs.symlink(tree.readBytes(path), join(folder, path));
}
