import { RefitError } from '../../base/errors.ts';
import { repoPathProblem } from '../../base/repo-path.ts';
import type { FileMode } from '../../tree/tree.ts';
import { resolveCommit } from './history.ts';
import { decodeName, splitNul } from './names.ts';
import { runGit } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/** The files below a folder as a commit has them. */
export interface CommittedFiles {
  /** Full hash. */
  readonly commit: string;
  /** By path from the folder; submodules and names that no tree can hold are left out. */
  readonly files: Readonly<Record<string, { readonly content: Buffer; readonly mode: FileMode }>>;
}

const MODES: Readonly<Record<string, FileMode>> = { '100644': '644', '100755': '755', '120000': 'link' };

/**
 * Reads the files below `tree.folder` at `ref`, bytes as they are committed.
 * @throws RefitError when there is no such commit in this clone, or it lacks one of its files.
 */
export async function readCommitted(tree: WorkTree, ref: string): Promise<CommittedFiles> {
  const commit = await resolveCommit(tree, ref);
  const entries = splitNul(await runGit(tree.folder, ['ls-tree', '-r', '-z', commit])).flatMap((field) => {
    const tab = field.indexOf(0x09);
    const [bits = '', , object = ''] = field.subarray(0, tab).toString('latin1').split(' ');
    const name = decodeName(field.subarray(tab + 1));
    const mode = MODES[bits];
    if (mode === undefined || name.kind !== 'text' || repoPathProblem(name.text) !== null) return [];
    return [{ path: name.text, mode, object }];
  });
  const input = entries.map(({ object }) => `${object}\n`).join('');
  const contents = splitBatch(await runGit(tree.folder, ['cat-file', '--batch'], { input }));
  if (contents.length !== entries.length)
    throw new RefitError(`${ref} lacks files in this clone`, { hint: 'fetch it whole: git fetch --refetch' });
  const files = entries.map(({ path, mode }, index) => [path, { content: contents[index] as Buffer, mode }] as const);
  return { commit, files: Object.fromEntries(files) };
}

/** `<object> <type> <size>`, the content and a line end, for each object; a missing one ends the list. */
function splitBatch(output: Buffer): readonly Buffer[] {
  const contents: Buffer[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(output.subarray(at, end).toString('latin1'))?.[1];
    if (size === undefined) break;
    contents.push(output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 2 + Number(size);
  }
  return contents;
}
