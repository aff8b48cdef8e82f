import { RefitError } from '../../base/errors.ts';
import { decodeName, splitNul } from './names.ts';
import { explainGitFailure, runGit, tryGit } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/** Messages of the newest `limit` commits that lead to HEAD and touch `tree.folder`, newest first; none before the first. */
export async function listMessages(tree: WorkTree, limit: number): Promise<readonly string[]> {
  if (tree.headCommit === null) return [];
  // Signatures would be checked by a program that the configuration names.
  const args = ['log', '-z', '--no-show-signature', `--max-count=${limit}`, '--format=%B', tree.headCommit, '--'];
  // A pathspec makes git compare trees, which costs much more than reading messages.
  if (tree.prefix !== '') args.push('.');
  return splitNul(await runGit(tree.folder, args)).map((message) => message.toString('utf8'));
}

/**
 * Paths below `tree.folder` that differ between HEAD and the commit where it left `ref`; deleted ones are among them.
 * @throws RefitError when there is no such commit, or no common one in this clone.
 */
export async function listCommittedSince(tree: WorkTree, ref: string): Promise<readonly string[]> {
  const commit = await resolveCommit(tree, ref);
  const head = tree.headCommit ?? commit;
  const base = await tryGit(tree.folder, ['merge-base', commit, head]);
  if (base.exitCode === 1) {
    throw new RefitError(`${JSON.stringify(ref)} and HEAD have no common commit in this clone`, {
      hint: 'fetch the history between them (in a CI job: fetch-depth: 0)',
    });
  }
  if (base.failed) throw explainGitFailure(base, tree.folder);
  const from = base.stdout.toString('latin1').trim();
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--no-ext-diff', '--relative'];
  const listing = await runGit(tree.folder, [...args, from, head], { config: tree.programsOff });
  return splitNul(listing).flatMap((bytes) => {
    const name = decodeName(bytes);
    return name.kind === 'text' ? [name.text] : [];
  });
}

/** The full hash of the commit that `ref` names. @throws RefitError when there is none. */
export async function resolveCommit(tree: WorkTree, ref: string): Promise<string> {
  const found = ref.startsWith('-')
    ? null
    : await tryGit(tree.folder, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (found === null || found.failed || tree.headCommit === null) {
    throw new RefitError(`there is no commit ${JSON.stringify(ref)} in this clone`, {
      hint: 'fetch it first (in a shallow clone of a CI job: fetch-depth: 0), or name another',
    });
  }
  return found.stdout.toString('latin1').trim();
}
