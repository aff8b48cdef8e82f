import { isBuiltin } from 'node:module';
import { dirname, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { createJiti, type Jiti } from 'jiti';
import { RefitError } from '../../base/errors.ts';
import type { CodeToRun } from './protocol.ts';
import { resolveImport } from './resolve.ts';

type Exports = Record<string, unknown>;

interface Module {
  readonly exports: Exports;
  /** Settles when the file has run; absent for one that was required. */
  running?: Promise<void>;
  done: boolean;
}

type Run = (
  exports: Exports,
  require: (word: string) => unknown,
  module: { exports: Exports },
  filename: string,
  folder: string,
  importModule: (word: string) => Promise<unknown>,
  resolveModule: (word: string) => string,
) => Promise<void> | undefined;

export interface LoadOptions {
  readonly code: CodeToRun;
  /** What `refit`, `refit/authoring`, … and `zod` are for the migration. */
  readonly own: Readonly<Record<string, () => unknown>>;
  /** Folder that places in errors are shown from. */
  readonly cwd: string;
}

/**
 * Runs the files of a migration, TypeScript and JavaScript of either module system, from the texts given: a file on disk
 * that is not among them is refused, whatever imports it. Line numbers stay those of the author.
 * @returns what the entry exports.
 * @throws RefitError with file and line for code that does not parse or imports what is not there.
 */
export async function loadCode({ code, own, cwd }: LoadOptions): Promise<Exports> {
  const jitiFor = (path: string): Jiti => createJiti(path, { fsCache: false });
  const modules = new Map<string, Module>();
  const shown = (path: string): string => relative(cwd, path) || path;

  const compile = (path: string, text: string, async: boolean): Run => {
    const ts = /\.[cm]?tsx?$/.test(path);
    const result = jitiFor(path).transform({
      source: text,
      filename: path,
      ts,
      async,
      retainLines: true,
      jsx: path.endsWith('x'),
    });
    refuseBroken(result, shown(path));
    const words = 'exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve';
    const wrapped = `(${async ? 'async ' : ''}function (${words}) { ${result.replace(/^#!/, '//')}\n})`;
    return runInThisContext(wrapped, { filename: path }) as Run;
  };
  const textOf = (path: string, from: string): string => {
    const text = code.files.get(path);
    if (text !== undefined) return text;
    throw new RefitError(`${shown(from)} loads ${shown(path)}, which its imports do not name`, {
      details: ['what is imported has to be written out, so that the hash that is trusted covers it'],
      hint: `import it by its path: import '${toSpecifier(from, path)}'`,
    });
  };
  const unknown = (word: string, from: string): RefitError =>
    new RefitError(`${shown(from)} imports ${word}, which is not there`, {
      hint: /^[./]/.test(word) ? 'mend the path' : `npm install ${word}, beside the migration`,
    });
  const run = (path: string, from: string, async: boolean, above: readonly string[]): Module => {
    const known = modules.get(path);
    if (known !== undefined) return known;
    const text = textOf(path, from);
    if (path.endsWith('.json')) {
      const value = JSON.parse(text) as unknown;
      const exports = { default: value, ...(typeof value === 'object' ? value : {}) } as Exports;
      const module: Module = { exports, done: true };
      modules.set(path, module);
      return module;
    }
    const holder = { exports: {} as Exports };
    const module: Module = {
      get exports() {
        return holder.exports;
      },
      done: false,
    };
    modules.set(path, module);
    const chain = [...above, path];
    const end = compile(path, text, async)(
      holder.exports,
      (word) => requireFrom(word, path, chain),
      holder,
      path,
      dirname(path),
      (word) => importFrom(word, path, chain),
      (word) => {
        const target = resolveImport(word, path);
        return target.kind === 'file' ? pathToFileURL(target.path).href : word;
      },
    );
    if (end === undefined) module.done = true;
    else
      module.running = end.then(() => {
        module.done = true;
      });
    return module;
  };
  const requireFrom = (word: string, from: string, above: readonly string[]): unknown => {
    const target = resolveImport(word, from);
    if (target.kind === 'own') return own[word]?.();
    if (target.kind === 'unknown') throw unknown(word, from);
    if (target.kind !== 'file') return jitiFor(from)(word);
    return run(target.path, from, false, above).exports;
  };
  const importFrom = async (word: string, from: string, above: readonly string[]): Promise<unknown> => {
    const target = resolveImport(word, from);
    if (target.kind === 'own') return own[word]?.();
    if (target.kind === 'unknown') throw unknown(word, from);
    if (target.kind !== 'file') return isBuiltin(word) ? jitiFor(from)(word) : jitiFor(from).import(word);
    const module = run(target.path, from, true, above);
    // In a circle the module is not done yet, and what it has so far is all that there can be.
    if (!module.done && !above.includes(target.path)) await module.running;
    return module.exports;
  };
  return (await importFrom(code.entry, code.entry, [])) as Exports;
}

/** jiti puts what does not parse into the code that it returns. */
function refuseBroken(code: string, shown: string): void {
  const start = 'exports.__JITI_ERROR__ = ';
  if (!code.startsWith(start)) return;
  const problem = JSON.parse(code.slice(start.length).replace(/;?\s*$/, '')) as {
    readonly line: number;
    readonly column: number;
    readonly message: string;
  };
  throw new RefitError(`${shown}:${problem.line}:${problem.column + 1}: ${problem.message.trim()}`, {
    hint: 'mend the file; nothing of it was run',
  });
}

function toSpecifier(from: string, path: string): string {
  const name = relative(dirname(from), path).replaceAll('\\', '/');
  return name.startsWith('.') ? name : `./${name}`;
}
