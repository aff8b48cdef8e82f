import {
  nameOf,
  type PyNode,
  type PythonCode,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  repoPath,
  resolveIn,
} from '../../../src/authoring.ts';
import { isIn, NEW_MODULE, OLD_MODULE, OLD_OPTIONS } from './names.ts';
import { findPython, isInstalledPython, type PythonFile, readPythonFiles, type UnreadPython } from './python-files.ts';

/** The Python code that uses the SDK, with what its names stand for across files. */
export interface SdkPython {
  /** Files that name the SDK, or take something of it from a file that does; sorted by path. */
  readonly files: readonly PythonFile[];
  readonly unread: readonly UnreadPython[];
  /**
   * What `node` is of the module, as a dotted path: `claude_code_sdk.types.ClaudeCodeOptions`; null for anything else, and for a name that
   * stands for the other SDK as well.
   */
  sdkPathOf(file: PythonFile, node: PyNode): string | null;
  /** The same for a name in a string where `node` stands. */
  sdkPathOfName(file: PythonFile, name: string, node: PyNode): string | null;
  /** The file that a dotted module, relative with leading dots, means where `from` imports it. */
  ownFile(from: RepoPath, module: string): PythonFile | null;
}

/** Reads the code that uses the SDK of `module`. */
export async function readSdkPython(tree: ReadonlyTree, module: string = OLD_MODULE): Promise<SdkPython> {
  const words = [module, module === OLD_MODULE ? OLD_OPTIONS : 'ClaudeAgentOptions'];
  const { files, unread } = await findPython(tree, words);
  const modules = openModules(tree, files);
  const other = module === OLD_MODULE ? NEW_MODULE : OLD_MODULE;
  const resolve = (file: PythonFile, origins: readonly string[]): string | null => {
    const found = origins.flatMap((origin) => modules.follow(file.path, origin, [module, other]) ?? []);
    return found.some((path) => isIn(other, path)) ? null : (found.find((path) => isIn(module, path)) ?? null);
  };
  const users = files.length === 0 ? [] : await findUsers(tree, files, modules, resolve);
  return {
    files: [...files, ...users].sort((a, b) => (a.path < b.path ? -1 : 1)),
    unread,
    sdkPathOf: (file, node) => resolve(file, file.code.originsOf(node)),
    sdkPathOfName: (file, name, node) => resolve(file, file.code.originsOfName(name, node)),
    ownFile: modules.ownFile,
  };
}

type Resolve = (file: PythonFile, origins: readonly string[]) => string | null;

interface Modules {
  ownFile(from: RepoPath, module: string): PythonFile | null;
  /** Follows a dotted path through files of the repository until it leads into one of the `modules`. */
  follow(from: RepoPath, origin: string, modules: readonly string[]): string | null;
}

/** A name that is handed on so many times over is not followed further. */
const DEPTH = 6;

function openModules(tree: ReadonlyTree, files: readonly PythonFile[]): Modules {
  const known = new Map<RepoPath, PythonFile | null>(files.map((file) => [file.path, file]));
  const ownFile = (from: RepoPath, module: string): PythonFile | null => {
    const path = pathOfModule(tree, from, module);
    if (path === null) return null;
    if (!known.has(path)) known.set(path, readOne(tree, path));
    return known.get(path) ?? null;
  };
  const follow = (from: RepoPath, origin: string, modules: readonly string[], depth = DEPTH): string | null => {
    if (modules.some((module) => isIn(module, origin))) return origin;
    if (depth === 0) return null;
    for (const [module, rest] of splits(origin)) {
      const own = ownFile(from, module);
      if (own === null || own.path === from) continue;
      const [name = '', ...more] = rest;
      for (const next of own.code.originsOfName(name, own.code.root)) {
        const found = follow(own.path, [next, ...more].join('.'), modules, depth - 1);
        if (found !== null) return found;
      }
      return null;
    }
    return null;
  };
  return { ownFile, follow };
}

