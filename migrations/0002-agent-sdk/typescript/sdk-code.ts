import {
  type CodeSet,
  type ImportTarget,
  loadTypeScript,
  openCodeSet,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  resolveIn,
  typeScript,
} from '../../../src/authoring.ts';
import { findAliases } from './aliases.ts';
import { type CodeText, findCode } from './code-files.ts';
import { isNewModule, isOldModule, NEW_PACKAGE, newModuleName, OLD_PACKAGE } from './names.ts';
import { OLD_KEYS, SDK, SDK_DECLARATIONS } from './sdk-declarations.ts';

/** The SDK of which package is meant. */
type Which = 'old' | 'new';

const SPECIFIERS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"\n]+)['"]/g;

/**
 * Reads the code that loads the SDK, the old one unless the new one is asked for, bound together with the code that it takes options from or hands the SDK on to; null when
 * there is none.
 */
export async function readSdkCode(tree: ReadonlyTree, which: Which = 'old'): Promise<CodeSet | null> {
  const aliases = await findAliases(tree);
  const [{ kept }, { kept: holders }] = [
    await findCode(tree, [which === 'old' ? OLD_PACKAGE : NEW_PACKAGE, ...aliases]),
    await findCode(tree, OLD_KEYS),
  ];
  if (kept.length === 0) return null;
  await loadTypeScript();
  const files = new Map(kept.map(({ path, text }) => [path, text]));
  addImported(files, new Map(holders.map(({ path, text }) => [path, text])));
  for (let round = 0; round < ROUNDS; round += 1) {
    const set = openSdkSet(files, aliases, which);
    const users = await findUsersOfExports(tree, set, files);
    if (users.length === 0) return set;
    for (const { path, text } of users) files.set(path, text);
  }
  return openSdkSet(files, aliases, which);
}

/** An SDK that is exported anew so many times over is not followed further. */
const ROUNDS = 3;

function openSdkSet(files: ReadonlyMap<RepoPath, string>, aliases: readonly string[], which: Which): CodeSet {
  return openCodeSet({
    files,
    declarations: { [SDK]: SDK_DECLARATIONS },
    resolve: (specifier, from) =>
      aliases.includes(specifier) ? { kind: 'declarations', name: SDK } : resolveModule(files, specifier, from, which),
  });
}

function resolveModule(
  files: ReadonlyMap<RepoPath, unknown>,
  specifier: string,
  from: RepoPath,
  which: Which,
): ImportTarget {
  if (which === 'new' && isNewModule(specifier)) {
    return /\/sdk-tools(?:\.js)?$/.test(specifier) ? null : { kind: 'declarations', name: SDK };
  }
  if (which === 'old' && isOldModule(specifier)) {
    const name = newModuleName(specifier, '');
    return name.kind === 'rename' && !/\/sdk-tools(?:\.js)?$/.test(name.to)
      ? { kind: 'declarations', name: SDK }
      : null;
  }
  const path = resolveRelative(files, specifier, from);
  return path === null ? null : { kind: 'file', path };
}

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

/** The file that a relative specifier means, as compilers and bundlers look for it. */
function resolveRelative(files: ReadonlyMap<RepoPath, unknown>, specifier: string, from: RepoPath): RepoPath | null {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return null;
  const plain = resolveIn(parentOf(from), specifier) ?? '';
  const bases = [plain, plain.replace(/\.([cm]?)jsx?$/, '.$1ts'), plain.replace(/\.jsx?$/, '.tsx')];
  const candidates = [
    ...bases,
    ...ENDINGS.map((ending) => `${plain}${ending}`),
    ...ENDINGS.slice(1).map((ending) => (plain === '' ? `index${ending}` : `${plain}/index${ending}`)),
  ];
  return (candidates.find((path) => files.has(path as RepoPath)) as RepoPath | undefined) ?? null;
}

/** Adds those of `others` that a file of the set imports, and what they import in turn. */
function addImported(files: Map<RepoPath, string>, others: ReadonlyMap<RepoPath, string>): void {
  const waiting = [...files];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [from, text] = next;
    for (const [, specifier = ''] of text.matchAll(SPECIFIERS)) {
      const path = resolveRelative(others, specifier, from);
      const found = path === null || files.has(path) ? undefined : others.get(path);
      if (path === null || found === undefined) continue;
      files.set(path, found);
      waiting.push([path, found]);
    }
  }
}

/** Files that import `query` or the options' type from a file of the set that exports it anew. */
async function findUsersOfExports(
  tree: ReadonlyTree,
  set: CodeSet,
  files: ReadonlyMap<RepoPath, string>,
): Promise<readonly CodeText[]> {
  const exporters = new Map(set.files.filter((file) => exportsSdk(set, file.source)).map(({ path }) => [path, '']));
  if (exporters.size === 0) return [];
  const { kept } = await findCode(tree, [...exporters.keys()].map(wordOf));
  return kept.filter(({ path, text }) => {
    if (files.has(path)) return false;
    return [...text.matchAll(SPECIFIERS)].some(
      ([, specifier = '']) => resolveRelative(exporters, specifier, path) !== null,
    );
  });
}

/** What an import of the file has in it at least: its name without ending, or its folder's for an index. */
function wordOf(path: RepoPath): string {
  const parts = path.replace(/\.[^./]+$/, '').split('/');
  const last = parts.at(-1) ?? '';
  return last === 'index' ? (parts.at(-2) ?? './') : `/${last}`;
}

function exportsSdk(set: CodeSet, source: Parameters<CodeSet['declarationsOf']>[0]): boolean {
  const module = set.checker.getSymbolAtLocation(source);
  if (module === undefined) return false;
  return set.checker.getExportsOfModule(module).some((symbol) => {
    const isAlias = (symbol.flags & typeScript().SymbolFlags.Alias) !== 0;
    const target = isAlias ? set.checker.getAliasedSymbol(symbol) : symbol;
    const [declaration] = target.declarations ?? [];
    const isSdk = declaration !== undefined && set.declarationsOf(declaration) === SDK;
    return isSdk && (target.name === 'query' || target.name === 'Options');
  });
}
