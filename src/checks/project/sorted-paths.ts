/** Looks paths up in a sorted list without asking each of them: a checkout may have a hundred thousand. Pure. */
import { contextPath, pathsOfSource } from '../../editors/dockerfile.ts';

/** What one COPY source names among `paths`, which are sorted by code unit. */
export function sortedPathsOfSource(source: string, paths: readonly string[]): readonly string[] {
  const plain = contextPath(source);
  if (plain === '' || /[*?[]/.test(plain)) return pathsOfSource(source, paths);
  const at = firstNotBelow(paths, plain);
  const itself = paths[at] === plain ? [plain] : [];
  // `0` is the character after `/`.
  return [...itself, ...paths.slice(firstNotBelow(paths, `${plain}/`), firstNotBelow(paths, `${plain}0`))];
}

/** Index of the first path that is not smaller than `bound`. */
function firstNotBelow(paths: readonly string[], bound: string): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] as string) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
