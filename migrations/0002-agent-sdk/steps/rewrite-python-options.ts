import { defineStep, type Note, type RepoPath, type TextEdit } from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { gatherPythonChanges } from '../python/options/changes.ts';
import { findGroups } from '../python/options/groups.ts';
import { noteLeftovers } from '../python/options/leftovers.ts';
import { completeQueries } from '../python/options/queries.ts';
import { rewriteOptions } from '../python/options/rewrite-options.ts';
import { readSdkPython } from '../python/sdk-python.ts';

interface Findings {
  readonly files: readonly { readonly path: RepoPath; readonly edits: readonly TextEdit[] }[];
  readonly notes: readonly Note[];
}

/** Runs while the code still imports the old SDK: that is how its options are told from those of the repository. */
export const rewritePythonOptions = defineStep<AgentSdkParams, Findings>({
  id: 'rewrite-python-options',
  title: 'Keep what the old SDK did by itself, in Python and in notebooks',
  description:
    'Turns append_system_prompt into system_prompt, and writes out the prompt of Claude Code and all setting sources where the options, or a query ' +
    'without any, left them to the SDK. Follows variables, dictionaries that are spread, attributes and helpers of the same file; where options are not ' +
    "seen whole a note has the missing keys. Fields of the same names that are not the SDK's own are left alone.",
  version: 1,
  select: async (tree) => {
    const sdk = await readSdkPython(tree);
    if (sdk.files.length === 0) return { kind: 'done', why: 'no Python code loads the old SDK' };
    const found = sdk.files.map((file) => {
      const changes = gatherPythonChanges(sdk, file);
      for (const group of findGroups(sdk, file)) rewriteOptions(changes, group);
      completeQueries(changes);
      noteLeftovers(changes);
      return { file, changes };
    });
    const files = found
      .map(({ file, changes }) => ({ path: file.path, edits: file.toFile(changes.edits()) }))
      .filter(({ edits }) => edits.length > 0);
    const first = found.map(({ changes }) => changes.firstDefault()).find((place) => place !== null);
    const notes = [...found.flatMap(({ changes }) => changes.notes()), ...(first == null ? [] : [noteOnce(first)])];
    if (files.length === 0 && notes.length === 0) return { kind: 'done', why: 'no options of the old SDK are made' };
    return { kind: 'applies', input: { files, notes } };
  },
  run: ({ files, notes }, tree, ctx) => {
    for (const { path, edits } of files) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});

function noteOnce(place: Pick<Note, 'path' | 'line'>): Note {
  return {
    severity: 'warning',
    ...place,
    message:
      'here and below all setting sources are written out, for the old SDK loaded them: an agent that needs none of them is better off with fewer ("project" loads ' +
      'CLAUDE.md). No permission mode is written, for the old SDK sent none; where it is absent a newer CLI may start in another mode',
  };
}
