import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { RefitError, refusal } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { nodeFileSystem } from '../host/fs.ts';
import { runGit, tryGit } from '../host/git/run.ts';
import { pathsWithFilter, userIdentity, type WorkTree } from '../host/git.ts';
import type { FileMode } from '../tree/tree.ts';
import { removeFile } from './durable.ts';
import { succeeds } from './failure.ts';

/** The state of one path in a commit; null deletes it. */
export type CommitEntry = { readonly bytes: Uint8Array; readonly mode: FileMode } | null;

/** One commit to make: a message and the paths that differ from the commit before it. */
export interface CommitDraft {
  readonly message: string;
  readonly entries: ReadonlyMap<RepoPath, CommitEntry>;
}

/**
 * Writes the drafts as commits on top of HEAD through an index of its own: what the user has staged, the work tree and
 * hooks take no part. Commits are objects only until a reference names them, so a crash leaves nothing visible.
 * Returns the id of the last commit.
 * @throws RefitError when git does not know the author, or a path goes through a filter program that would have to run.
 */
export async function writeCommits(workTree: WorkTree, drafts: readonly CommitDraft[]): Promise<string> {
  await userIdentity(workTree);
  const names = [...new Set(drafts.flatMap((draft) => [...draft.entries.keys()]))];
  const filtered = await pathsWithFilter(workTree, names);
  if (filtered.size > 0) {
    throw refusal(`cannot commit ${[...filtered].join(', ')}: a filter program of the repository would have to run`, {
      hint: 'apply without --commit and commit by hand',
    });
  }
  const indexFile = join(workTree.gitDir, `refit-index-${randomBytes(6).toString('hex')}`);
  try {
    await runGit(
      workTree.root,
      workTree.headCommit === null ? ['read-tree', '--empty'] : ['read-tree', workTree.headCommit],
      { indexFile, config: workTree.programsOff },
    );
    let parent = workTree.headCommit;
    for (const draft of drafts) parent = await writeCommit(workTree, draft, parent, indexFile);
    if (parent === null) throw new RefitError('there is nothing to commit');
    return parent;
  } finally {
    // One that stays is read by nobody.
    for (const file of [indexFile, `${indexFile}.lock`]) succeeds(() => removeFile(nodeFileSystem, file));
  }
}

async function writeCommit(
  workTree: WorkTree,
  draft: CommitDraft,
  parent: string | null,
  indexFile: string,
): Promise<string> {
  const records: string[] = [];
  for (const [path, entry] of draft.entries) records.push(await indexRecord(workTree, path, entry));
  const config = workTree.programsOff;
  await runGit(workTree.root, ['update-index', '-z', '--index-info'], { input: records.join(''), indexFile, config });
  const tree = (await runGit(workTree.root, ['write-tree'], { indexFile, config })).toString('utf8').trim();
  const parents = parent === null ? [] : ['-p', parent];
  const args = ['commit-tree', tree, ...parents, '-F', '-'];
  return (await runGit(workTree.root, args, { input: draft.message, config: ['commit.gpgSign=false'] }))
    .toString('utf8')
    .trim();
}

async function indexRecord(workTree: WorkTree, path: RepoPath, entry: CommitEntry): Promise<string> {
  const full = workTree.prefix === '' ? path : `${workTree.prefix}/${path}`;
  const zero = '0'.repeat(workTree.objectFormat === 'sha1' ? 40 : 64);
  if (entry === null) return `0 ${zero}\t${full}\0`;
  // With --path git converts line ends as `git add` would; a link's target is stored as it is.
  const how = entry.mode === 'link' ? ['--no-filters'] : [`--path=${full}`];
  const id = (
    await runGit(workTree.root, ['hash-object', '-w', '--stdin', ...how], {
      input: entry.bytes,
      config: workTree.programsOff,
    })
  )
    .toString('utf8')
    .trim();
  return `${entry.mode === 'link' ? '120000' : `100${entry.mode}`} ${id}\t${full}\0`;
}

/**
 * Takes the committed paths into the user's index and moves the current branch to `commit`, so that the work tree shows
 * clean for them while everything else that was staged stays staged. In this order: a crash in between leaves the changes
 * staged, never a branch whose next commit would take them back.
 * @throws RefitError when git cannot write its index, or the branch moved meanwhile.
 */
export async function advanceHead(
  workTree: WorkTree,
  commit: string,
  entries: ReadonlyMap<RepoPath, CommitEntry>,
): Promise<void> {
  const config = workTree.programsOff;
  const records: string[] = [];
  for (const [path, entry] of entries) records.push(await indexRecord(workTree, path, entry));
  const staged = await tryGit(workTree.root, ['update-index', '-z', '--index-info'], {
    input: records.join(''),
    config,
  });
  if (staged.failed)
    throw new RefitError('the files are written, and git could not take them into its index', {
      details: [staged.stderr.trim()],
      hint: 'commit them by hand',
    });
  await tryGit(workTree.root, ['update-index', '-q', '--refresh'], { config });
  const moved = await pointTo(workTree, 'HEAD', commit, workTree.headCommit, 'refit: apply');
  if (moved !== null)
    throw new RefitError('the branch could not be moved to the commit of the run', {
      details: [moved],
      hint: 'the files are written and staged: git commit finishes',
    });
}

/**
 * Names `commit` by a new branch.
 * @throws RefitError when the name is not a branch name or the branch exists.
 */
export async function createBranch(workTree: WorkTree, name: string, commit: string): Promise<void> {
  const created = await pointTo(workTree, `refs/heads/${name}`, commit, null, 'refit: apply --branch');
  if (created !== null)
    throw refusal(`cannot create the branch ${name}`, { details: [created], hint: 'choose another --branch name' });
}

/** Lets `ref`, which has to stand at `from`, name `commit`. Null when it does, else what git says. */
async function pointTo(
  workTree: WorkTree,
  ref: string,
  commit: string,
  from: string | null,
  why: string,
): Promise<string | null> {
  const config = workTree.programsOff;
  const old = from ?? '0'.repeat(commit.length);
  const moved = await tryGit(workTree.root, ['update-ref', '-m', why, ref, commit, old], { config });
  if (!moved.failed) return null;
  // Git may fail, or be ended, when its work is done.
  const now = await tryGit(workTree.root, ['rev-parse', '--verify', '--quiet', ref], { config });
  return now.stdout.toString('utf8').trim() === commit ? null : moved.stderr.trim();
}

/** Refuses a branch name before any work is done for it. */
export async function refuseBranchName(workTree: WorkTree, name: string): Promise<void> {
  const form = await tryGit(workTree.root, ['check-ref-format', '--branch', name]);
  if (form.failed || name.startsWith('-'))
    throw refusal(`${JSON.stringify(name)} is not a branch name`, { hint: 'for example --branch refit/oauth-only' });
  const taken = await tryGit(workTree.root, ['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]);
  if (!taken.failed)
    throw refusal(`the branch ${name} exists`, { hint: 'choose another --branch name, or delete the branch' });
}
