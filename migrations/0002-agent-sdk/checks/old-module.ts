import { defineCheck } from '../../../src/authoring.ts';
import { type CodeUsage, readUsage } from '../manifests/usage.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A01-old-module';

export const oldModule = defineCheck<readonly CodeUsage[]>({
  id: ID,
  title: 'No code loads the SDK from the old package',
  severity: 'error',
  description:
    'Looks at every import, require, import type and mock of TypeScript and JavaScript, and at the blocks of components. The old package lost its SDK ' +
    'in 2.0.25. Its cli.js is another thing and may be named.',
  examples: {
    bad: `import { query } from '${OLD_PACKAGE}';`,
    good: `import { query } from '${NEW_PACKAGE}';`,
  },
  select: async (tree) => {
    const usage = await readUsage(tree);
    return usage.length === 0 ? { kind: 'skip', why: 'no code loads either SDK' } : { kind: 'applies', input: usage };
  },
  run: (usage) =>
    usage
      .filter(({ old }) => old)
      .map(({ path }) => ({
        check: ID,
        severity: 'error',
        path,
        message: `loads the SDK from ${OLD_PACKAGE}`,
        expected: NEW_PACKAGE,
        seen: OLD_PACKAGE,
        subject: 'module',
        next: 'refit plan --migration agent-sdk',
      })),
});
