import { defineStep } from '../../../src/authoring.ts';
import { type NpmMoves, notesOfLocks, planNpmMoves } from '../manifests/npm-moves.ts';
import type { AgentSdkParams } from '../params.ts';

/** Lists the new package where the code that a package.json answers for imports it. */
export const moveNpmPackages = defineStep<AgentSdkParams, NpmMoves>({
  id: 'move-npm-packages',
  title: 'List the Agent SDK in package.json',
  description:
    'Replaces the package in every package.json whose code imports the SDK: dependencies of all kinds, overrides, lists of packages. The range is what ' +
    'the zod of the checkout allows. Where the claude program of the old package is used too, the old entry stays and the new one is added. A package ' +
    'that nothing imports is left alone. Lock files are never edited: a note says which command brings each up to date.',
  version: 1,
  select: async (tree, { params }) => {
    const moves = await planNpmMoves(tree, params);
    if (moves.manifests.length === 0 && moves.notes.length === 0) {
      return { kind: 'done', why: 'no package.json lists the old package for code that imports the SDK' };
    }
    return { kind: 'applies', input: moves };
  },
  run: ({ manifests, notes }, tree, ctx) => {
    for (const { path, edits } of manifests) tree.edit(path, edits);
    const changed = manifests.filter(({ edits }) => edits.length > 0).map(({ path }) => path);
    for (const note of [...notes, ...notesOfLocks(tree, changed)]) ctx.note(note);
  },
});
