import { defineStep } from '../../../src/authoring.ts';
import {
  type DocumentRevision,
  findGuides,
  SHARED_TEMPLATES,
  selectDocuments,
  writeDocuments,
} from '../documents/document-step.ts';
import type { OauthOnlyParams } from '../params.ts';

export const updateAuthSetup = defineStep<OauthOnlyParams, readonly DocumentRevision[]>({
  id: 'update-auth-setup',
  title: 'Rewrite the login guide',
  description:
    'Takes the sections on logging in through a web page or inside the container out of AUTH_SETUP.md (in docs/ or at the root) and puts one section on the OAuth token in their place. Sections on other things (API use, models, security) keep their bytes.',
  version: 1,
  templates: ['auth-setup-section.md', ...SHARED_TEMPLATES],
  select: (tree, ctx) => selectDocuments(tree, ctx, findGuides(tree), 'auth-setup', 'auth-setup-section.md'),
  run: writeDocuments,
});
