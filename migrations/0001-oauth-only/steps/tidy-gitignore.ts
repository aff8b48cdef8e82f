import {
  addIgnoreLines,
  defineStep,
  type IgnorePattern,
  isIgnored,
  judgePath,
  type ReadonlyTree,
  type RepoPath,
  readIgnoreFile,
  removeIgnoreLine,
  repoPath,
} from '../../../src/authoring.ts';
import { applyOutcome } from '../apply-outcome.ts';
import { containerState, notReplacing } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';
import { ENTRYPOINT_PATH } from './write-entrypoint.ts';

const PATH = repoPath('.gitignore');
/** What the cleanup deletes, as an entry of its own. */
const DELETED = /^(?:auth_integration\.py|simple-oauth|scripts\/[\w.-]*(?:auth|login)[\w.-]*\.sh)$/;

interface Tidy {
  readonly text: string;
  readonly removed: readonly IgnorePattern[];
  /** New files that stay hidden. */
  readonly hidden: readonly { readonly path: string; readonly by: IgnorePattern }[];
}

/** Brings .gitignore in line with what was deleted and what is new. */
export const tidyGitignore = defineStep<OauthOnlyParams, Tidy>({
  id: 'tidy-gitignore',
  title: 'Tidy .gitignore',
  description:
    'Removes a line only when it names exactly something that the cleanup deleted, and adds lines only when an older one would hide a file that this run ' +
    'creates. Patterns with wildcards that hide nothing of ours stay.',
  version: 1,
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile is replaced' };
    const text = tree.tryReadText(PATH);
    if (text === null) return { kind: 'skip', why: 'there is no .gitignore' };
    const tidied = tidy(text, newFiles(tree, state.path), tree);
    if (tidied.text === text && tidied.hidden.length === 0) return { kind: 'done', why: 'no entry stands in the way' };
    return { kind: 'applies', input: tidied };
  },
  run: ({ text, hidden }, tree, ctx) => {
    tree.overwrite(PATH, text);
    for (const { path, by } of hidden) {
      const message = `"${by.text}" hides ${path} from git: add it with git add --force ${path}, or change the line`;
      ctx.note({ severity: 'todo', path: PATH, line: by.line, message });
    }
  },
});

/** The files that this run creates, before or after this step. */
function newFiles(tree: ReadonlyTree, dockerfile: RepoPath): readonly string[] {
  const backups = tree.paths().filter((path) => path.startsWith(`${dockerfile}.backup`));
  return [ENTRYPOINT_PATH, '.dockerignore', ...(backups.length === 0 ? [`${dockerfile}.backup`] : backups)];
}

function tidy(before: string, files: readonly string[], tree: ReadonlyTree): Tidy {
  let text = before;
  const removed = readIgnoreFile(before).patterns.filter((one) => namesDeleted(one, tree));
  for (const { text: entry } of removed) {
    const file = readIgnoreFile(text);
    const again = file.patterns.find((one) => one.text === entry && namesDeleted(one, tree));
    if (again !== undefined) text = applyOutcome(text, removeIgnoreLine(file, again), PATH);
  }
  const hidden: { path: string; by: IgnorePattern }[] = [];
  for (const path of files) {
    const shown = show(text, path);
    if (typeof shown === 'string') text = shown;
    else hidden.push({ path, by: shown });
  }
  return { text, removed, hidden };
}

function namesDeleted({ body, negated }: IgnorePattern, tree: ReadonlyTree): boolean {
  const path = body.replace(/^\//, '');
  if (negated || !DELETED.test(path)) return false;
  return !tree.has(repoPath(path)) && !tree.hasFolder(repoPath(path));
}

/**
 * The text with lines that bring `path` back, or the pattern that hides it for good. Git never looks into an ignored folder, so a hidden folder is opened, its
 * content hidden again, and the file named.
 */
function show(text: string, path: string): string | IgnorePattern {
  const file = readIgnoreFile(text);
  const verdict = judgePath(file.patterns, path, 'git');
  if (verdict.kind === 'kept') return text;
  const { folder, by } = verdict;
  const lines = folder === null ? [`!/${path}`] : [`!/${folder}/`, `/${folder}/*`, `!/${path}`];
  const result = applyOutcome(text, addIgnoreLines(file, lines, true), PATH);
  const { patterns } = readIgnoreFile(result);
  const neighbours = [`${folder ?? 'x'}/other-file`, `${folder ?? 'x'}/other/file`];
  const same = neighbours.every((one) => isIgnored(patterns, one, 'git') === isIgnored(file.patterns, one, 'git'));
  return same && !isIgnored(patterns, path, 'git') ? result : by;
}
