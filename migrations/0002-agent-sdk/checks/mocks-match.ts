import { defineCheck, findModuleNames, loadTypeScript, parseCode, type RepoPath } from '../../../src/authoring.ts';
import { findCode } from '../typescript/code-files.ts';
import { isNewModule, isOldModule, NEW_PACKAGE, newModuleName, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A03-mocks-match';

interface Names {
  readonly mocks: readonly { readonly path: RepoPath; readonly line: number; readonly isNew: boolean }[];
  readonly loadsNew: boolean;
  readonly loadsOld: boolean;
}

export const mocksMatch = defineCheck<Names>({
  id: ID,
  title: 'Tests put their mocks in the place of the module that the code imports',
  severity: 'error',
  description:
    'A mock of the package that no code imports any more stands for nothing: the test then starts the real SDK. Looks at jest, vitest, node:test and the ' +
    'like, in skipped tests too.',
  examples: {
    bad: `vi.mock('${OLD_PACKAGE}') beside import { query } from '${NEW_PACKAGE}'`,
    good: `vi.mock('${NEW_PACKAGE}')`,
  },
  select: async (tree) => {
    const { kept } = await findCode(tree, [OLD_PACKAGE, NEW_PACKAGE]);
    if (kept.length > 0) await loadTypeScript();
    const found = kept.flatMap(({ path, text }) => {
      const parsed = parseCode(path, text);
      if (parsed.kind === 'broken') return [];
      const names = findModuleNames(
        parsed.file,
        (name) => isNewModule(name) || newModuleName(name, '').kind === 'rename',
      );
      return names.map(({ use, specifier, line }) => ({ use, line, path, isNew: !isOldModule(specifier) }));
    });
    const mocks = found.filter(({ use }) => use === 'mock');
    const loads = found.filter(({ use }) => use !== 'mock' && use !== 'text' && use !== 'import-type');
    if (mocks.length === 0) return { kind: 'skip', why: 'no test puts a mock in the place of either SDK' };
    const isLoaded = (isNew: boolean): boolean => loads.some((load) => load.isNew === isNew);
    return { kind: 'applies', input: { mocks, loadsNew: isLoaded(true), loadsOld: isLoaded(false) } };
  },
  run: ({ mocks, loadsNew, loadsOld }) =>
    mocks
      .filter(({ isNew }) => (isNew ? loadsOld && !loadsNew : loadsNew && !loadsOld))
      .map(({ path, line, isNew }) => ({
        check: ID,
        severity: 'error',
        path,
        line,
        message: 'the mock stands for a module that no code imports',
        expected: isNew ? OLD_PACKAGE : NEW_PACKAGE,
        seen: isNew ? NEW_PACKAGE : OLD_PACKAGE,
        subject: 'mock',
        next: 'name the module that the code imports',
      })),
});
