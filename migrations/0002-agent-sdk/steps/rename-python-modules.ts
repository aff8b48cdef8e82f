import { defineStep, type Note, type RepoPath, type TextEdit } from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { renameFile } from '../python/rename-file.ts';
import { readRenames } from '../python/renames.ts';
import { readSdkPython } from '../python/sdk-python.ts';
import { notesOfPrograms } from '../python-manifests/cli-program.ts';

interface Findings {
  readonly files: readonly { readonly path: RepoPath; readonly edits: readonly TextEdit[] }[];
  readonly notes: readonly Note[];
}

/** Names the module and its options class anew where Python code loads, patches or looks them up. */
export const renamePythonModules = defineStep<AgentSdkParams, Findings>({
  id: 'rename-python-modules',
  title: 'Import the Agent SDK in Python and in notebooks',
  description:
    'Renames claude_code_sdk, its submodules and ClaudeCodeOptions in imports, uses, annotations, patches, and strings that load a module; names that the ' +
    "repository hands on are followed. An alias stays, and so does a public name of the repository's own, with a note. A file that does not parse is " +
    'skipped with a note. Other texts and comments are left alone.',
  version: 1,
  select: async (tree) => {
    const sdk = await readSdkPython(tree);
    const renames = readRenames(sdk);
    const found = sdk.files.map((file) => ({ file, ...renameFile(sdk, renames, file) }));
    const files = found
      .filter(({ edits }) => edits.length > 0)
      .map(({ file, edits }) => ({ path: file.path, edits: file.toFile(edits) }));
    const notes = [
      ...(files.length > 0 ? await notesOfPrograms(tree) : []),
      ...found.flatMap((one) => one.notes),
      ...sdk.unread.map(({ path, line, why }): Note => {
        const place = line > 0 ? { path, line } : { path };
        return { severity: 'todo', ...place, message: `${why}, so it is left as it is: move it by hand` };
      }),
    ];
    if (files.length === 0 && notes.length === 0) return { kind: 'done', why: 'no Python code names the old module' };
    return { kind: 'applies', input: { files, notes } };
  },
  run: ({ files, notes }, tree, ctx) => {
    for (const { path, edits } of files) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});
