import { defineCheck } from '../../../src/authoring.ts';
import { type CliUse, findCliUse } from '../manifests/cli-use.ts';
import { listedRanges } from '../manifests/listed.ts';
import { manifestsAbove } from '../manifests/usage.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A05-cli-installed';

export const cliInstalled = defineCheck<readonly CliUse[]>({
  id: ID,
  title: 'The claude program is still installed where it is run from node_modules',
  severity: 'error',
  description:
    'The new package has no program. Where code or a script runs claude out of node_modules, a package.json at or above it has to list the old package still.',
  examples: {
    bad: `"ask": "npx claude -p hello" and no "${OLD_PACKAGE}" in package.json`,
    good: `"${OLD_PACKAGE}" beside "${NEW_PACKAGE}"`,
  },
  select: async (tree) => {
    const uses = (await findCliUse(tree)).filter(({ isLocal }) => isLocal);
    return uses.length === 0
      ? { kind: 'skip', why: 'nothing runs claude out of node_modules' }
      : { kind: 'applies', input: uses };
  },
  run: (uses, tree) => {
    const manifests = new Set(tree.paths('**/package.json').filter((path) => !isInstalled(path)));
    return uses
      .filter(({ path }) => {
        const above = manifestsAbove(path, manifests);
        const lists = (name: string): boolean => above.some((one) => listedRanges(tree, one, name).length > 0);
        return lists(NEW_PACKAGE) && !lists(OLD_PACKAGE);
      })
      .map(({ path, line }) => ({
        check: ID,
        severity: 'error',
        path,
        line,
        message: 'runs the claude program, which nothing installs any more',
        expected: `"${OLD_PACKAGE}" in package.json`,
        seen: `only "${NEW_PACKAGE}", which has no program`,
        subject: 'claude',
        next: `npm install ${OLD_PACKAGE}`,
      }));
  },
});
