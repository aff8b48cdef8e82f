import { isInside, nameOf, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { isInstalledPython } from '../python/python-files.ts';
import { kindsOf } from './kinds.ts';
import { folderOf, type PythonUsage, readPythonUsage } from './usage.ts';

/** A file that loads a module whose distribution nothing lists. */
export interface Unlisted {
  readonly path: RepoPath;
  /** From 1. */
  readonly line: number;
  readonly isNew: boolean;
}

export interface Agreement {
  /** How many files load either module. */
  readonly users: number;
  /** How many of them a list of dependencies is for. */
  readonly judged: number;
  readonly unlisted: readonly Unlisted[];
}

/** Where a distribution is listed. `anywhere` is a command that installs it, which may be for any code of the checkout. */
type Reach = 'anywhere' | { readonly folder: RepoPath | null };

/**
 * Which Python files load a module whose distribution no manifest for them lists. A file that no list of dependencies is for is not
 * judged; one that loads both modules is content with either.
 */
export async function findUnlisted(tree: ReadonlyTree): Promise<Agreement> {
  const usage = await readPythonUsage(tree);
  if (usage.length === 0) return { users: 0, judged: 0, unlisted: [] };
  const lists = dependencyLists(tree);
  const judged = usage.filter(({ path }) => lists.some((reach) => covers(reach, path)));
  const named = (await tree.search(['claude', 'Claude'])).filter((path) => !isInstalledPython(path) && mayList(path));
  const [old, now] = [false, true].map((isNew) => named.flatMap((path) => reachOf(tree, path, isNew)));
  const isListed = ({ path }: PythonUsage, reaches: readonly Reach[] = []): boolean =>
    reaches.some((reach) => covers(reach, path));
  const unlisted = judged.flatMap((one): readonly Unlisted[] => {
    const lacks = [
      ...(one.old > 0 && !isListed(one, old) ? [{ path: one.path, line: one.old, isNew: false }] : []),
      ...(one.new > 0 && !isListed(one, now) ? [{ path: one.path, line: one.new, isNew: true }] : []),
    ];
    const loads = Number(one.old > 0) + Number(one.new > 0);
    return lacks.length === loads ? lacks.slice(-1) : [];
  });
  return { users: usage.length, judged: judged.length, unlisted };
}

function covers(reach: Reach, path: RepoPath): boolean {
  return reach === 'anywhere' || reach.folder === null || isInside(path, reach.folder);
}

const TOML_LIST =
  /^\s*dependencies\s*=|^\s*\[(?:tool\.poetry\.(?:[\w.-]+\.)?(?:dev-)?dependencies|(?:dev-)?packages|(?:feature\.[\w-]+\.)?(?:pypi-)?dependencies)\]/m;

/** The files that list what Python code needs, whatever they list. */
function dependencyLists(tree: ReadonlyTree): readonly Reach[] {
  const lists: Readonly<Record<string, RegExp>> = {
    '**/{pyproject.toml,Pipfile,pixi.toml}': TOML_LIST,
    '**/{setup.py,setup.cfg}': /\binstall_requires\b/,
    '**/{*requirements*.txt,*requirements*.in,requirements/*.txt,requirements/*.in}': /^\s*[A-Za-z]/m,
  };
  return Object.entries(lists).flatMap(([glob, pattern]) =>
    tree
      .paths(glob)
      .filter((path) => !isInstalledPython(path) && pattern.test(tree.tryReadText(path) ?? ''))
      .map((path) => ({ folder: folderOf(tree, path) })),
  );
}

function mayList(path: RepoPath): boolean {
  return path.endsWith('.ipynb') || kindsOf(path).length > 0;
}

/** How far the file lists the old or the new distribution. */
function reachOf(tree: ReadonlyTree, path: RepoPath, isNew: boolean): readonly Reach[] {
  const text = tree.tryReadText(path) ?? '';
  const [wanted, other] = isNew ? [NEW, OLD] : [OLD, NEW];
  if (!new RegExp(wanted, 'i').test(text)) return [];
  if (path.endsWith('.ipynb') || nameOf(path) === 'setup.py') {
    const inText = new RegExp(`(?:install|add)\\b[^\\n]*${wanted}|["']${wanted}(?![\\w-])`, 'i');
    return inText.test(text) ? [path.endsWith('.ipynb') ? 'anywhere' : { folder: folderOf(tree, path) }] : [];
  }
  // What moves the old distribution knows where one is listed: the wanted one is shown to it by that name, the other by none.
  const shown = text.replace(new RegExp(other, 'gi'), 'another').replace(new RegExp(wanted, 'gi'), 'claude-code-sdk');
  return kindsOf(path)
    .filter(({ move }) => move({ path, text: shown, range: undefined }).lists)
    .map(({ isProject }) => (path.endsWith('.py') || !isProject ? 'anywhere' : { folder: folderOf(tree, path) }));
}

const OLD = 'claude[-_.]+code[-_.]+sdk';
const NEW = 'claude[-_.]+agent[-_.]+sdk';
