import {
  findModuleNames,
  loadTypeScript,
  parentOf,
  parseCode,
  type ReadonlyTree,
  type RepoPath,
} from '../../../src/authoring.ts';
import { findAliases } from '../typescript/aliases.ts';
import { findCode, lineOfLoad } from '../typescript/code-files.ts';
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
  const aliases = await findAliases(tree);
  const { kept, components } = await findCode(tree, [OLD_PACKAGE, NEW_PACKAGE, ...aliases]);
  if (kept.length > 0) await loadTypeScript();
  const inBlocks = components.filter((one) => lineOfLoad(one) > 0).map(({ path }) => ({ path, old: true, new: false }));
  const inFiles = kept.flatMap(({ path, text }) => {
    const parsed = parseCode(path, text);
    if (parsed.kind === 'broken') return [{ path, old: text.includes(OLD_PACKAGE), new: text.includes(NEW_PACKAGE) }];
    const names = findModuleNames(
      parsed.file,
      (name) => isOldModule(name) || isNewModule(name) || aliases.includes(name),
    );
    const loaded = names.filter(({ use }) => use !== 'text').map(({ specifier }) => specifier);
    const usage = {
      path,
      old: loaded.some((name) => newModuleName(name, '').kind === 'rename'),
      new: loaded.some((name) => isNewModule(name) || aliases.includes(name)),
    };
    return usage.old || usage.new ? [usage] : [];
  });
  return [...inFiles, ...inBlocks];
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
