import type { RepoPath } from '../base/repo-path.ts';
import { containsSecret, maskSecrets } from '../base/secrets.ts';
import { formatPatch, type PatchOptions } from '../plan/diff.ts';
import type { ChangeContent, FileChange } from '../tree/changes.ts';

export { containsSecret, maskSecrets };

/** The part of a plan's changes whose diff shows no secret, and the paths of the rest. */
export interface PrintableChanges {
  readonly printable: readonly FileChange[];
  readonly hidden: readonly RepoPath[];
}

/** Tells changes whose part of the patch would show a real secret from those that may be printed. */
export function printableChanges(
  changes: readonly FileChange[],
  content: (change: FileChange) => ChangeContent,
): PrintableChanges {
  const secret = new Set(changes.filter((change) => showsSecret(change, content)));
  return {
    printable: changes.filter((change) => !secret.has(change)),
    hidden: changes.filter((change) => secret.has(change)).map((change) => change.path),
  };
}

/** The patch as it may be printed, and the paths left out of it because their part would show a secret. */
export function printablePatch(
  changes: readonly FileChange[],
  content: (change: FileChange) => ChangeContent,
  options: PatchOptions = {},
): { readonly diff: string; readonly hidden: readonly RepoPath[] } {
  const { printable, hidden } = printableChanges(changes, content);
  return { diff: formatPatch(printable, content, options), hidden };
}

function showsSecret(change: FileChange, content: (change: FileChange) => ChangeContent): boolean {
  const patch = formatPatch([change], content);
  if (containsSecret(patch) || containsSecret(joinContinued(patch))) return true;
  if (!patch.includes('\nGIT binary patch\n')) return false;
  // Base85 hides the bytes from a reader, not from `git apply`.
  const { before, after } = content(change);
  return [before, after].some((bytes) => bytes !== undefined && containsSecret(Buffer.from(bytes).toString('latin1')));
}

/** The patch with continued lines put together: a token that a line end splits is one for the program that reads the file. */
function joinContinued(patch: string): string {
  return patch.replace(/\\\r?\n[-+ ]?[ \t]*/g, '').replace(/(["'])[ \t]*\+?[ \t]*\r?\n[-+ ]?[ \t]*\1/g, '');
}

/** A copy of `value` with the secrets in every string masked: taken before any text is cut or wrapped. */
export function maskDeep<T>(value: T): T {
  if (typeof value === 'string') return maskSecrets(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskDeep(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskSecrets(key), maskDeep(item)])) as T;
}
