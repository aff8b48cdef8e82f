/** The package that held the SDK, and holds the CLI still. */
export const OLD_PACKAGE = '@anthropic-ai/claude-code';
/** The package that holds the SDK now. */
export const NEW_PACKAGE = '@anthropic-ai/claude-agent-sdk';

/** What becomes of a module name. */
export type NewName =
  | { readonly kind: 'rename'; readonly to: string }
  /** The CLI, which stays in the old package. */
  | { readonly kind: 'cli' }
  /** A path that neither package is known to have. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'other' };

const SPECIFIER = /^(npm:\/?)?@anthropic-ai\/claude-code(@[^/]*)?(?:\/(.*))?$/;
const ROOT_FILES = new Set(['sdk', 'sdk.mjs', 'sdk.js', 'sdk.d.ts', 'index.js', 'index.mjs']);
const TYPE_FILES = new Set(['sdk-tools', 'sdk-tools.d.ts', 'sdk-tools.js']);
const CLI_FILES = /^(?:cli(?:\.js)?|start\.js|package\.json|vendor\/.*|yoga\.wasm)$/;

/**
 * The new name of a module that code imports. `version` is the range for a name that carries one, as Deno's do. From 0.2.69 the new
 * package has an `exports` map, so that a path to one of its files no longer resolves.
 */
export function newModuleName(specifier: string, version: string): NewName {
  const match = SPECIFIER.exec(specifier);
  if (match === null) return { kind: 'other' };
  const [, protocol = '', at, path] = match;
  const root = `${protocol}${NEW_PACKAGE}${at === undefined ? '' : `@${version}`}`;
  if (path === undefined || ROOT_FILES.has(path)) return { kind: 'rename', to: root };
  if (TYPE_FILES.has(path)) return { kind: 'rename', to: `${root}/${path.replace(/\.d\.ts$/, '.js')}` };
  return CLI_FILES.test(path) ? { kind: 'cli' } : { kind: 'unknown' };
}

/** Whether `specifier` is the old package or something in it. */
export function isOldModule(specifier: string): boolean {
  return SPECIFIER.test(specifier);
}

/** Whether `specifier` is the new package or something in it. */
export function isNewModule(specifier: string): boolean {
  return /^(?:npm:\/?)?@anthropic-ai\/claude-agent-sdk(?:@[^/]*)?(?:\/|$)/.test(specifier);
}
