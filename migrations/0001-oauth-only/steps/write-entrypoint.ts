import { defineStep, type RepoPath, repoPath } from '../../../src/authoring.ts';
import { containerState, notReplacing } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';

const TEMPLATE = 'litellm-entrypoint.sh';

/** Where the entrypoint script of the new image lies. */
export const ENTRYPOINT_PATH: RepoPath = repoPath('scripts/litellm-entrypoint.sh');

/** Creates the script that starts the new container. */
export const writeEntrypoint = defineStep<OauthOnlyParams, 'create' | 'make-executable'>({
  id: 'write-entrypoint',
  title: 'Write the entrypoint script',
  description:
    'Creates scripts/litellm-entrypoint.sh, mode 755: the login set-up of the base image once, the master-key guard for the server, then the command. ' +
    'A script of that name with other text is left alone, and stops the run, because the new Dockerfile would start it.',
  version: 1,
  templates: [TEMPLATE],
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile is replaced' };
    if (!tree.has(ENTRYPOINT_PATH)) return { kind: 'applies', input: 'create' };
    if (tree.mode(ENTRYPOINT_PATH) === 'link' || tree.tryReadText(ENTRYPOINT_PATH) !== ctx.template(TEMPLATE)) {
      const why = 'a script of this name exists and says something else; rename it, or take its text over by hand';
      return { kind: 'refuse', why, path: ENTRYPOINT_PATH, line: 1 };
    }
    if (tree.mode(ENTRYPOINT_PATH) === '644') return { kind: 'applies', input: 'make-executable' };
    return { kind: 'done', why: `${ENTRYPOINT_PATH} is there` };
  },
  run: (act, tree, ctx) => {
    if (act === 'create') tree.create(ENTRYPOINT_PATH, ctx.template(TEMPLATE), '755');
    else tree.setMode(ENTRYPOINT_PATH, '755');
  },
});
