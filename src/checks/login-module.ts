/** Pure: the module of the removed web login. */
import type { RepoPath } from '../base/repo-path.ts';
import { listTopLevelNames } from '../editors/python.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { liveFiles } from './live-files.ts';

export const LOGIN_MODULE = 'auth_integration';
/** The function of it that puts the pages on an app. */
export const LOGIN_FUNCTION = 'add_auth_routes';

/** Modules of that name: the web login itself by what it defines, and those that are something else. */
export function loginModules(tree: ReadonlyTree): {
  readonly own: readonly RepoPath[];
  readonly foreign: readonly RepoPath[];
} {
  const own: RepoPath[] = [];
  const foreign: RepoPath[] = [];
  for (const { path, text } of liveFiles(tree, `**/${LOGIN_MODULE}.py`, `**/${LOGIN_MODULE}/__init__.py`)) {
    const names = listTopLevelNames(text);
    const adds = names.some(({ name, kind }) => name === LOGIN_FUNCTION && kind === 'function');
    (adds && /claude/i.test(text) ? own : foreign).push(path);
  }
  return { own, foreign };
}
