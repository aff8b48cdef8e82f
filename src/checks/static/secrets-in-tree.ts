import type { RepoPath } from '../../base/repo-path.ts';
import { findSecrets, SECRET_LITERALS } from '../../base/secrets.ts';
import { indexLines } from '../../base/text.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';

const ID = 'S25-secrets-in-tree';

/** No file of the checkout holds a real key or token. */
export const secretsInTree = defineCheck<readonly RepoPath[]>({
  id: ID,
  title: 'No file holds a real key or token',
  severity: 'blocker',
  securitySeverity: 9.5,
  description:
    'Looks for sk-ant-oat… and sk-ant-api… with 20 or more further characters, and for sk- with 20 or more that mix letters and digits; all else ' +
    'is a placeholder. A token in the tree is in every clone and every image that copies the folder, and stays in the history after it is deleted, so ' +
    'it has to be revoked. Archives and examples are searched too. Shown are only the public prefix and a short hash.',
  examples: {
    bad: 'CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-(the 90 characters of a real one)',
    good: 'CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-your-token-here',
  },
  searchWords: () => SECRET_LITERALS,
  select: async (tree) => ({ kind: 'applies', input: await tree.search(SECRET_LITERALS) }),
  run: (paths, tree) => paths.flatMap((path) => findingsIn(tree, path)),
});

function findingsIn(tree: ReadonlyTree, path: RepoPath): readonly Finding[] {
  const text = tree.tryReadText(path);
  if (text === null && tree.mode(path) === 'link') return [];
  const lines = text === null ? null : indexLines(text);
  // In a binary file every byte is a character, and there are no lines to name.
  const searched = text ?? Buffer.from(tree.readBytes(path)).toString('latin1');
  const seen = new Set<string>();
  return findSecrets(searched).flatMap(({ start, masked }) => {
    const line = lines?.lineAt(start);
    const place = `${line ?? ''} ${masked}`;
    if (seen.has(place)) return [];
    seen.add(place);
    return [
      {
        check: ID,
        severity: 'blocker' as const,
        message: `a real secret stands in ${path}`,
        expected: 'a placeholder; the value itself only in the environment or an ignored .env',
        seen: masked,
        subject: masked,
        path,
        ...(line === undefined ? {} : { line }),
        next: 'revoke it where it was issued, then take it out of the file and out of the history',
      },
    ];
  });
}
