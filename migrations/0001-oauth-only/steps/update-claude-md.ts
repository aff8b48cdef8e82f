import { defineStep } from '../../../src/authoring.ts';
import {
  type DocumentRevision,
  findAtRoot,
  SHARED_TEMPLATES,
  selectDocuments,
  writeDocuments,
} from '../documents/document-step.ts';
import type { OauthOnlyParams } from '../params.ts';

export const updateClaudeMd = defineStep<OauthOnlyParams, readonly DocumentRevision[]>({
  id: 'update-claude-md',
  title: 'Bring CLAUDE.md to the token login',
  description:
    'Replaces login commands and statements on where the login is kept in CLAUDE.md, and adds a short section on the OAuth token. All other text keeps its bytes.',
  version: 1,
  templates: ['claude-md-section.md', ...SHARED_TEMPLATES],
  select: (tree, ctx) => selectDocuments(tree, ctx, findAtRoot(tree, 'CLAUDE.md'), 'claude-md', 'claude-md-section.md'),
  run: writeDocuments,
});
