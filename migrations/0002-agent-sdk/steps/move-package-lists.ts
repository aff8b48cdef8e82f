import { defineStep } from '../../../src/authoring.ts';
import { type ListMoves, planListMoves } from '../manifests/list-moves.ts';
import type { AgentSdkParams } from '../params.ts';

/** Runs after package.json: what stays listed there decides whether a name is replaced or joined by the new one. */
export const movePackageLists = defineStep<AgentSdkParams, ListMoves>({
  id: 'move-package-lists',
  title: 'Name the Agent SDK where tools keep lists of packages',
  description:
    'Bundler externals, ESLint and test settings, paths of tsconfig.json, pnpm-workspace.yaml and the import maps of Deno follow the package: the ' +
    'name is replaced, or the new one added where the old package stays. Install commands, messages and argument lists are left alone.',
  version: 1,
  select: async (tree, { params }) => {
    const moves = await planListMoves(tree, params);
    if (moves.files.length === 0 && moves.notes.length === 0)
      return { kind: 'done', why: 'no list names the old package' };
    return { kind: 'applies', input: moves };
  },
  run: ({ files, notes }, tree, ctx) => {
    for (const { path, edits } of files) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});
