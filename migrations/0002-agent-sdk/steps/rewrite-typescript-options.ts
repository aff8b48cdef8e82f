import { defineStep } from '../../../src/authoring.ts';
import { targetVersion } from '../manifests/ranges.ts';
import type { AgentSdkParams } from '../params.ts';
import { type Changes, gatherChanges } from '../typescript/options/changes.ts';
import { noteLeftovers, rewriteTypedObjects } from '../typescript/options/leftovers.ts';
import { findQueries, rewriteQuery } from '../typescript/options/queries.ts';
import { readSdkCode } from '../typescript/sdk-code.ts';

/** Runs while the code still imports the old SDK: that is how its own options are told from those of the repository. */
export const rewriteTypeScriptOptions = defineStep<AgentSdkParams, Changes>({
  id: 'rewrite-typescript-options',
  title: 'Keep what the old SDK did by itself, in TypeScript and JavaScript',
  description:
    'Turns customSystemPrompt and appendSystemPrompt into systemPrompt, and writes out the prompt of Claude Code, all setting sources and the ' +
    'permission mode where a query left them to the SDK. Options are followed through variables, spreads and helpers; where they are not seen ' +
    "whole a note has the missing keys. Fields of the same names that are not the SDK's own are left alone.",
  version: 1,
  select: async (tree, { params }) => {
    const set = await readSdkCode(tree);
    if (set === null) return { kind: 'done', why: 'no code loads the old SDK' };
    const changes = gatherChanges(set, params.npmRange ?? targetVersion(tree));
    for (const call of findQueries(changes)) rewriteQuery(changes, call);
    rewriteTypedObjects(changes);
    noteLeftovers(changes);
    return { kind: 'applies', input: changes };
  },
  run: (changes, tree, ctx) => {
    for (const [path, edits] of changes.editsByFile()) tree.edit(path, edits);
    for (const note of changes.notes()) ctx.note(note);
  },
});
