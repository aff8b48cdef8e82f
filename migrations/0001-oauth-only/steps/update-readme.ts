import { defineStep } from '../../../src/authoring.ts';
import {
  type DocumentRevision,
  findAtRoot,
  SHARED_TEMPLATES,
  selectDocuments,
  writeDocuments,
} from '../documents/document-step.ts';
import type { OauthOnlyParams } from '../params.ts';

export const updateReadme = defineStep<OauthOnlyParams, readonly DocumentRevision[]>({
  id: 'update-readme',
  title: 'Bring the README to the token login',
  description:
    'Replaces the login step and the authentication section of README.md, takes out links, commands and sentences on the removed login, and mends links to a guide that stands elsewhere. All other text keeps its bytes.',
  version: 1,
  templates: ['readme-section.md', ...SHARED_TEMPLATES],
  select: (tree, ctx) => selectDocuments(tree, ctx, findAtRoot(tree, 'README.md'), 'readme', 'readme-section.md'),
  run: writeDocuments,
});
