/** Whether a dotted path is the options class of either SDK. */
export function isOptionsPath(path: string | null): boolean {
  return path !== null && /^claude_(?:code|agent)_sdk(?:\.\w+)*\.Claude(?:Code|Agent)Options$/.test(path);
}

/** Whether a dotted path is the function that asks. */
export function isQueryPath(path: string | null): boolean {
  return path !== null && /^claude_(?:code|agent)_sdk(?:\.query){1,2}$/.test(path);
}

/** Whether a dotted path is the client that asks. */
export function isClientPath(path: string | null): boolean {
  return path !== null && /^claude_(?:code|agent)_sdk(?:\.client)?\.ClaudeSDKClient$/.test(path);
}
