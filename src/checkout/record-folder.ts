import { join } from 'node:path';
import type { FileSystem } from '../host/fs.ts';
import { tracksBelow, type WorkTree } from '../host/git.ts';
import { lstatInside, PLAIN_RUN_FOLDER } from './entries.ts';

/**
 * Where the runs on a work tree are kept: in git's own folder, but in `.refit/runs` where runs lie from before the folder
 * had git, so that none of them is lost sight of. Never where the repository itself brings such a folder: then what lies
 * there was written by somebody else.
 */
export async function findRecordFolder(fs: FileSystem, tree: WorkTree): Promise<string> {
  const own = join(tree.stateFolder, 'runs');
  if (tree.prefix !== '' || lstatInside(fs, tree.folder, PLAIN_RUN_FOLDER)?.kind !== 'folder') return own;
  return (await tracksBelow(tree, PLAIN_RUN_FOLDER)) ? own : join(tree.folder, PLAIN_RUN_FOLDER);
}
