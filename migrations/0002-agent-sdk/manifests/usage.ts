import {
  findModuleNames,
  loadTypeScript,
  nameOf,
  parentOf,
  parseCode,
  type ReadonlyTree,
  type RepoPath,
} from '../../../src/authoring.ts';
import { findCode } from '../typescript/code-files.ts';
import { isNewModule, isOldModule, NEW_PACKAGE, newModuleName, OLD_PACKAGE } from '../typescript/names.ts';

/** Which of the two packages a code file needs. */
export interface CodeUsage {
  readonly path: RepoPath;
  /** It loads the SDK from the old package still. */
  readonly old: boolean;
  readonly new: boolean;
}

/** What the code of the checkout loads; a file that cannot be read as code counts as one that still needs the old package. */
export async function readUsage(tree: ReadonlyTree): Promise<readonly CodeUsage[]> {
  const { kept } = await findCode(tree, [OLD_PACKAGE, NEW_PACKAGE]);
  if (kept.length > 0) await loadTypeScript();
  return kept.flatMap(({ path, text }) => {
    const parsed = parseCode(path, text);
    if (parsed.kind === 'broken') return [{ path, old: text.includes(OLD_PACKAGE), new: text.includes(NEW_PACKAGE) }];
    const names = findModuleNames(parsed.file, (name) => isOldModule(name) || isNewModule(name));
    const loaded = names.filter(({ use }) => use !== 'text').map(({ specifier }) => specifier);
    const usage = {
      path,
      old: loaded.some((name) => newModuleName(name, '').kind === 'rename'),
      new: loaded.some(isNewModule),
    };
    return usage.old || usage.new ? [usage] : [];
  });
}

/** The manifests at or above `path`, the nearest first. */
export function manifestsAbove(path: RepoPath, manifests: ReadonlySet<RepoPath>): readonly RepoPath[] {
  const found: RepoPath[] = [];
  for (let folder = parentOf(path); ; folder = parentOf(folder)) {
    const manifest = (folder === null ? 'package.json' : `${folder}/package.json`) as RepoPath;
    if (manifests.has(manifest)) found.push(manifest);
    if (folder === null) return found;
  }
}

/** Whether `path` is a package.json of the checkout's own. */
export function isManifest(path: RepoPath): boolean {
  return nameOf(path) === 'package.json';
}
