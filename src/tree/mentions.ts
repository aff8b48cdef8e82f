import { compileGlobs } from '../base/glob.ts';
import { nameOf, type RepoPath } from '../base/repo-path.ts';
import type { ReadonlyTree } from './tree.ts';

/** A word to look for, and what it is made of: that decides where the word ends. */
export interface MentionWord {
  readonly name: string;
  readonly kind: 'module' | 'name' | 'path';
}

/** A place that names something removed. */
export interface Mention {
  readonly path: RepoPath;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  /** Whether the line is a comment in a file that has `#`, `//` or `--` comments. */
  readonly inComment: boolean;
  /** Whether something runs or loads the file, so that a dead reference in it breaks at run time. */
  readonly loadBearing: boolean;
}

/** Copies, archives and histories speak of what was: their mentions are no leftovers. */
export const HISTORY_GLOBS: readonly string[] = [
  '**/{.archive,archive,archives,archived,.backup,backups}/**',
  '**/{CHANGELOG,Changelog,changelog,CHANGES,HISTORY,NEWS}*',
  '**/*.{backup,bak,orig}',
  '**/*.{backup,bak,orig}.*',
];

/**
 * Finds mentions of `words` in the tree, each as a word of its kind and not as a substring; at most one for each line,
 * the longest word. Sorted by path and line. `skip` are globs of files that are not read.
 */
export async function findMentions(
  tree: ReadonlyTree,
  words: readonly MentionWord[],
  skip: readonly string[] = HISTORY_GLOBS,
): Promise<readonly Mention[]> {
  if (words.length === 0) return [];
  const skipped = skip.length === 0 ? () => false : compileGlobs(skip);
  const longestFirst = [...words].sort((a, b) => b.name.length - a.name.length);
  const patterns = longestFirst.map((word) => ({ word, pattern: wordPattern(word) }));
  const mentions: Mention[] = [];
  for (const path of await tree.search([...new Set(words.map((word) => word.name))])) {
    const text = skipped(path) ? null : tree.tryReadText(path);
    if (text === null) continue;
    const loadBearing = isLoadBearing(path);
    const near = patterns.filter(({ word }) => text.includes(word.name));
    for (const [index, line] of text.split('\n').entries()) {
      // Most lines hold none of the words, and a plain look for one is far cheaper than its pattern.
      const found = near.find(({ word, pattern }) => line.includes(word.name) && pattern.test(line));
      if (found === undefined) continue;
      const inComment = loadBearing && /^\s*(#|\/\/|--|;|\*)/.test(line);
      mentions.push({ path, line: index + 1, name: found.word.name, inComment, loadBearing });
    }
  }
  return mentions;
}

/** Matches the name where it stands as a word: a module is cut at dots, a path at what file names are made of. */
export function wordPattern({ name, kind }: MentionWord): RegExp {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('-', '\\x2d');
  if (kind !== 'path') return new RegExp(`(?<![\\p{L}\\p{N}_.$-])${escaped}(?![\\p{L}\\p{N}_$-])`, 'u');
  const end = name.endsWith('/') ? '' : '(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])';
  return new RegExp(`(?<![\\p{L}\\p{N}_.-])${escaped}${end}|(?<![\\p{L}\\p{N}_.-])\\.{1,2}\\/${escaped}${end}`, 'u');
}

const LOADED_NAMES = /^(Dockerfile|Containerfile|Makefile|GNUmakefile|[Jj]ustfile|Procfile|Jenkinsfile|Vagrantfile)/;
const LOADED_EXTENSIONS =
  /\.(py|pyi|ipynb|sh|bash|zsh|fish|ps1|js|mjs|cjs|ts|mts|cts|tsx|jsx|rb|go|ya?ml|json|jsonc|toml|cfg|ini|mk|tf|hcl|service|conf)$/;

/** Whether something runs or loads the file, so that a dead reference in it breaks at run time. */
export function isLoadBearing(path: RepoPath): boolean {
  const name = nameOf(path);
  return LOADED_NAMES.test(name) || LOADED_EXTENSIONS.test(name);
}
