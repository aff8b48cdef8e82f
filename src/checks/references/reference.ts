/** Pure: places of a checkout that name a file of it. */
import { type RepoPath, repoPath, resolveIn } from '../../base/repo-path.ts';
import { isIgnored, readIgnoreFile } from '../../editors/ignore-file.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';

/** A place that names a file which is not there. */
export interface DeadReference {
  readonly path: RepoPath;
  readonly line: number;
  /** As written. */
  readonly target: string;
  /** What happens for want of it. */
  readonly effect: string;
  /** Whether something breaks; prose only misleads. */
  readonly breaks: boolean;
}

/** Folders that hold what belongs to the project itself; elsewhere in a large checkout lies what others wrote. */
const OWN_FOLDERS =
  '{.github,app,bin,ci,config,deploy,doc,docker,docs,documentation,providers,script,scripts,src,test,tests,tools}';

/** Globs for files of this name pattern at the root of the checkout, in the build context, and in the folders of both. */
export function ownGlobs(context: RepoPath | null, name: string): readonly string[] {
  const below = (folder: string): readonly string[] => [`${folder}${name}`, `${folder}${OWN_FOLDERS}/**/${name}`];
  // A folder whose name is a pattern would match others.
  return context === null || /[*?[\]{}()!+@|\\]/.test(context) ? below('') : [...below(''), ...below(`${context}/`)];
}

/** Answers about the files of a tree; built once for all references of it. */
export interface FileLookup {
  readonly tree: ReadonlyTree;
  /** Folder that the build sends; null for the root of the checkout, and without a Dockerfile. */
  readonly context: RepoPath | null;
  /** Whether a file or folder stands at the path that `target` means, read from `folder`. */
  exists(folder: RepoPath | null, target: string): boolean;
  /** Whether any file or folder of the tree has this name. */
  knowsName(name: string): boolean;
  /** Whether git would not take a file there, so that its absence says nothing. */
  ignores(folder: RepoPath | null, target: string): boolean;
}

/** Reads what `tree` ignores. */
export function lookUp(tree: ReadonlyTree, context: RepoPath | null): FileLookup {
  const named = new Map<string, boolean>();
  const { patterns } = readIgnoreFile(tree.tryReadText(repoPath('.gitignore')) ?? '');
  const modules = [...(tree.tryReadText(repoPath('.gitmodules')) ?? '').matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)];
  const submodules = modules.map(([, path = '']) => path.replace(/\/+$/, ''));
  return {
    tree,
    context,
    exists: (folder, target) => {
      const path = resolveIn(folder, target);
      // Outside of the checkout nothing can be told.
      if (path === null || tree.has(path) || tree.hasFolder(path)) return true;
      // What is in a submodule is in another repository.
      return submodules.some((folder) => path === folder || path.startsWith(`${folder}/`));
    },
    knowsName: (name) => {
      const known = named.get(name) ?? hasName(tree, name);
      named.set(name, known);
      return known;
    },
    ignores: (folder, target) => {
      const path = resolveIn(folder, target);
      // Also as a folder: a rule for folders only does not match a file.
      return path !== null && [path, `${path}/x`].some((one) => isIgnored(patterns, one, 'git'));
    },
  };
}

/** Whether a file or folder has this name. Few names are asked about, so that a look at all paths is less than a list of all names. */
function hasName(tree: ReadonlyTree, name: string): boolean {
  return tree.paths().some((path) => path.includes(name) && path.split('/').includes(name));
}

const REMOVED = /^(?:auth_integration\.py|simple-oauth|[\w.-]*(?:auth|login)[\w.-]*\.(?:sh|bash))$/i;

/**
 * The part of `written` that names what the migration removes: the module of the web login, a login script, the helper folder.
 * Null when it names nothing of that kind, and when a file or folder of that name is there.
 */
export function removedName(files: FileLookup, written: string): string | null {
  const parts = written.replace(/^["']|["']$/g, '').split('/');
  const name = parts.find((part) => REMOVED.test(part));
  return name === undefined || files.knowsName(name) ? null : name;
}
