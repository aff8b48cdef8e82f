import { defineCheck, type Finding, type RepoPath } from '../../../src/authoring.ts';
import { type ListedRange, listedRanges } from '../manifests/listed.ts';
import { manifestsAbove, readUsage } from '../manifests/usage.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';

const ID = 'A06-known-bad-range';

export const knownBadRange = defineCheck<ReadonlyMap<RepoPath, readonly ListedRange[]>>({
  id: ID,
  title: 'The old package is not asked for in a version without an SDK',
  severity: 'error',
  description:
    'From 2.0.25 on the old package has no SDK: up to 2.0.46 its main file is missing, later it names none. A range that admits such a version breaks every ' +
    'import of it. A package that only runs the claude program is not concerned.',
  examples: { bad: `"${OLD_PACKAGE}": "^2.0.0" and an import of it`, good: `"${NEW_PACKAGE}": "^0.1.77"` },
  select: async (tree) => {
    const manifests = new Set(tree.paths('**/package.json').filter((path) => !isInstalled(path)));
    const owners = (await readUsage(tree))
      .filter(({ old }) => old)
      .flatMap(({ path }) => manifestsAbove(path, manifests));
    const ranges = new Map([...new Set(owners)].map((path) => [path, listedRanges(tree, path, OLD_PACKAGE)]));
    const isAny = [...ranges.values()].some((found) => found.length > 0);
    return isAny
      ? { kind: 'applies', input: ranges }
      : { kind: 'skip', why: 'no code loads the SDK of the old package' };
  },
  run: (ranges) =>
    [...ranges].flatMap(([path, found]) =>
      found.filter(({ range }) => admitsNoSdk(range)).map((one) => findingOf(path, one)),
    ),
});

function findingOf(path: RepoPath, { range, line }: ListedRange): Finding {
  return {
    check: ID,
    severity: 'error',
    path,
    line,
    message: `${range === '' ? 'the range' : range} admits versions without an SDK`,
    expected: `${OLD_PACKAGE} below 2.0.25, or ${NEW_PACKAGE}`,
    seen: range,
    subject: 'range',
    next: 'refit plan --migration agent-sdk',
  };
}

/** Whether 2.0.25 or a later version is admitted, in a careful reading: what is not understood counts as admitted. */
export function admitsNoSdk(range: string): boolean {
  return range.split('||').some((part) => {
    const [, operator = '', major = '', minor, patch] =
      /^\s*([\^~]|>=?|<=?|=|v)?\s*v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*)[\w.+-]*)?/.exec(part) ?? [];
    if (major === '') return true;
    const below = /<=?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(part);
    const upper = below === null ? null : [below[1], below[2] ?? '0', below[3] ?? '0'].map(Number);
    if (upper !== null) return isLater(upper as [number, number, number], [2, 0, 25]);
    if (operator.startsWith('>')) return true;
    const open = operator === '^' || minor === undefined || minor === 'x' || minor === '*';
    if (Number(major) !== 2) return Number(major) > 2;
    if (open || Number(minor) > 0) return true;
    return operator === '~' || patch === undefined || patch === 'x' || patch === '*' || Number(patch) >= 25;
  });
}

function isLater(a: readonly [number, number, number], b: readonly [number, number, number]): boolean {
  return a[0] - b[0] > 0 || (a[0] === b[0] && (a[1] - b[1] > 0 || (a[1] === b[1] && a[2] > b[2])));
}
