import {
  defineStep,
  type ReadonlyTree,
  RefitError,
  type RepoPath,
  type RepoTree,
  repoPath,
} from '../../../src/authoring.ts';
import { containerState, notReplacing } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';

/** More backups than this are not made by hand. */
const MOST_BACKUPS = 1000;

/** Keeps the old Dockerfile, byte for byte, beside the new one. */
export const backUpDockerfile = defineStep<OauthOnlyParams, RepoPath>({
  id: 'back-up-dockerfile',
  title: 'Back up the Dockerfile',
  description:
    'Copies the Dockerfile, bytes and mode, to Dockerfile.backup. A backup that is there and differs is kept and the next free name is taken; ' +
    'one that is the same is enough. A Dockerfile that is on the base image already is not backed up.',
  version: 1,
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'nothing to back up' };
    const same = backupsOf(tree, state.path).find((path) => sameFile(tree, path, state.path));
    if (same !== undefined) return { kind: 'done', why: `${same} is the same file already` };
    return { kind: 'applies', input: state.path };
  },
  run: (path, tree, ctx) => {
    const backup = copyToFreeName(tree, path);
    ctx.note({
      severity: 'info',
      path: backup,
      message: `exact copy of the old ${path}; it still names what was deleted`,
    });
  },
});

function backupsOf(tree: ReadonlyTree, path: RepoPath): readonly RepoPath[] {
  const prefix = `${path}.backup`;
  return tree
    .paths()
    .filter((one) => one === prefix || (one.startsWith(`${prefix}.`) && /^\d+$/.test(one.slice(prefix.length + 1))));
}

function sameFile(tree: ReadonlyTree, a: RepoPath, b: RepoPath): boolean {
  return tree.mode(a) === tree.mode(b) && Buffer.compare(tree.readBytes(a), tree.readBytes(b)) === 0;
}

/** An ignored file on disk is in no listing of the tree but stands in the way: then the next name is taken too. */
function copyToFreeName(tree: RepoTree, path: RepoPath): RepoPath {
  for (let number = 0; number < MOST_BACKUPS; number += 1) {
    const name = repoPath(`${path}.backup${number === 0 ? '' : `.${number}`}`);
    if (tree.has(name)) continue;
    try {
      tree.copy(path, name);
      return name;
    } catch (error) {
      if (!(error instanceof RefitError)) throw error;
    }
  }
  throw new RefitError(`no free name for a backup of ${path}`);
}