function readOne(tree: ReadonlyTree, path: RepoPath): PythonFile | null {
  return readPythonFiles(tree, [path])[0] ?? null;
}

/** The ways to take a dotted path as a module and names in it, the longest module first. */
function splits(origin: string): readonly (readonly [string, readonly string[]])[] {
  const dots = /^\.*/.exec(origin)?.[0] ?? '';
  const parts = origin.slice(dots.length).split('.');
  return parts.map((_, index) => {
    const count = parts.length - 1 - index;
    return [dots + parts.slice(0, count).join('.'), parts.slice(count)] as const;
  });
}

function pathOfModule(tree: ReadonlyTree, from: RepoPath, module: string): RepoPath | null {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  const name = module.slice(dots).replaceAll('.', '/');
  if (dots > 0) {
    let folder = parentOf(from);
    for (let level = 1; level < dots; level += 1) {
      if (folder === null) return null;
      folder = parentOf(folder);
    }
    return moduleAt(tree, folder, name);
  }
  if (name === '') return null;
  for (let folder = parentOf(from); ; folder = parentOf(folder)) {
    const found = moduleAt(tree, folder, name) ?? moduleAt(tree, resolveIn(folder, 'src'), name);
    if (found !== null) return found;
    if (folder === null) return null;
  }
}

function moduleAt(tree: ReadonlyTree, folder: RepoPath | null, name: string): RepoPath | null {
  const base = [folder, name].filter((part) => part !== null && part !== '').join('/');
  const candidates = [...(name === '' ? [] : [`${base}.py`]), `${base === '' ? '' : `${base}/`}__init__.py`];
  const found = candidates.find((path) => tree.has(repoPath(path)));
  return found === undefined ? null : repoPath(found);
}

const HANDED_ON = /\.(?:query|ClaudeSDKClient|ClaudeCodeOptions|ClaudeAgentOptions)$/;

/** Files that take `query`, the client or the options from a file that hands them on, and do not name the SDK themselves. */
async function findUsers(
  tree: ReadonlyTree,
  files: readonly PythonFile[],
  modules: Modules,
  resolve: Resolve,
): Promise<readonly PythonFile[]> {
  const exporters = files.filter((file) => exportsSdk(file, resolve));
  if (exporters.length === 0) return [];
  const seen = new Set(files.map(({ path }) => path));
  const words = [...new Set(exporters.map(({ path }) => wordOf(path)))].flatMap((word) => [
    `${word} import`,
    `import ${word}`,
  ]);
  const paths = (await tree.search([...words, 'from . import', 'from .. import'])).filter(
    (path) => /\.pyi?$|\.ipynb$/.test(path) && !isInstalledPython(path) && !seen.has(path),
  );
  const { ownFile } = modules;
  return readPythonFiles(tree, paths).filter((file) => {
    const imported = file.code.imports.map(({ level, module }) => '.'.repeat(level) + module);
    const named = file.code.imports.flatMap(({ level, module, name }) =>
      name === null ? [] : [`${'.'.repeat(level)}${module}${module === '' ? '' : '.'}${name}`],
    );
    return [...imported, ...named].some((module) => {
      const own = ownFile(file.path, module);
      return own !== null && exporters.includes(own);
    });
  });
}

function exportsSdk(file: PythonFile, resolve: Resolve): boolean {
  const { code } = file;
  return code.imports.some(({ name, alias }) => {
    if (name === null) return false;
    const local = alias ?? name;
    return name === '*' || HANDED_ON.test(resolve(file, topLevelOrigins(code, local)) ?? '');
  });
}

function topLevelOrigins(code: PythonCode, name: string): readonly string[] {
  return code.originsOfName(name, code.root);
}

/** What an import of the file has in it at least: its name without ending, or its folder's for a package. */
function wordOf(path: RepoPath): string {
  const name = nameOf(path).replace(/\.pyi?$/, '');
  const folder = parentOf(path);
  return name === '__init__' && folder !== null ? nameOf(folder) : name;
}
