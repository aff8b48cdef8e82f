/** Pure: files of the checkout that Python code imports or runs. */
import { nameOf, parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { listImports, listTopLevelNames, stringLiterals } from '../../editors/python.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { type LiveFile, readLive } from '../live-files.ts';
import { type DeadReference, type FileLookup, ownGlobs, removedName } from './reference.ts';

/** Modules of the checkout's own packages that are not there, and removed files that strings name. */
export async function deadInPython(files: FileLookup, placed: Iterable<RepoPath>): Promise<readonly DeadReference[]> {
  const speaking = new Set(await files.tree.search(pythonReferenceWords(files.tree)));
  const own = files.tree.paths(...ownGlobs(files.context, '*.py')).filter((path) => speaking.has(path));
  const inImage = [...placed].filter((path) => speaking.has(path) && path.endsWith('.py'));
  return readLive(files.tree, [...new Set([...own, ...inImage])]).flatMap((file) => [
    ...deadImports(file, files.tree),
    ...deadPaths(file, files),
  ]);
}

const REMOVED_WORDS = ['auth_integration', 'simple-oauth', '.sh', '.bash'].flatMap((word) => [
  word,
  word.toUpperCase(),
  word.replace(/[a-z]/, (letter) => letter.toUpperCase()),
]);

/** At least one of these stands in every file that {@link deadInPython} has anything to say of. */
export function pythonReferenceWords(tree: ReadonlyTree): readonly string[] {
  const paths = tree.paths('**/*.py');
  const words = wordsOf.get(paths) ?? wordsFor(paths);
  wordsOf.set(paths, words);
  return words;
}

const wordsOf = new WeakMap<readonly RepoPath[], readonly string[]>();

function wordsFor(paths: readonly RepoPath[]): readonly string[] {
  const folders = new Set<string>();
  let last = '';
  for (const path of paths) {
    // Files of one folder stand together.
    const end = path.lastIndexOf('/');
    if (end === last.length && path.startsWith(last)) continue;
    last = path.slice(0, Math.max(0, end));
    if (end !== -1) for (const name of last.split('/')) folders.add(name);
  }
  const modules = [...folders].filter((name) => !/[-. ]/.test(name)).map((name) => `${name}.`);
  // A relative import has a dot after `from`, and what is spread over lines a backslash.
  const imports = ['from.', ' .', '\t.', '\f.', '\\'];
  return [...modules, ...imports, ...REMOVED_WORDS];
}

// Parsing costs a thousand times what these cost, and most files of a large tree have neither. Both take in more than is
// meant: a dotted or relative module, and a removed name inside a string.
const DOTTED_IMPORT = /\b(?:from|import)\b(?:[^\n#]*\.|[^\n#]*\\\r?\n)/;
const REMOVED_NAME = /auth_integration|simple-oauth|(?:auth|login)[\w.-]*\.(?:sh|bash)/i;

function deadImports({ path, text }: LiveFile, tree: ReadonlyTree): readonly DeadReference[] {
  if (!DOTTED_IMPORT.test(text)) return [];
  return listImports(text).flatMap(({ module, level, guarded, typeCheckingOnly, line }) => {
    const parts = module.split('.');
    if (guarded || typeCheckingOnly || module === '' || (level === 0 && parts.length < 2)) return [];
    const starts = level > 0 ? [climb(parentOf(path), level - 1)] : [null, parentOf(path)];
    const dead = starts.map((start) => missingPart(tree, start, parts, level > 0));
    const [first] = dead.filter((one) => one !== null);
    if (first === undefined || dead.some((one) => one === 'found')) return [];
    return [{ path, line, target: first, effect: 'the import fails', breaks: true }];
  });
}

const climb = (folder: RepoPath | null, levels: number): RepoPath | null =>
  levels === 0 || folder === null ? folder : climb(parentOf(folder), levels - 1);

/** The file that is missing on the way; `found` when all is there; null when the first part is no folder here. */
function missingPart(
  tree: ReadonlyTree,
  start: RepoPath | null,
  parts: readonly string[],
  relative: boolean,
): string | null {
  let folder = start;
  for (const [at, part] of parts.entries()) {
    const path = resolveIn(folder, part) as RepoPath;
    if (tree.has(`${path}.py` as RepoPath)) return 'found';
    if (!hasPython(tree, path)) {
      if (at === 0 && !relative) return null;
      return bindsName(tree, folder, part) ? 'found' : `${path}.py`;
    }
    folder = path;
  }
  return 'found';
}

const hasPython = (tree: ReadonlyTree, folder: RepoPath): boolean =>
  tree.hasFolder(folder) && tree.paths(`${folder}/**/*.py`).length > 0;

function bindsName(tree: ReadonlyTree, folder: RepoPath | null, name: string): boolean {
  const init = resolveIn(folder, '__init__.py');
  const text = init === null ? null : tree.tryReadText(init);
  // A star import or a changed search path may bring in anything.
  return text !== null && (/__path__|import \*/.test(text) || listTopLevelNames(text).some((one) => one.name === name));
}

function deadPaths({ path, text }: LiveFile, files: FileLookup): readonly DeadReference[] {
  if (!REMOVED_NAME.test(text)) return [];
  return stringLiterals(text).flatMap(({ value, line, docstring }) => {
    if (docstring || value === null || !/^[\w./-]+$/.test(value)) return [];
    const removed = removedName(files, value);
    // The bare name of a folder may be anything.
    return removed === null || (removed === value && !/\.\w+$/.test(nameOf(value as RepoPath)))
      ? []
      : [{ path, line, target: value, effect: 'the program does not find it', breaks: true }];
  });
}
