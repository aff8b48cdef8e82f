/** Pure: which files of a tree a check judges. */
import { compileGlobs } from '../base/glob.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { HISTORY_GLOBS } from '../tree/mentions.ts';
import type { ReadonlyTree } from '../tree/tree.ts';

const isHistory = compileGlobs(HISTORY_GLOBS);
const isTest = compileGlobs(['**/test_*.py', '**/*_test.py', '**/conftest.py', '**/{test,tests}/**']);

/** A file of the tree with its text. */
export interface LiveFile {
  readonly path: RepoPath;
  readonly text: string;
}

/** The text files that match any glob; copies, archives and histories speak of what was and are left out. */
export function liveFiles(tree: ReadonlyTree, ...globs: readonly string[]): readonly LiveFile[] {
  return tree.paths(...globs).flatMap((path) => {
    const text = isHistory(path) ? null : tree.tryReadText(path);
    return text === null ? [] : [{ path, text }];
  });
}

/** Whether the file is a test, which runs on a developer's machine and not in the image. */
export function isTestFile(path: RepoPath): boolean {
  return isTest(path);
}
