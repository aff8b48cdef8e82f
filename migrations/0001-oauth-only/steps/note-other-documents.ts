import { defineStep, type Note } from '../../../src/authoring.ts';
import { noteDeployments } from '../documents/deployments.ts';
import { type OtherDocument, readOtherDocuments } from '../documents/other-documents.ts';
import type { OauthOnlyParams } from '../params.ts';

interface Found {
  readonly documents: readonly OtherDocument[];
  /** On files that say how the image is run. */
  readonly deployments: readonly Note[];
}

export const noteOtherDocuments = defineStep<OauthOnlyParams, Found>({
  id: 'note-other-documents',
  title: 'Name what other documents and deployment files say about the removed login',
  description:
    'Notes, with path and line, what documents other than README.md, CLAUDE.md and AUTH_SETUP.md, and the targets of Makefiles, justfiles and Taskfiles, say about the removed login. Edits them only where a line is nothing but a command that runs a deleted script, or a link to one. Names also where files for Kubernetes, hosts, dev containers, workflows and scripts ask for its pages, use the home of root, or start a launcher that the new image does not have. Archives and changelogs are history and are left alone.',
  version: 1,
  select: async (tree, ctx) => {
    const documents = await readOtherDocuments(tree);
    const deployments = await noteDeployments(tree, ctx.params.dockerfile);
    return documents.length + deployments.length > 0
      ? { kind: 'applies', input: { documents, deployments } }
      : { kind: 'done', why: 'no other document speaks of the removed login' };
  },
  run: ({ documents, deployments }, tree, ctx) => {
    for (const { path, text, notes } of documents) {
      if (tree.readText(path) !== text) tree.overwrite(path, text);
      for (const note of notes) ctx.note(note);
    }
    for (const note of deployments) ctx.note(note);
  },
});
