import {
  defineCheck,
  type Finding,
  findModuleNames,
  loadTypeScript,
  parseCode,
  type ReadonlyTree,
  type RepoPath,
} from '../../../src/authoring.ts';
import { findPythonMocks } from '../python/mocks.ts';
import { NEW_MODULE, OLD_MODULE } from '../python/names.ts';
import { findPython } from '../python/python-files.ts';
import { readPythonUsage } from '../python-manifests/usage.ts';
import { findCode } from '../typescript/code-files.ts';
import { isNewModule, isOldModule, NEW_PACKAGE, newModuleName, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A03-mocks-match';

/** The mocks of one language, and which of its two modules code loads. */
interface Names {
  readonly mocks: readonly { readonly path: RepoPath; readonly line: number; readonly isNew: boolean }[];
  readonly loadsNew: boolean;
  readonly loadsOld: boolean;
  readonly words: readonly [old: string, now: string];
}

export const mocksMatch = defineCheck<readonly Names[]>({
  id: ID,
  title: 'Tests put their mocks in the place of the module that the code imports',
  severity: 'error',
  description:
    'A mock of the package that no code imports any more stands for nothing: the test then starts the real SDK. Looks at jest, vitest, node:test and the ' +
    'like, and in Python at patches and sys.modules, in skipped tests too.',
  examples: {
    bad: `vi.mock('${OLD_PACKAGE}') beside import { query } from '${NEW_PACKAGE}'`,
    good: `vi.mock('${NEW_PACKAGE}')`,
  },
  select: async (tree) => {
    const found = [await namesInCode(tree), await namesInPython(tree)].filter(({ mocks }) => mocks.length > 0);
    return found.length === 0
      ? { kind: 'skip', why: 'no test puts a mock in the place of either SDK' }
      : { kind: 'applies', input: found };
  },
  run: (found) => found.flatMap(findingsOf),
});

async function namesInCode(tree: ReadonlyTree): Promise<Names> {
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
  const loads = found.filter(({ use }) => use !== 'mock' && use !== 'text' && use !== 'import-type');
  return {
    mocks: found.filter(({ use }) => use === 'mock'),
    loadsNew: loads.some(({ isNew }) => isNew),
    loadsOld: loads.some(({ isNew }) => !isNew),
    words: [OLD_PACKAGE, NEW_PACKAGE],
  };
}

async function namesInPython(tree: ReadonlyTree): Promise<Names> {
  const { files } = await findPython(tree, [OLD_MODULE, NEW_MODULE]);
  const usage = await readPythonUsage(tree);
  return {
    mocks: files.flatMap((file) => findPythonMocks(file).map((mock) => ({ ...mock, path: file.path }))),
    loadsNew: usage.some((one) => one.new > 0),
    loadsOld: usage.some((one) => one.old > 0),
    words: [OLD_MODULE, NEW_MODULE],
  };
}

function findingsOf({ mocks, loadsNew, loadsOld, words: [old, now] }: Names): readonly Finding[] {
  return mocks
    .filter(({ isNew }) => (isNew ? loadsOld && !loadsNew : loadsNew && !loadsOld))
    .map(({ path, line, isNew }) => ({
      check: ID,
      severity: 'error',
      path,
      line,
      message: 'the mock stands for a module that no code imports',
      expected: isNew ? old : now,
      seen: isNew ? now : old,
      subject: 'mock',
      next: 'name the module that the code imports',
    }));
}
