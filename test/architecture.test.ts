import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Node, Project, type SourceFile } from 'ts-morph';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folder or file → row; a module imports only from its own row or a lower one. The table is in docs/architecture.md. */
const ROWS: readonly (readonly [string, number])[] = [
  ['src/base/', 0],
  ['src/tree/', 1],
  ['src/editors/', 1],
  ['src/plan/', 2],
  ['src/journal/', 2],
  ['src/migration/', 2],
  ['src/checks/', 2],
  ['src/report/', 3],
  ['src/authoring.ts', 3],
  ['src/host/', 4],
  ['src/checkout/', 4],
  ['src/apply/', 4],
  ['src/container/', 4],
  ['src/testing/', 4],
  ['src/commands/', 5],
  ['src/index.ts', 5],
  ['src/testing.ts', 5],
  ['migrations/', 5],
  ['src/cli.ts', 6],
];

/** Each outside package has one owner; swapping it is a change in one place. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'ts-morph': ['src/editors/typescript'],
  globby: ['src/checkout/read.ts'],
  'simple-git': ['src/host/git.ts'],
  execa: ['src/host/process.ts'],
  diff: ['src/plan/diff'],
  yargs: ['src/commands/help-text.ts'],
  yaml: ['src/editors/yaml'],
  'smol-toml': ['src/editors/toml.ts'],
  'web-tree-sitter': ['src/editors/python'],
  'dockerfile-ast': ['src/editors/dockerfile'],
  'mdast-util-from-markdown': ['src/editors/markdown'],
  'mdast-util-gfm': ['src/editors/markdown'],
  'mdast-util-to-string': ['src/editors/markdown'],
  'micromark-extension-gfm': ['src/editors/markdown'],
  mdast: ['src/editors/markdown'],
  picomatch: ['src/base/glob.ts'],
  picocolors: ['src/report/'],
  jiti: ['src/host/outside/load.ts'],
  '@clack/prompts': ['src/host/prompt.ts'],
};

/** Node's own modules that touch nothing outside the process. */
const PURE_NODE = new Set(['node:crypto', 'node:path', 'node:zlib', 'node:util', 'node:url', 'node:buffer']);

function rowOf(path: string): number | undefined {
  return ROWS.find(([prefix]) => path.startsWith(prefix))?.[1];
}

function sources(): readonly { readonly path: string; readonly file: SourceFile }[] {
  const project = new Project({ useInMemoryFileSystem: false, skipAddingFilesFromTsConfig: true });
  project.addSourceFilesAtPaths([join(root, 'src/**/*.ts'), join(root, 'migrations/**/*.ts')]);
  return project.getSourceFiles().map((file) => ({ path: relative(root, file.getFilePath()), file }));
}

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly line: number;
}

function importsOf({ path, file }: ReturnType<typeof sources>[number]): readonly Import[] {
  const found: Import[] = [];
  file.forEachDescendant((node) => {
    if (Node.isImportDeclaration(node) || Node.isExportDeclaration(node)) {
      const specifier = node.getModuleSpecifierValue();
      if (specifier !== undefined) found.push({ from: path, specifier, line: node.getStartLineNumber() });
    } else if (Node.isCallExpression(node) && node.getExpression().getText() === 'import') {
      const argument = node.getArguments()[0];
      if (Node.isStringLiteral(argument))
        found.push({ from: path, specifier: argument.getLiteralValue(), line: node.getStartLineNumber() });
    }
  });
  return found;
}

const all = sources();
const imports = all.flatMap(importsOf);
const inside = (specifier: string) => specifier.startsWith('.');

describe('architecture', () => {
  it('sees the sources', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(readdirSync(join(root, 'src')).length).toBeGreaterThan(5);
  });

  it('gives every module a row', () => {
    expect(all.map(({ path }) => path).filter((path) => rowOf(path) === undefined)).toEqual([]);
  });

  it('imports only from the same row or a lower one', () => {
    const wrong = imports.filter(({ from, specifier }) => {
      if (!inside(specifier)) return false;
      const target = relative(root, resolve(root, from, '..', specifier));
      return (rowOf(target) ?? 0) > (rowOf(from) ?? 0);
    });
    expect(wrong).toEqual([]);
  });

  it('lets migrations import src/authoring.ts, themselves and schemas only', () => {
    const wrong = imports.filter(({ from, specifier }) => {
      if (!from.startsWith('migrations/')) return false;
      if (!inside(specifier)) return specifier !== 'zod';
      const target = relative(root, resolve(root, from, '..', specifier));
      return (
        target !== 'src/authoring.ts' &&
        !target.startsWith(from.split('/').slice(0, 2).join('/')) &&
        from !== 'migrations/index.ts'
      );
    });
    expect(wrong).toEqual([]);
  });

  it('touches disk, processes and network only in row 4 and above the commands in cli.ts', () => {
    const wrong = imports.filter(
      ({ from, specifier }) => specifier.startsWith('node:') && !PURE_NODE.has(specifier) && rowOf(from) !== 4,
    );
    expect(wrong).toEqual([]);
  });

  it('imports each outside package from its owner only', () => {
    const wrong = imports.filter(({ from, specifier }) => {
      const owners = OWNERS[specifier];
      return owners !== undefined && !owners.some((owner) => from.startsWith(owner));
    });
    expect(wrong).toEqual([]);
  });

  it('knows every outside package', () => {
    const free = new Set(['zod', ...Object.keys(OWNERS)]);
    const unknown = imports.filter(
      ({ specifier }) => !inside(specifier) && !specifier.startsWith('node:') && !free.has(specifier),
    );
    expect(unknown).toEqual([]);
  });

  it('writes to the console and ends the process in cli.ts only', () => {
    const wrong: string[] = [];
    for (const { path, file } of all) {
      if (path === 'src/cli.ts') continue;
      file.forEachDescendant((node) => {
        if (!Node.isPropertyAccessExpression(node)) return;
        const text = node.getText();
        if (/^console\.|^process\.(exit|exitCode|stdout|stderr|stdin|abort)\b/.test(text))
          wrong.push(`${path}:${node.getStartLineNumber()} ${text}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('reads the clock and chance in row 4 and above only', () => {
    const wrong: string[] = [];
    for (const { path, file } of all) {
      if ((rowOf(path) ?? 0) >= 4 && !path.startsWith('migrations/')) continue;
      file.forEachDescendant((node) => {
        const text = Node.isPropertyAccessExpression(node) || Node.isNewExpression(node) ? node.getText() : '';
        if (/^(Date\.now|Math\.random|performance\.now|new Date\(\)|process\.)/.test(text))
          wrong.push(`${path}:${node.getStartLineNumber()} ${text}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('documents every export of the public modules', () => {
    const undocumented: string[] = [];
    for (const { path, file } of all) {
      if (!['src/index.ts', 'src/authoring.ts', 'src/testing.ts'].includes(path)) continue;
      for (const [name, declarations] of file.getExportedDeclarations()) {
        const documented = declarations.some((declaration) => {
          // What is handed on from an outside package is documented there.
          if (declaration.getSourceFile().isInNodeModules()) return true;
          const holder = Node.isVariableDeclaration(declaration) ? declaration.getVariableStatement() : declaration;
          return holder !== undefined && Node.isJSDocable(holder) && holder.getJsDocs().length > 0;
        });
        if (!documented) undocumented.push(`${path}: ${name}`);
      }
    }
    expect(undocumented).toEqual([]);
  });
});
