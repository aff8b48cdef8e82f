import { defineStep, findMentions, type Mention, type RepoPath } from '../../../src/authoring.ts';
import type { OauthOnlyParams } from '../params.ts';

const FOLDER = 'simple-oauth';

interface Helper {
  readonly files: readonly RepoPath[];
  readonly usedBy: Mention | undefined;
}

/** Deletes the experimental OAuth helper folder, unless something outside it runs it. */
export const deleteSimpleOauth = defineStep<OauthOnlyParams, Helper>({
  id: 'delete-simple-oauth',
  title: 'Delete the experimental OAuth helper',
  description:
    'Deletes the folder simple-oauth/ with everything in it that git knows or would add. When code, compose or CI outside the folder ' +
    'refers to it, the folder stays and the place is named. Ignored files in it are not touched.',
  version: 1,
  select: async (tree) => {
    const files = tree.paths(`${FOLDER}/**`);
    if (files.length === 0) return { kind: 'done', why: `there is no ${FOLDER}/` };
    const mentions = await findMentions(tree, [{ name: FOLDER, kind: 'path' }]);
    const usedBy = mentions.find(
      ({ path, loadBearing, inComment }) => loadBearing && !inComment && !path.startsWith(`${FOLDER}/`),
    );
    return { kind: 'applies', input: { files, usedBy } };
  },
  run: ({ files, usedBy }, tree, ctx) => {
    if (usedBy !== undefined) {
      ctx.note({
        severity: 'todo',
        path: usedBy.path,
        line: usedBy.line,
        message: `refers to ${FOLDER}/, so the folder was kept`,
      });
      return;
    }
    for (const path of files) tree.delete(path);
  },
});
