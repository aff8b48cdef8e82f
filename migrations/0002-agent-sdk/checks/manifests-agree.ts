import { defineCheck, type Finding, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { listedRanges } from '../manifests/listed.ts';
import { type CodeUsage, manifestsAbove, readUsage } from '../manifests/usage.ts';
import { NEW_DISTRIBUTION, OLD_DISTRIBUTION } from '../python/names.ts';
import { findUnlisted, type Unlisted } from '../python-manifests/agreement.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A04-manifests-agree';

interface Usage {
  readonly code: readonly CodeUsage[];
  readonly unlisted: readonly Unlisted[];
}

export const manifestsAgree = defineCheck<Usage>({
  id: ID,
  title: 'Manifests list the package that the code imports',
  severity: 'error',
  description:
    'For every file that loads one of the SDKs, a package.json at or above it lists that package, under its name or an alias. For Python that is ' +
    'any list of dependencies for its folder, a script header, or a command that installs it.',
  examples: {
    bad: `import … from '${NEW_PACKAGE}' and only "${OLD_PACKAGE}" in package.json`,
    good: `"${NEW_PACKAGE}": "^0.1.77" in package.json`,
  },
  select: async (tree) => {
    const usage = await readUsage(tree);
    const python = await findUnlisted(tree);
    const manifests = tree.paths('**/package.json').filter((path) => !isInstalled(path));
    const code = manifests.length === 0 ? [] : usage;
    if (code.length > 0 || python.judged > 0) return { kind: 'applies', input: { code, unlisted: python.unlisted } };
    const isUsed = usage.length + python.users > 0;
    return {
      kind: 'skip',
      why: isUsed ? 'no manifest is for the code that loads the SDK' : 'no code loads either SDK',
    };
  },
  run: ({ code, unlisted }, tree) => [...inCode(tree, code), ...unlisted.map(pythonFinding)],
});

function inCode(tree: ReadonlyTree, usage: readonly CodeUsage[]): readonly Finding[] {
  const manifests = new Set(tree.paths('**/package.json').filter((path) => !isInstalled(path)));
  return usage.flatMap((file) => {
    const above = manifestsAbove(file.path, manifests);
    if (above.length === 0) return [];
    return [
      ...(file.new && !isListed(tree, above, NEW_PACKAGE) ? [finding(file.path, NEW_PACKAGE)] : []),
      ...(file.old && !isListed(tree, above, OLD_PACKAGE) ? [finding(file.path, OLD_PACKAGE)] : []),
    ];
  });
}

function pythonFinding({ path, line, isNew }: Unlisted): Finding {
  const name = isNew ? NEW_DISTRIBUTION : OLD_DISTRIBUTION;
  return {
    check: ID,
    severity: 'error',
    path,
    line,
    message: `needs ${name}, which no manifest for it lists`,
    expected: `${name} among the dependencies`,
    seen: 'no entry',
    subject: name,
    next: `add ${name} to the dependencies`,
  };
}

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
