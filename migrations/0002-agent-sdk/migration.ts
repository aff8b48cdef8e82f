import { defineMigration } from '../../src/authoring.ts';
import { AGENT_SDK_CHECKS } from './checks/index.ts';
import { type AgentSdkParams, agentSdkParams } from './params.ts';
import { NEW_MODULE, OLD_OPTIONS, OLD_WORDS } from './python/names.ts';
import { recognize } from './recognize.ts';
import { moveNpmPackages } from './steps/move-npm-packages.ts';
import { movePackageLists } from './steps/move-package-lists.ts';
import { movePythonPackages } from './steps/move-python-packages.ts';
import { renamePythonModules } from './steps/rename-python-modules.ts';
import { renameTypeScriptModules } from './steps/rename-typescript-modules.ts';
import { rewritePythonOptions } from './steps/rewrite-python-options.ts';
import { rewriteTypeScriptOptions } from './steps/rewrite-typescript-options.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from './typescript/names.ts';

/** From the SDK inside the Claude Code package to the Claude Agent SDK. */
export const agentSdk = defineMigration<AgentSdkParams>({
  id: 'agent-sdk',
  title: 'Claude Code SDK to Claude Agent SDK',
  description:
    'Moves code that uses the Claude Code SDK to the Claude Agent SDK and writes out what the old one did by itself, so that it behaves as before: ' +
    'system prompt, setting sources, permission mode. The CLI and its install commands stay. What cannot be seen whole becomes a note with its line.',
  params: agentSdkParams,
  searchWords: () => [OLD_PACKAGE, NEW_PACKAGE, ...OLD_WORDS, NEW_MODULE, OLD_OPTIONS],
  recognize,
  phases: [
    {
      id: 'code',
      title: 'Move the code',
      steps: [rewriteTypeScriptOptions, renameTypeScriptModules, rewritePythonOptions, renamePythonModules],
    },
    { id: 'manifests', title: 'Move the packages', steps: [moveNpmPackages, movePackageLists, movePythonPackages] },
  ],
  checks: AGENT_SDK_CHECKS,
});
