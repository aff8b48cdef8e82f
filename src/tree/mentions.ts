import { compileGlobs } from '../base/glob.ts';
import { nameOf, type RepoPath } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
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
  const mentions: Mention[] = [];
  for (const path of await tree.search([...new Set(words.map((word) => word.name))])) {
    // Plain words are looked for, so a text that is too much for a parser is still searched.
    const text = skipped(path) || tree.mode(path) === 'link' ? null : decodeText(tree.readBytes(path));
    if (text === null) continue;
    const loadBearing = isLoadBearing(path);
    const near = longestFirst.filter(({ name }) => text.includes(name));
    if (near.length === 0) continue;
    for (const [index, line] of text.split('\n').entries()) {
      const found = near.find((word) => holdsWord(line, word));
      if (found === undefined) continue;
      const inComment = loadBearing && /^\s*(#|\/\/|--|;|\*)/.test(line);
      mentions.push({ path, line: index + 1, name: found.name, inComment, loadBearing });
    }
  }
  return mentions;
}

/** Whether `text` holds the name as a word: a module is cut at dots, a path at what file names are made of. */
export function holdsWord(text: string, { name, kind }: MentionWord): boolean {
  // By hand: a pattern that knows the letters of every script takes longer to compile than most searches take.
  const startsAlone = kind === 'path' ? /[\w.-]/ : /[\w.$-]/;
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = charBefore(text, at);
    if (startsAlone.test(before) || isForeignLetter(before)) continue;
    if (kind === 'path' ? endsPath(text, name, at + name.length) : endsName(text, at + name.length)) return true;
  }
  return false;
}

function endsName(text: string, end: number): boolean {
  const after = charAt(text, end);
  return !/[\w$-]/.test(after) && !isForeignLetter(after);
}

function endsPath(text: string, name: string, end: number): boolean {
  const after = charAt(text, end);
  if (name.endsWith('/')) return true;
  if (/[\w-]/.test(after) || isForeignLetter(after)) return false;
  const next = charAt(text, end + 1);
  return after !== '.' || !(/[a-zA-Z0-9]/.test(next) || isForeignLetter(next));
}

/** Whether `char` is a letter or number outside ASCII. */
function isForeignLetter(char: string): boolean {
  return char > '\x7f' && /[\p{L}\p{N}]/u.test(char);
}

function charAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function charBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  return charAt(text, low >= 0xdc00 && low <= 0xdfff && at >= 2 ? at - 2 : at - 1);
}

const LOADED_NAMES = /^(Dockerfile|Containerfile|Makefile|GNUmakefile|[Jj]ustfile|Procfile|Jenkinsfile|Vagrantfile)/;
const LOADED_EXTENSIONS =
  /\.(py|pyi|ipynb|sh|bash|zsh|fish|ps1|js|mjs|cjs|ts|mts|cts|tsx|jsx|rb|go|ya?ml|json|jsonc|toml|cfg|ini|mk|tf|hcl|service|conf)$/;

/** Whether something runs or loads the file, so that a dead reference in it breaks at run time. */
export function isLoadBearing(path: RepoPath): boolean {
  const name = nameOf(path);
  return LOADED_NAMES.test(name) || LOADED_EXTENSIONS.test(name);
}
