import { jsonNodeAt, type ReadonlyTree, type RepoPath, readJson } from '../../../src/authoring.ts';
import { DEPENDENCY_KINDS } from './package-manifest.ts';

/** A range that a package.json has for a package. */
export interface ListedRange {
  readonly range: string;
  /** From 1. */
  readonly line: number;
}

/** The ranges that the manifest lists for `name`, under its name or an alias; none where it cannot be read. */
export function listedRanges(tree: ReadonlyTree, manifest: RepoPath, name: string): readonly ListedRange[] {
  const read = readJson(tree.tryReadText(manifest) ?? '');
  if (read.kind === 'refused') return [];
  return DEPENDENCY_KINDS.flatMap((kind) => {
    const section = jsonNodeAt(read.document.root, [kind]);
    if (section?.kind !== 'object') return [];
    return section.entries.flatMap(({ name: key, value, key: { line } }) => {
      const range = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : '';
      const alias = range.startsWith(`npm:${name}`) ? range.slice(`npm:${name}@`.length) : null;
      return key === name || alias !== null ? [{ range: alias ?? range, line }] : [];
    });
  });
}
