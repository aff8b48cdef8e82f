import {
  compileGlobs,
  findCalls,
  findUses,
  HISTORY_GLOBS,
  listImports,
  listTopLevelNames,
  type PythonImport,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  resolveIn,
  stringLiterals,
  syntaxErrors,
} from '../../src/authoring.ts';

/** The module of the legacy web login, and the function of it that puts the pages on an app and returns the app. */
export const AUTH_MODULE = 'auth_integration';
export const AUTH_FUNCTION = 'add_auth_routes';

const ROUTE_CALLS = [
  'get',
  'post',
  'route',
  'api_route',
  'add_api_route',
  'mount',
  'websocket',
  'add_api_websocket_route',
];
const isHistory = compileGlobs([...HISTORY_GLOBS]);
const isTest = compileGlobs(['**/test_*.py', '**/*_test.py', '**/conftest.py', '**/{test,tests}/**']);

/** What a text lacks to be the web login, or null: the function, the `/auth` pages or socket it adds, and Claude. */
export function whyNotAuthModule(text: string): string | null {
  const defines = listTopLevelNames(text).some(({ name, kind }) => name === AUTH_FUNCTION && kind === 'function');
  if (!defines) return `it defines no ${AUTH_FUNCTION}`;
  const calls = findCalls(
    text,
    ROUTE_CALLS.map((name) => `*.${name}`),
  );
  const serves = calls.some(({ args }) => args.some(({ value }) => value !== null && /^\/auth(?:\/|$)/.test(value)));
  if (!serves) return 'it registers no route or WebSocket under /auth';
  return stringLiterals(text).some(({ source }) => /claude/i.test(source))
    ? null
    : 'nothing in it has to do with Claude';
}

/** The file of the repository that an import means: beside the importing file, else from the root. */
function fileOf(tree: ReadonlyTree, from: RepoPath, dotted: string, level: number): readonly RepoPath[] {
  const folder = parentOf(from);
  const starts: readonly (RepoPath | null)[] = level > 0 ? [climb(folder, level - 1)] : [folder, null];
  const candidates = starts.map((start) => resolveIn(start, `${dotted.replaceAll('.', '/')}.py`));
  return candidates.filter((path) => path !== null && tree.has(path)).slice(0, 1) as RepoPath[];
}

function climb(folder: RepoPath | null, levels: number): RepoPath | null {
  return levels === 0 || folder === null ? folder : climb(parentOf(folder), levels - 1);
}

/** A file that imports a module of that name. */
export interface AuthImporter {
  readonly path: RepoPath;
  readonly text: string;
  /** Of the first such import. */
  readonly line: number;
  /** Modules as the imports write them, without leading dots. */
  readonly modules: readonly string[];
  /** The files that the imports may mean; empty when the module is not, or no longer, in the repository. */
  readonly files: readonly RepoPath[];
  readonly isTest: boolean;
  /** Whether it starts a server or is run as a program. */
  readonly isEntrypoint: boolean;
}

/** Every Python file, archives left out, that imports a module called as the web login is. */
export async function findAuthImporters(tree: ReadonlyTree): Promise<readonly AuthImporter[]> {
  const importers: AuthImporter[] = [];
  for (const path of await tree.search([AUTH_MODULE])) {
    const text = path.endsWith('.py') && !isHistory(path) ? tree.tryReadText(path) : null;
    const loads = text === null ? [] : loadsOf(text);
    const [first] = loads;
    if (text === null || first === undefined) continue;
    importers.push({
      path,
      text,
      line: first.line,
      modules: [...new Set(loads.map(({ module }) => module))],
      files: [...new Set(loads.flatMap(({ module, level }) => fileOf(tree, path, module, level)))],
      isTest: isTest(path),
      isEntrypoint: findCalls(text, ['uvicorn.run', '*.serve']).length > 0 || /^if\s+__name__\s*==/m.test(text),
    });
  }
  return importers;
}

interface Load {
  readonly module: string;
  readonly level: number;
  readonly line: number;
}

/** Where a text loads a module of that name; in a text with syntax errors every mention in code may be such a place. */
function loadsOf(text: string): readonly Load[] {
  const imports = listImports(text).flatMap((found) =>
    moduleNames(found).map((module) => ({ module, level: found.level, line: found.line })),
  );
  const broken = syntaxErrors(text).length > 0;
  const byName = findUses(text, { modules: [AUTH_MODULE], names: [] })
    .filter(({ kind }) => kind === 'import-call' || (broken && imports.length === 0 && kind === 'name'))
    .map(({ line }) => ({ module: AUTH_MODULE, level: 0, line }));
  return [...imports, ...byName].sort((a, b) => a.line - b.line);
}

function moduleNames(found: PythonImport): readonly string[] {
  const inside = (found.names ?? []).filter(({ name }) => name === AUTH_MODULE);
  const joined = inside.map(({ name }) => [found.module, name].filter(Boolean).join('.'));
  return found.module.split('.').at(-1) === AUTH_MODULE ? [found.module] : joined;
}

/**
 * The importers that start the server: `startup.py` at the root when it is one, else every program among them, else
 * every one that is no test.
 */
export function startupScripts(importers: readonly AuthImporter[]): readonly AuthImporter[] {
  const candidates = importers.filter((importer) => !importer.isTest);
  const startup = candidates.filter(({ path }) => path === 'startup.py');
  const programs = candidates.filter(({ isEntrypoint }) => isEntrypoint);
  return [startup, programs, candidates].find((some) => some.length > 0) ?? [];
}

/** The line where a text still loads one of the modules, or undefined. */
export function lineOfLoad(text: string, modules: readonly string[]): number | undefined {
  return findUses(text, { modules, names: [] }).find(({ kind }) => kind === 'import' || kind === 'import-call')?.line;
}
