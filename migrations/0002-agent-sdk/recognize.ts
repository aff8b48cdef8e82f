import { jsonNodeAt, type ReadonlyTree, type Recognition, type RepoPath, readJson } from '../../src/authoring.ts';
import { isInstalledPython } from './python/python-files.ts';
import { isInstalled } from './typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from './typescript/names.ts';

/** Folders of what stands in for the module in tests or for type checkers. */
const STAND_IN = /(?:^|\/)(?:tests?|stubs?|typings|mocks?|fakes?|fixtures|vendor|third_party)\//;

/** Refuses a checkout that holds one of the packages itself; any other is a target, if only one with nothing to do. */
export async function recognize(tree: ReadonlyTree): Promise<Recognition> {
  const reasons = [...(await ownNpmPackages(tree)), ...ownPythonModules(tree)];
  if (reasons.length > 0) return { kind: 'refuse', reasons, hint: 'nothing here is for this migration' };
  return { kind: 'target', evidence: [] };
}

async function ownNpmPackages(tree: ReadonlyTree): Promise<readonly string[]> {
  const found = (await tree.search([`"${OLD_PACKAGE}"`, `"${NEW_PACKAGE}"`])).filter(
    (path) => /(^|\/)package\.json$/.test(path) && !isInstalled(path),
  );
  return found.flatMap((path) => {
    const name = nameOfPackage(tree, path);
    return name === OLD_PACKAGE || name === NEW_PACKAGE ? [`${path} defines ${name} itself`] : [];
  });
}

function nameOfPackage(tree: ReadonlyTree, path: RepoPath): unknown {
  const read = readJson(tree.tryReadText(path) ?? '');
  const node = read.kind === 'read' ? jsonNodeAt(read.document.root, ['name']) : null;
  return node?.kind === 'scalar' ? node.value : undefined;
}

function ownPythonModules(tree: ReadonlyTree): readonly string[] {
  const modules = tree.paths(
    '**/{claude_code_sdk,claude_agent_sdk}/__init__.py',
    '**/{claude_code_sdk,claude_agent_sdk}.py',
  );
  return modules
    .filter((path) => !isInstalledPython(path) && !STAND_IN.test(path))
    .map((path) => `${path} defines the module itself`);
}
