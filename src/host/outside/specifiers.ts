/** Pure: what a text of code may import. */

const IMPORTING = /\b(?:from|import|require|resolve)\s*(?:\(\s*)?(?:\/\*[^*]*\*\/\s*)?(["'`])([^"'`\n$]+)\1/g;

/**
 * Every word of `text` that stands where an import could name a module, in order, each once. It may list too many (a comment,
 * a string) and never decides what runs: what is imported and not listed here is refused when the code is loaded.
 */
export function listSpecifiers(text: string): readonly string[] {
  return [...new Set([...text.matchAll(IMPORTING)].map(([, , word]) => word as string))];
}
