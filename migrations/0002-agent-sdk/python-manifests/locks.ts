import { type Note, parentOf, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';

/** Lock file → the command that brings it up to date. */
const LOCKS: readonly (readonly [string, string])[] = [
  ['poetry.lock', 'poetry lock'],
  ['uv.lock', 'uv lock'],
  ['pdm.lock', 'pdm lock'],
  ['Pipfile.lock', 'pipenv lock'],
  ['pixi.lock', 'pixi lock'],
  ['conda-lock.yml', 'conda-lock'],
  ['pylock.toml', 'the tool that made it'],
];

const MANIFEST =
  /(?:^|\/)(?:pyproject\.toml|Pipfile|pixi\.toml|setup\.(?:cfg|py)|[^/]*environment[^/]*\.ya?ml|[^/]*requirements[^/]*\.(?:in|txt))$/;

/** Says how to bring up to date the lock files that answer for the `changed` manifests. */
export function notesOfPythonLocks(tree: ReadonlyTree, changed: readonly RepoPath[]): readonly Note[] {
  const found = new Map<RepoPath, string>();
  for (const path of changed.filter((one) => MANIFEST.test(one))) {
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      for (const [name, command] of LOCKS) {
        const lock = (folder === null ? name : `${folder}/${name}`) as RepoPath;
        if (tree.has(lock)) found.set(lock, command);
      }
      if (folder === null) break;
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, command]) => ({
      severity: 'todo',
      path,
      message: `is not edited, for it holds checksums: bring it up to date with ${command}${parentOf(path) === null ? '' : ` in ${parentOf(path)}`}`,
    }));
}
