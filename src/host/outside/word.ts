/** What `--migration WORD` may name besides the id of a bundled migration. */
export type OutsideWord = { readonly kind: 'path' | 'package'; readonly word: string };

/** Endings of a file that may hold a migration. */
export const CODE_ENDINGS: readonly string[] = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?refit-migration-[a-z0-9._~-]+$/;

/** Whether a word names a file, a folder or an installed package; null for what can only be the id of a bundled migration. */
export function readOutsideWord(word: string): OutsideWord | null {
  if (PACKAGE.test(word)) return { kind: 'package', word };
  const isPath = word.includes('/') || word === '.' || word === '..' || CODE_ENDINGS.some((end) => word.endsWith(end));
  return isPath ? { kind: 'path', word } : null;
}
