import { defineStep } from '../../../src/authoring.ts';
import { type OtherDocument, readOtherDocuments } from '../documents/other-documents.ts';
import type { OauthOnlyParams } from '../params.ts';

export const noteOtherDocuments = defineStep<OauthOnlyParams, readonly OtherDocument[]>({
  id: 'note-other-documents',
  title: 'Name what other documents say about the removed login',
  description:
    'Notes, with path and line, what documents other than README.md, CLAUDE.md and AUTH_SETUP.md, and the targets of Makefiles, justfiles and Taskfiles, say about the removed login. Edits them only where a line is nothing but a command that runs a deleted script, or a link to one. Archives and changelogs are history and are left alone.',
  version: 1,
  select: async (tree) => {
    const documents = await readOtherDocuments(tree);
    return documents.length > 0
      ? { kind: 'applies', input: documents }
      : { kind: 'done', why: 'no other document speaks of the removed login' };
  },
  run: (documents, tree, ctx) => {
    for (const { path, text, notes } of documents) {
      if (tree.readText(path) !== text) tree.overwrite(path, text);
      for (const note of notes) ctx.note(note);
    }
  },
});
