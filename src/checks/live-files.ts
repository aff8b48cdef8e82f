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
  return readLive(tree, tree.paths(...globs));
}

/** As {@link liveFiles}, of those that hold `literal`: no others are read, and in a large checkout those are few. */
export async function liveFilesWith(
  tree: ReadonlyTree,
  literal: string,
  ...globs: readonly string[]
): Promise<readonly LiveFile[]> {
  return readLive(tree, (await tree.search([literal])).filter(compileGlobs(globs)));
}

/** Those of `paths` that are text and no copy, archive or history, in their order. */
export function readLive(tree: ReadonlyTree, paths: readonly RepoPath[]): readonly LiveFile[] {
  return paths.flatMap((path) => {
    const text = isHistory(path) ? null : tree.tryReadText(path);
    return text === null ? [] : [{ path, text }];
  });
}

/** Whether the file is a test, which runs on a developer's machine and not in the image. */
export function isTestFile(path: RepoPath): boolean {
  return isTest(path);
}
