import { RefitError } from '../../base/errors.ts';
import { decodeName, splitNul } from './names.ts';
import { explainGitFailure, tryGit } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/**
 * Tracked files below `tree.folder` whose work-tree content holds any of `lines`, byte for byte, all in one call. A line
 * is not empty and holds no CR, LF or NUL, which end a pattern for git. Names that are not UTF-8 are left out.
 * @throws RefitError when a file cannot be read: a word in it would be missed.
 */
export async function grepTracked(tree: WorkTree, lines: readonly string[]): Promise<readonly string[]> {
  if (lines.length === 0) return [];
  // Patterns come on standard input, so their number has no limit. --text keeps git from asking the attributes of each
  // file whether it is binary, and a file that an attribute calls binary is still searched.
  const args = ['grep', '-l', '-z', '-F', '--text', '--no-textconv', '-f', '-'];
  const result = await tryGit(tree.folder, args, { input: `${lines.join('\n')}\n` });
  if (result.failed && result.exitCode !== 1) throw explainGitFailure(result, tree.folder);
  const unread = result.stderr.split('\n').filter((line) => line.startsWith('error: '));
  if (unread.length > 0) {
    throw new RefitError('cannot search every file of the checkout', {
      details: unread.map((line) => line.replace(/^error: .*?'(.*)': /, '$1: ')),
      hint: 'make these files readable',
    });
  }
  return splitNul(result.stdout)
    .map(decodeName)
    .flatMap((name) => (name.kind === 'text' ? [name.text] : []));
}
