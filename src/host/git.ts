import type { SimpleGit } from 'simple-git';
import { RefitError } from '../base/errors.ts';
import { gitEnvironment, QUIET_CONFIG, tryGit } from './git/run.ts';
import type { WorkTree } from './git/work-tree.ts';

export { diffFiles, diffIndex, hashConverted, pathsWithFilter, type RawDifference } from './git/differ.ts';
export { grepTracked } from './git/grep.ts';
export { listCommittedSince, listMessages } from './git/history.ts';
export {
  ignoresFolder,
  indexMode,
  listRemembered,
  listTracked,
  listUntracked,
  type RememberedStat,
  type TrackedEntry,
  tracksBelow,
  type UntrackedListing,
} from './git/list.ts';
export type { GitName } from './git/names.ts';
export { gitEnvironment } from './git/run.ts';
export { type CommittedFiles, readCommitted } from './git/tree-at.ts';
export { findWorkTree, type WorkTree } from './git/work-tree.ts';

/**
 * simple-git on the work tree, with nothing from the repository's configuration running: for the few calls that answer
 * in a line or write. Bulk listings go through `git/run.ts` instead, which keeps the bytes of names and needs no library
 * loaded. simple-git refuses each setting below unless it is told that it is meant.
 */
export async function openSimpleGit(tree: WorkTree): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git');
  const env = gitEnvironment();
  const git = simpleGit({
    allowEnvironment: Object.keys(env),
    baseDir: tree.folder,
    config: [...QUIET_CONFIG, ...tree.programsOff],
    unsafe: {
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFilter: true,
      allowUnsafeConfigPaths: true,
    },
    trimmed: true,
  });
  return git.env({ ...env });
}

export interface UserIdentity {
  readonly name: string;
  readonly email: string;
}

/**
 * Who git's configuration says the user is.
 * @throws RefitError when it does not say.
 */
export async function userIdentity(tree: WorkTree): Promise<UserIdentity> {
  const git = await openSimpleGit(tree);
  const [name, email] = [await git.getConfig('user.name'), await git.getConfig('user.email')];
  if (!name.value || !email.value) {
    throw new RefitError('git does not know who commits', {
      hint: 'git config user.name "Your Name" and git config user.email you@example.org',
    });
  }
  return { name: name.value, email: email.value };
}

/** Whether permission bits on this disk mean anything to git (`core.fileMode`). */
export async function trustsFileModes(tree: WorkTree): Promise<boolean> {
  const setting = await tryGit(tree.root, ['config', '--type=bool', '--get', 'core.fileMode']);
  return setting.stdout.toString('utf8').trim() !== 'false';
}
