import { RefitError } from '../base/errors.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import type { FileMode, TreeSource } from './tree.ts';

/** Files for {@link memorySource}: text, bytes, or either with a mode; a link's content is its target. */
export type MemoryFiles = Readonly<
  Record<string, string | Uint8Array | { readonly content: string | Uint8Array; readonly mode: FileMode }>
>;

/** A source held in memory, for tests, examples and planned trees. */
export function memorySource(files: MemoryFiles): TreeSource {
  const entries = new Map<RepoPath, { readonly bytes: Uint8Array; readonly mode: FileMode }>();
  for (const [name, value] of Object.entries(files)) {
    const plain = typeof value === 'string' || value instanceof Uint8Array;
    const content = plain ? value : value.content;
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    entries.set(name as RepoPath, { bytes, mode: plain ? '644' : value.mode });
  }
  const get = (path: RepoPath) => {
    const entry = entries.get(path);
    if (entry === undefined) throw new RefitError(`no such file in the tree: ${path}`);
    return entry;
  };
  const paths = [...entries.keys()].sort(comparePaths);
  return {
    list: () => paths,
    read: (path) => get(path).bytes,
    mode: (path) => get(path).mode,
    search: async (literals) =>
      paths.filter((path) => {
        const { bytes, mode } = get(path);
        return mode !== 'link' && literals.some((literal) => Buffer.from(bytes).includes(literal));
      }),
    obstacle: () => null,
    leftAlone: [],
  };
}
