import { defineCheck, type Finding, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { listedRanges } from '../manifests/listed.ts';
import { type CodeUsage, manifestsAbove, readUsage } from '../manifests/usage.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A04-manifests-agree';

export const manifestsAgree = defineCheck<readonly CodeUsage[]>({
  id: ID,
  title: 'package.json lists the package that the code imports',
  severity: 'error',
  description:
    'For every file that loads one of the SDKs, a package.json at or above it lists that package, under its name or an alias.',
  examples: {
    bad: `import … from '${NEW_PACKAGE}' and only "${OLD_PACKAGE}" in package.json`,
    good: `"${NEW_PACKAGE}": "^0.1.77" in package.json`,
  },
  select: async (tree) => {
    const usage = await readUsage(tree);
    const manifests = tree.paths('**/package.json').filter((path) => !isInstalled(path));
    if (usage.length === 0) return { kind: 'skip', why: 'no code loads either SDK' };
    if (manifests.length === 0) return { kind: 'skip', why: 'there is no package.json' };
    return { kind: 'applies', input: usage };
  },
  run: (usage, tree) => {
    const manifests = new Set(tree.paths('**/package.json').filter((path) => !isInstalled(path)));
    return usage.flatMap((file) => {
      const above = manifestsAbove(file.path, manifests);
      if (above.length === 0) return [];
      return [
        ...(file.new && !isListed(tree, above, NEW_PACKAGE) ? [finding(file.path, NEW_PACKAGE)] : []),
        ...(file.old && !isListed(tree, above, OLD_PACKAGE) ? [finding(file.path, OLD_PACKAGE)] : []),
      ];
    });
  },
});

function isListed(tree: ReadonlyTree, manifests: readonly RepoPath[], name: string): boolean {
  return manifests.some((path) => listedRanges(tree, path, name).length > 0);
}

function finding(path: RepoPath, name: string): Finding {
  return {
    check: ID,
    severity: 'error',
    path,
    message: `imports ${name}, which no package.json above it lists`,
    expected: `"${name}" among the dependencies`,
    seen: 'no entry',
    subject: name,
    next: `npm install ${name}`,
  };
}
