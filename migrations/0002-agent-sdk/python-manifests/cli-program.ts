import type { Note, ReadonlyTree, RepoPath } from '../../../src/authoring.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { OLD_PACKAGE } from '../typescript/names.ts';

const PLACES =
  /(?:^|\/)(?:[^/]*(?:Dockerfile|Containerfile)[^/]*|[Mm]akefile|[Jj]ustfile|action\.ya?ml)$|\.(?:sh|bash|ya?ml|dockerfile)$/;
const INSTALLS =
  /\b(?:npm|pnpm|yarn|bun)\b(?=[^\n]*(?:\s-g\b|--global\b|\bglobal\b))[^\n]*@anthropic-ai\/claude-code(?![\w-])|claude\.ai\/install\.sh/;

/** Notes where a program is installed that the new Python SDK, which brings its own, no longer runs. */
export async function notesOfPrograms(tree: ReadonlyTree): Promise<readonly Note[]> {
  const paths = await tree.search([OLD_PACKAGE, 'claude.ai/install.sh']);
  return paths.filter((path) => PLACES.test(path) && !isInstalled(path)).flatMap((path) => noteOf(tree, path));
}

function noteOf(tree: ReadonlyTree, path: RepoPath): readonly Note[] {
  const lines = (tree.tryReadText(path) ?? '').split('\n');
  const index = lines.findIndex((line) => INSTALLS.test(line) && !/^\s*(?:#|echo\b)/.test(line));
  if (index === -1) return [];
  return [
    {
      severity: 'warning',
      path,
      line: index + 1,
      message:
        'the old Python SDK ran the claude program that is installed here; the new one brings its own (0.1.8 and later) and prefers it, so a version that is pinned here no ' +
        'longer counts: cli_path= in the options restores the old choice',
    },
  ];
}
