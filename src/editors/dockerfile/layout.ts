/** Pure: where the files of the build context land in the image. */
import { compileGlobs } from '../../base/glob.ts';
import { placeIn } from '../../base/repo-path.ts';
import type { CopyInstruction } from './stage-model.ts';

/** What of a COPY decides where its files land. */
export type ContextCopy = Pick<CopyInstruction, 'sources' | 'destination' | 'toFolder' | 'from' | 'inline' | 'line'>;

/** A file of the build context and where it lands. */
export interface ImageFile {
  /** Absolute path in the image. */
  readonly image: string;
  /** Path in the build context. */
  readonly context: string;
  /** Line of the COPY or ADD. */
  readonly line: number;
}

/** The context paths that one source of a COPY or ADD names, sorted as `paths` is; a folder names all below it. */
export function pathsOfSource(source: string, paths: readonly string[]): readonly string[] {
  const plain = contextPath(source);
  if (plain === '') return paths;
  if (!/[*?[]/.test(plain)) {
    const below = `${plain}/`;
    if (!isSorted(paths)) return paths.filter((path) => path.startsWith(below) || path === plain);
    const itself = paths[placeIn(paths, plain)] === plain ? [plain] : [];
    // `0` is the character after `/`.
    return [...itself, ...paths.slice(placeIn(paths, below), placeIn(paths, `${plain}0`))];
  }
  const test = compileGlobs([plain]);
  return paths.filter((path) => {
    const parts = path.split('/');
    return parts.some((_, at) => test(parts.slice(0, at + 1).join('/')));
  });
}

const sorted = new WeakMap<readonly string[], boolean>();

/** Found out once for each list: in a large checkout every source would else look at every path. */
function isSorted(paths: readonly string[]): boolean {
  const known = sorted.get(paths) ?? paths.every((path, at) => at === 0 || (paths[at - 1] as string) < path);
  sorted.set(paths, known);
  return known;
}

/** A COPY source as a path of the context: no leading `./` or `/`, no slash at the end; empty for the context itself. */
export function contextPath(source: string): string {
  return source
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/**
 * Where every context file of `copies` lands. Later lines win: the answer has one entry an image path, sorted by it.
 * Copies from other stages and images, here-documents and URLs bring no context file.
 */
export function imageLayout(copies: readonly ContextCopy[], paths: readonly string[]): readonly ImageFile[] {
  const layout = new Map<string, ImageFile>();
  for (const copy of copies) {
    if (copy.from !== null || copy.inline) continue;
    for (const source of copy.sources) {
      for (const file of filesOfSource(copy, source, paths)) layout.set(file.image, file);
    }
  }
  return [...layout.values()].sort((a, b) => (a.image < b.image ? -1 : a.image > b.image ? 1 : 0));
}

function filesOfSource(copy: ContextCopy, source: string, paths: readonly string[]): readonly ImageFile[] {
  const named = contextPath(source);
  const wild = /[*?[]/.test(named);
  const found = pathsOfSource(source, paths);
  const isFile = !wild && found.length === 1 && found[0] === named;
  return found.map((path) => {
    const image = (relative: string): string => `${copy.destination === '/' ? '' : copy.destination}/${relative}`;
    if (isFile)
      return { context: path, image: copy.toFolder ? image(nameOf(path)) : copy.destination, line: copy.line };
    if (!wild) return { context: path, image: image(path.slice(named === '' ? 0 : named.length + 1)), line: copy.line };
    return { context: path, image: image(relativeToMatch(named, path)), line: copy.line };
  });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file matched by a wildcard lands under its name; what lies in a matched folder keeps its path below that folder. */
function relativeToMatch(pattern: string, path: string): string {
  const test = compileGlobs([pattern]);
  const parts = path.split('/');
  const depth = parts.findIndex((_, at) => test(parts.slice(0, at + 1).join('/'))) + 1;
  return depth === parts.length ? nameOf(path) : parts.slice(depth).join('/');
}
