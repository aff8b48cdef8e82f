import { defineCheck, type Finding, type RepoPath } from '../../../src/authoring.ts';
import { type CodeUsage, readUsage } from '../manifests/usage.ts';
import { NEW_MODULE, OLD_MODULE } from '../python/names.ts';
import { type PythonUsage, readPythonUsage } from '../python-manifests/usage.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A01-old-module';

interface Usage {
  readonly code: readonly CodeUsage[];
  readonly python: readonly PythonUsage[];
}

export const oldModule = defineCheck<Usage>({
  id: ID,
  title: 'No code loads the SDK from the old package',
  severity: 'error',
  description:
    'Looks at every import, require, import type and mock of TypeScript and JavaScript, at the blocks of components, and at imports of Python and notebooks. The ' +
    'old npm package lost its SDK in 2.0.25. Its cli.js is another thing and may be named. Python that tries the new module beside the old one is left alone.',
  examples: {
    bad: `import { query } from '${OLD_PACKAGE}';`,
    good: `import { query } from '${NEW_PACKAGE}';`,
  },
  select: async (tree) => {
    const [code, python] = [await readUsage(tree), await readPythonUsage(tree)];
    return code.length + python.length === 0
      ? { kind: 'skip', why: 'no code loads either SDK' }
      : { kind: 'applies', input: { code, python } };
  },
  run: ({ code, python }) => [
    ...code.filter(({ old }) => old).map(({ path }) => findingOf(path, OLD_PACKAGE, NEW_PACKAGE)),
    ...python
      .filter((one) => one.old > 0 && one.new === 0)
      .map(({ path, old }) => ({ ...findingOf(path, OLD_MODULE, NEW_MODULE), line: old })),
  ],
});

function findingOf(path: RepoPath, seen: string, expected: string): Finding {
  return {
    check: ID,
    severity: 'error',
    path,
    message: `loads the SDK from ${seen}`,
    expected,
    seen,
    subject: 'module',
    next: 'refit plan --migration agent-sdk',
  };
}
