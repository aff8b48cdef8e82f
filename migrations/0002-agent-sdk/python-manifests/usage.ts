import { isInside, nameOf, parentOf, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { isIn, NEW_MODULE, OLD_MODULE } from '../python/names.ts';
import { findPython, isInstalledPython, type PythonFile } from '../python/python-files.ts';

/** Which of the two modules a Python file needs. */
export interface PythonUsage {
  readonly path: RepoPath;
  /** From 1, of the first load of the old module; 0 where there is none. */
  readonly old: number;
  readonly new: number;
}

const LOADS =
  /(?:import_module|importorskip|__import__|find_spec|LazyLoader|lazy_import)\(\s*["'](claude_(?:code|agent)_sdk)(?:\.[\w.]*)?["']/g;

/** What the Python code of the checkout loads; a file that cannot be read as Python counts as one that needs the old module. */
export async function readPythonUsage(tree: ReadonlyTree): Promise<readonly PythonUsage[]> {
  const { files, unread } = await findPython(tree, [OLD_MODULE, NEW_MODULE]);
  const broken = unread.filter(({ path }) => (tree.tryReadText(path) ?? '').includes(OLD_MODULE));
  const read = files.map((file) => ({
    path: file.path,
    old: lineOfLoad(file, OLD_MODULE),
    new: lineOfLoad(file, NEW_MODULE),
  }));
  return [
    ...read.filter((one) => one.old > 0 || one.new > 0),
    ...broken.map(({ path, line }) => ({ path, old: Math.max(line, 1), new: 0 })),
  ];
}

function lineOfLoad(file: PythonFile, module: string): number {
  const imported = file.code.imports.find((item) => item.level === 0 && isIn(module, item.module));
  if (imported !== undefined) return file.lineAt(imported.statement.start);
  const loaded = [...file.code.text.matchAll(LOADS)].find((match) => match[1] === module);
  return loaded === undefined ? 0 : file.lineAt(loaded.index);
}

/** Folders that hold what is about the project above them. */
const ASIDE =
  /^(?:requirements|reqs?|constraints|deps|dependencies|docker|deploy|deployment|ci|\.github|\.devcontainer|scripts|tools|envs?|environments?|conda|infra|build|config|docs)$/i;

/** The folder whose code a manifest answers for; null for the root. */
export function folderOf(tree: ReadonlyTree, manifest: RepoPath): RepoPath | null {
  const code = tree.paths('**/*.{py,ipynb,pyi}').filter((path) => !isInstalledPython(path));
  for (let folder = parentOf(manifest); folder !== null; folder = parentOf(folder)) {
    const at = folder;
    if (!ASIDE.test(nameOf(folder)) && code.some((path) => isInside(path, at))) return folder;
  }
  return null;
}

/** Whether any of the files lies in the folder. */
export function isUsedIn(usage: readonly PythonUsage[], folder: RepoPath | null): boolean {
  return usage.some(({ path }) => folder === null || isInside(path, folder));
}
