/** The module that held the SDK. */
export const OLD_MODULE = 'claude_code_sdk';
/** The module that holds it now. */
export const NEW_MODULE = 'claude_agent_sdk';
/** The distribution of the old module, in its normal form. */
export const OLD_DISTRIBUTION = 'claude-code-sdk';
export const NEW_DISTRIBUTION = 'claude-agent-sdk';
/** The options class of the old module. */
export const OLD_OPTIONS = 'ClaudeCodeOptions';
export const NEW_OPTIONS = 'ClaudeAgentOptions';

/** What a file of the SDK may be named by, in the spellings that pip takes for one. */
export const OLD_WORDS = [
  OLD_MODULE,
  OLD_DISTRIBUTION,
  'claude.code.sdk',
  'Claude-Code-SDK',
  'Claude_Code_SDK',
  'claude-code_sdk',
  'claude_code-sdk',
] as const;

const RENAMED: ReadonlyMap<string, string> = new Map([
  [OLD_OPTIONS, NEW_OPTIONS],
  ['_MAX_BUFFER_SIZE', '_DEFAULT_MAX_BUFFER_SIZE'],
]);

/** The new name of something in the old module; the same where it did not change. */
export function newMember(name: string): string {
  return RENAMED.get(name) ?? name;
}

/** Whether a dotted path is `module` or something in it. */
export function isIn(module: string, path: string): boolean {
  return path === module || path.startsWith(`${module}.`);
}

/** The new form of a dotted path into the old module. */
export function newPath(path: string): string {
  return [NEW_MODULE, ...path.split('.').slice(1).map(newMember)].join('.');
}

const SUBMODULES = new Set(['types', 'client', 'query', '_errors', '_internal', '_version', '__version__']);
/** What the module and its submodules were seen to have, 0.0.10 to 0.0.25. */
const MEMBERS = new Set([
  'query',
  'Transport',
  'ClaudeSDKClient',
  'PermissionMode',
  'McpServerConfig',
  'McpSdkServerConfig',
  'UserMessage',
  'AssistantMessage',
  'SystemMessage',
  'ResultMessage',
  'Message',
  OLD_OPTIONS,
  'TextBlock',
  'ThinkingBlock',
  'ToolUseBlock',
  'ToolResultBlock',
  'ContentBlock',
  'CanUseTool',
  'ToolPermissionContext',
  'PermissionResult',
  'PermissionResultAllow',
  'PermissionResultDeny',
  'PermissionUpdate',
  'HookCallback',
  'HookContext',
  'HookMatcher',
  'create_sdk_mcp_server',
  'tool',
  'SdkMcpTool',
  'ClaudeSDKError',
  'CLIConnectionError',
  'CLINotFoundError',
  'ProcessError',
  'CLIJSONDecodeError',
]);

/**
 * Whether the old module is known to lack what the path names: `claude_code_sdk.exceptions`, `claude_code_sdk.ClaudeCode`. Names inside
 * its submodules are not judged.
 */
export function neverExisted(path: string): boolean {
  const [, first] = path.split('.');
  if (first === undefined || first === '*' || first.startsWith('__')) return false;
  return !SUBMODULES.has(first) && !MEMBERS.has(first);
}

/** Whether the path leads into what the module keeps for itself: `_internal`, `_errors`. */
export function isPrivate(path: string): boolean {
  return path
    .split('.')
    .slice(1)
    .some((part) => /^_(?!_)/.test(part));
}
