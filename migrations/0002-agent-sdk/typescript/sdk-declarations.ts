/** The name under which {@link SDK_DECLARATIONS} is known to a set of code files. */
export const SDK = 'sdk';

/** Options that the SDK has no more. */
export const OLD_KEYS = ['customSystemPrompt', 'appendSystemPrompt'] as const;
export type OldKey = (typeof OLD_KEYS)[number];

/** What the old SDK exported in its last versions, in value and type. */
const TYPES =
  'NonNullableUsage ModelUsage ApiKeySource ConfigScope McpStdioServerConfig McpSSEServerConfig McpHttpServerConfig McpSdkServerConfig ' +
  'McpSdkServerConfigWithInstance McpServerConfig McpServerConfigForProcessTransport PermissionBehavior PermissionUpdate PermissionResult ' +
  'PermissionRuleValue CanUseTool HookEvent HookCallback HookCallbackMatcher BaseHookInput PreToolUseHookInput PostToolUseHookInput ' +
  'NotificationHookInput UserPromptSubmitHookInput SessionStartHookInput StopHookInput SubagentStopHookInput PreCompactHookInput ExitReason ' +
  'SessionEndHookInput HookInput AsyncHookJSONOutput SyncHookJSONOutput HookJSONOutput PermissionMode SlashCommand ModelInfo McpServerStatus ' +
  'SDKMessageBase SDKUserMessage SDKUserMessageReplay SDKAssistantMessage SDKPermissionDenial SDKResultMessage SDKSystemMessage ' +
  'SDKPartialAssistantMessage SDKCompactBoundaryMessage SDKMessage Query PermissionUpdateDestination Settings Props';

const OPTIONS =
  'abortController additionalDirectories agents allowDangerouslySkipPermissions allowedTools canUseTool continue cwd disallowedTools env ' +
  'executable executableArgs extraArgs fallbackModel forkSession hooks includePartialMessages maxBudgetUsd maxThinkingTokens maxTurns mcpServers ' +
  'model pathToClaudeCodeExecutable permissionPromptToolName plugins resume resumeSessionAt settings stderr strictMcpConfig tools';

/** The SDK to the eyes of the compiler: who takes the options, and which of their names are the SDK's own. */
export const SDK_DECLARATIONS = `
${TYPES.split(' ')
  .map((name) => `export type ${name} = any;`)
  .join('\n')}
export interface Options {
  customSystemPrompt?: string;
  appendSystemPrompt?: string;
  systemPrompt?: any;
  settingSources?: ('user' | 'project' | 'local')[];
  permissionMode?: 'default' | 'acceptEdits' | 'bypassPermissions' | 'plan';
${OPTIONS.split(' ')
  .map((name) => `  ${name}?: any;`)
  .join('\n')}
}
export declare function query(input: { prompt: any; options?: Options; abortController?: any }): any;
export declare function tool(name: string, description: string, schema: any, handler: (input: any, extra: unknown) => any): any;
export declare function createSdkMcpServer(options: { name: string; version?: string; tools?: any[] }): any;
export declare class AbortError { name: string; message: string; }
export declare const HOOK_EVENTS: any;
export declare const EXIT_REASONS: any;
`;
