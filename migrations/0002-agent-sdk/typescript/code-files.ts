import { CODE_FILE, compileGlobs, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { OLD_PACKAGE } from './names.ts';

/** A text of more than this is no file that a person keeps. */
const LARGE = 1024 * 1024;
const INSTALLED = compileGlobs(['**/node_modules/**', '**/.yarn/**', '**/bower_components/**']);
const BUILT = compileGlobs([
  '**/{dist,.next,.nuxt,.output,.svelte-kit,.turbo,coverage}/**',
  '**/*.min.{js,mjs,cjs}',
  '**/*.bundle.{js,mjs,cjs}',
]);

const COMPONENT = /\.(?:vue|svelte|astro)$/;
/** A line of a component that loads the old module. */
const LOADS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]@anthropic-ai\/claude-code(?:\/sdk[^'"]*)?['"]/;

export interface CodeText {
  readonly path: RepoPath;
  readonly text: string;
}

/** The files that name a word, by whether a person keeps them. */
export interface FoundCode {
  readonly kept: readonly CodeText[];
  /** Made by a build: named, never edited. */
  readonly built: readonly RepoPath[];
  /** Components that hold code in a block: named, never edited. */
  readonly components: readonly CodeText[];
}

/** TypeScript and JavaScript files that hold any of `words`; what a package manager installed is not looked at. */
export async function findCode(tree: ReadonlyTree, words: readonly string[] = [OLD_PACKAGE]): Promise<FoundCode> {
  const kept: CodeText[] = [];
  const built: RepoPath[] = [];
  const components: CodeText[] = [];
  for (const path of await tree.search(words)) {
    const isComponent = COMPONENT.test(path);
    if (!(isComponent || CODE_FILE.test(path)) || INSTALLED(path)) continue;
    const text = tree.tryReadText(path);
    if (text === null) continue;
    if (isComponent) components.push({ path, text });
    else if (isBuilt(path, text)) built.push(path);
    else kept.push({ path, text });
  }
  return { kept, built, components };
}

function isBuilt(path: RepoPath, text: string): boolean {
  if (BUILT(path) || text.length > LARGE) return true;
  const isMinified = text.length > 20_000 && text.length / text.split('\n').length > 500;
  return isMinified || /^.{0,400}@generated\b/s.test(text);
}

/** Whether a package manager installed the file. */
export function isInstalled(path: RepoPath): boolean {
  return INSTALLED(path);
}

/** The line, from 1, in which a component loads the old SDK; 0 where it does not. */
export function lineOfLoad({ text }: CodeText): number {
  return text.split('\n').findIndex((line) => LOADS.test(line)) + 1;
}
