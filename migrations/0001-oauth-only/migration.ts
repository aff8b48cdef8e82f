import { defineMigration, nameOf } from '../../src/authoring.ts';
import { DEPLOYMENT_WORDS } from './documents/deployments.ts';
import { type OauthOnlyParams, oauthOnlyParams } from './params.ts';
import { recognize } from './recognize.ts';
import { backUpDockerfile } from './steps/back-up-dockerfile.ts';
import { cutStartupAuth } from './steps/cut-startup-auth.ts';
import { deleteAuthModule } from './steps/delete-auth-module.ts';
import { deleteAuthScripts } from './steps/delete-auth-scripts.ts';
import { deleteSimpleOauth } from './steps/delete-simple-oauth.ts';
import { extendDockerignore } from './steps/extend-dockerignore.ts';
import { extendEnvExample } from './steps/extend-env-example.ts';
import { movePackages } from './steps/move-packages.ts';
import { noteOtherDocuments } from './steps/note-other-documents.ts';
import { patchCompose } from './steps/patch-compose.ts';
import { LAUNCHERS, reportOrphans } from './steps/report-orphans.ts';
import { tidyGitignore } from './steps/tidy-gitignore.ts';
import { updateAuthSetup } from './steps/update-auth-setup.ts';
import { updateClaudeMd } from './steps/update-claude-md.ts';
import { updateReadme } from './steps/update-readme.ts';
import { writeDockerfile } from './steps/write-dockerfile.ts';
import { writeEntrypoint } from './steps/write-entrypoint.ts';

/** From a root container with a broken web login to the pre-built base image and an OAuth token. */
export const oauthOnly = defineMigration<OauthOnlyParams>({
  id: 'oauth-only',
  title: 'LiteLLM Claude Code provider: OAuth token only, on the pre-built base image',
  description:
    'Removes the web login, moves the container to the base image with the non-root user claude, sets the login up from ' +
    'CLAUDE_CODE_OAUTH_TOKEN at every start, and brings compose and documents in line. Running deployments keep their volume and key.',
  params: oauthOnlyParams,
  needs: ['python'],
  searchWords: (tree) => [
    'CustomLLM',
    'custom_provider_map',
    'auth_integration',
    'add_auth_routes',
    'simple-oauth',
    ...LAUNCHERS,
    ...DEPLOYMENT_WORDS,
    ...tree.paths('scripts/**/*.sh', '*.sh', 'simple-oauth/**/*.py').map(nameOf),
  ],
  recognize,
  phases: [
    {
      id: 'cleanup',
      title: 'Remove the web login',
      steps: [deleteAuthModule, cutStartupAuth, deleteAuthScripts, deleteSimpleOauth, tidyGitignore],
    },
    {
      id: 'container',
      title: 'Move the container to the base image',
      // The steps before write-dockerfile read the old Dockerfile: they belong to a run that replaces it.
      steps: [
        backUpDockerfile,
        writeEntrypoint,
        movePackages,
        extendEnvExample,
        extendDockerignore,
        patchCompose,
        writeDockerfile,
        reportOrphans,
      ],
    },
    {
      id: 'documentation',
      title: 'Bring the documents in line',
      steps: [updateAuthSetup, updateReadme, updateClaudeMd, noteOtherDocuments],
    },
  ],
  checks: [],
  removedNames: (before, after) =>
    before.has('auth_integration.py' as never) && !after.has('auth_integration.py' as never)
      ? [
          { name: 'auth_integration', kind: 'module' },
          { name: 'add_auth_routes', kind: 'name' },
        ]
      : [],
});
