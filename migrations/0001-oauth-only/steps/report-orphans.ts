import { defineStep, findMentions, nameOf, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import type { OauthOnlyParams } from '../params.ts';

/** Knows the launchers by name to guard them; that is no use of them. */
const GUARD = 'scripts/litellm-entrypoint.sh';

/** What started the server in the legacy image. */
export const LAUNCHERS = ['entrypoint.sh', 'startup.py'];

/** Names launchers that nothing runs any more; deletes them only when asked to. */
export const reportOrphans = defineStep<OauthOnlyParams, readonly RepoPath[]>({
  id: 'report-orphans',
  title: 'Name the old launchers that nothing uses any more',
  description:
    'Looks whether anything in the planned tree still runs or copies entrypoint.sh and startup.py. What is unused is named and kept; ' +
    'with --param orphans=delete it is deleted.',
  version: 1,
  select: async (tree) => {
    const orphans = await findOrphans(tree);
    return orphans.length === 0
      ? { kind: 'done', why: 'no old launcher is left over' }
      : { kind: 'applies', input: orphans };
  },
  run: (orphans, tree, ctx) => {
    for (const path of orphans) {
      if (ctx.params.orphans === 'delete') tree.delete(path);
      else
        ctx.note({
          severity: 'info',
          path,
          message: 'nothing uses it any more; delete it when you like, or plan with --param orphans=delete',
        });
    }
  },
});

async function findOrphans(tree: ReadonlyTree): Promise<readonly RepoPath[]> {
  const launchers = tree.paths(...LAUNCHERS);
  const words = launchers.map((path) => ({ name: nameOf(path), kind: 'path' as const }));
  const used = new Set<string>();
  const mentions = (await findMentions(tree, words)).filter(
    ({ path, loadBearing, inComment }) => loadBearing && !inComment && path !== GUARD,
  );
  // A launcher that only another launcher runs is used when that one is: repeat until nothing is added.
  for (let before = -1; before !== used.size; ) {
    before = used.size;
    for (const { path, name } of mentions) {
      const fromLauncher = launchers.includes(path);
      const self = nameOf(path) === name && fromLauncher;
      if (!self && (!fromLauncher || used.has(nameOf(path)))) used.add(name);
    }
  }
  return launchers.filter((path) => !used.has(nameOf(path)));
}
