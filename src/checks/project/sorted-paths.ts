/** Looks paths up in a sorted list without asking each of them: a checkout may have a hundred thousand. Pure. */
import { placeIn } from '../../base/repo-path.ts';
import { contextPath, pathsOfSource } from '../../editors/dockerfile.ts';

/** What one COPY source names among `paths`, which are sorted by code unit. */
export function sortedPathsOfSource(source: string, paths: readonly string[]): readonly string[] {
  const plain = contextPath(source);
  if (plain === '' || /[*?[]/.test(plain)) return pathsOfSource(source, paths);
  const at = placeIn(paths, plain);
  const itself = paths[at] === plain ? [plain] : [];
  // `0` is the character after `/`.
  return [...itself, ...paths.slice(placeIn(paths, `${plain}/`), placeIn(paths, `${plain}0`))];
}
