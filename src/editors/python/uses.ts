import { indexLines } from '../../base/text.ts';
import { bringsIn, importItems } from './imports.ts';
import { childAt, closest, dottedOf, namedChildren, type PyNode, sourceOf, walk } from './node.ts';
import { parsePython } from './parser.ts';
import { stringValue } from './strings.ts';

/** What to look for: modules by their dotted name, and the names they define. */
export interface PythonTarget {
  readonly modules: readonly string[];
  readonly names: readonly string[];
}

/** How a text uses a module or a name; `import-call` is `importlib.import_module("…")` and the like. */
export type UseKind = 'import' | 'name' | 'attribute' | 'string' | 'import-call' | 'python-m' | 'comment';

/** One use and its place. */
export interface PythonUse {
  /** From 1: the line of the word itself, also inside a string of several lines. */
  readonly line: number;
  readonly kind: UseKind;
  /** The module or name that is used. */
  readonly word: string;
  /** Span of the token or, in a string or comment, of the word. */
  readonly start: number;
  readonly end: number;
}

type Place = Omit<PythonUse, 'line'>;

const LOADERS = ['import_module', '__import__', 'find_spec', 'run_module', 'find_module', 'reload'];

function escapeRegExp(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Matches `word` as a word of its own: not in `word_v2`, `my-word` or `other.word`. */
function wordPattern(word: string): RegExp {
  return new RegExp(`(?<![\\w-])(?<!\\w\\.)${escapeRegExp(word)}(?![\\w-])`, 'g');
}

function wordsIn(source: string, words: readonly string[], at: number, kind: UseKind): readonly Place[] {
  const found = words.flatMap((word) =>
    [...source.matchAll(wordPattern(word))].map((match) => {
      const start = at + match.index;
      return { kind, word, start, end: start + word.length };
    }),
  );
  // `a.b` is told as the module `a.b`, not as `a` too.
  return found.filter((one) => !found.some((two) => two !== one && two.start <= one.start && two.end > one.end));
}

function isLoaderCall(text: string, node: PyNode): boolean {
  const list = node.parent;
  const call = list?.type === 'argument_list' ? list.parent : null;
  const callee = call?.type === 'call' ? childAt(call, 'function') : undefined;
  if (list === null || callee === undefined || namedChildren(list)[0] !== node) return false;
  return LOADERS.includes((dottedOf(text, callee) ?? '').split('.').at(-1) as string);
}

function followsDashM(text: string, node: PyNode): boolean {
  const siblings = node.parent === null ? [] : namedChildren(node.parent);
  const before = siblings[siblings.indexOf(node) - 1];
  return before !== undefined && stringValue(text, before) === '-m';
}

function kindOfString(text: string, node: PyNode, word: string): UseKind {
  const value = stringValue(text, node);
  if (value === word && isLoaderCall(text, node)) return 'import-call';
  if (value === word && followsDashM(text, node)) return 'python-m';
  const run = new RegExp(`\\bpython[\\d.]*\\s+(?:-\\w+\\s+)*-m\\s+${escapeRegExp(word)}(?![\\w-])`);
  return run.test(sourceOf(text, node)) ? 'python-m' : 'string';
}

function usesInString(text: string, node: PyNode, target: PythonTarget): readonly Place[] {
  // What an f-string inserts is code and is met on its own.
  let source = sourceOf(text, node);
  for (const part of node.children.filter((child) => child.type === 'interpolation')) {
    const from = part.start - node.start;
    source = source.slice(0, from) + ' '.repeat(part.end - part.start) + source.slice(part.end - node.start);
  }
  return wordsIn(source, [...target.modules, ...target.names], node.start, 'string').map((place) => ({
    ...place,
    kind: kindOfString(text, node, place.word),
  }));
}

function usesOfNode(text: string, node: PyNode, target: PythonTarget): readonly Place[] {
  if (node.type === 'comment') {
    return wordsIn(sourceOf(text, node), [...target.modules, ...target.names], node.start, 'comment');
  }
  if (node.type === 'string') return usesInString(text, node, target);
  const span = { start: node.start, end: node.end };
  if (node.type === 'attribute') {
    const dotted = dottedOf(text, node);
    const module = target.modules.find((name) => name.includes('.') && name === dotted);
    return module === undefined ? [] : [{ kind: 'attribute', word: module, ...span }];
  }
  if (node.type !== 'identifier') return [];
  if (node.field === 'name' && node.parent?.type === 'keyword_argument') return [];
  const word = sourceOf(text, node);
  const isAttribute = node.field === 'attribute' && node.parent?.type === 'attribute';
  if (isAttribute) return target.names.includes(word) ? [{ kind: 'attribute', word, ...span }] : [];
  return target.names.includes(word) || target.modules.includes(word) ? [{ kind: 'name', word, ...span }] : [];
}

const IMPORTS = ['import_statement', 'import_from_statement', 'future_import_statement'];

/**
 * Every use of the target's modules and names, in order of the text: an import once per thing it brings in, else token
 * by token. Strings and comments are searched for the words as words, so `auth_v2` is no use of `auth`.
 */
export function findUses(text: string, target: PythonTarget): readonly PythonUse[] {
  const root = parsePython(text);
  const lines = indexLines(text);
  const places: Place[] = importItems(text, root)
    .filter((item) => bringsIn(item, target.modules))
    .map((item) => ({ kind: 'import', word: item.name ?? item.module, start: item.node.start, end: item.node.end }));
  for (const node of walk(root)) {
    if (node.type !== 'comment' && closest(node, IMPORTS) !== undefined) continue;
    places.push(...usesOfNode(text, node, target));
  }
  return places
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map((place) => ({ line: lines.lineAt(place.start), ...place }));
}
