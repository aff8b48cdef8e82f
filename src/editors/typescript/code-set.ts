import type { ts } from 'ts-morph';
import type { RepoPath } from '../../base/repo-path.ts';
import { typeScript } from './compiler.ts';
import { LIBRARY } from './library.ts';

/** What an import stands for: a file of the set, a text of declarations of the caller's own, or nothing known. */
export type ImportTarget =
  | { readonly kind: 'file'; readonly path: RepoPath }
  | { readonly kind: 'declarations'; readonly name: string }
  | null;

/** Files that are read together, so that a value can be followed from one to the other. */
export interface CodeSetInput {
  readonly files: ReadonlyMap<RepoPath, string>;
  /** Declarations (`.d.ts` texts) of outside packages by a name of the caller's choice. */
  readonly declarations?: Readonly<Record<string, string>>;
  /** Finds what `specifier`, written in `from`, stands for. */
  resolve(specifier: string, from: RepoPath): ImportTarget;
}

/** A parsed file. Positions count UTF-16 code units of the text as it is, a byte-order mark included. */
export interface CodeFile {
  readonly path: RepoPath;
  readonly text: string;
  readonly source: ts.SourceFile;
}

/** Parsed files with what the compiler knows of their names and types. */
export interface CodeSet {
  /** Sorted by path, those that parse. */
  readonly files: readonly CodeFile[];
  /** Files that do not parse, each with the line of its first error, from 1. */
  readonly broken: readonly { readonly path: RepoPath; readonly line: number; readonly why: string }[];
  readonly checker: ts.TypeChecker;
  fileOf(node: ts.Node): CodeFile | undefined;
  /** The name in `declarations` of the text that `node` stands in. */
  declarationsOf(node: ts.Node): string | undefined;
}

const ROOT = '/repository/';
const DECLARATIONS = '/declarations/';
const LIBRARY_FILE = '/library.d.ts';

/** Names of files that hold TypeScript or JavaScript alone. */
export const CODE_FILE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/**
 * Parses and binds `files` without a tsconfig, a disk or any installed package.
 * @throws RefitError before the compiler was loaded.
 */
export function openCodeSet(input: CodeSetInput): CodeSet {
  const ts = typeScript();
  const texts = new Map<string, string>([[LIBRARY_FILE, LIBRARY]]);
  for (const [path, text] of input.files) texts.set(ROOT + path, text);
  for (const [name, text] of Object.entries(input.declarations ?? {})) texts.set(`${DECLARATIONS}${name}.d.ts`, text);
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    options: optionsOf(ts),
    host: hostOf(texts, input),
  });
  const files: CodeFile[] = [];
  const broken: { path: RepoPath; line: number; why: string }[] = [];
  for (const [path, text] of [...input.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const source = program.getSourceFile(ROOT + path);
    if (source === undefined) continue;
    const parsed = judgeSource(path, text, source);
    if (parsed.kind === 'parsed') files.push(parsed.file);
    else broken.push({ path, line: parsed.line, why: parsed.why });
  }
  const byName = new Map(files.map((file) => [file.source.fileName, file]));
  return {
    files,
    broken,
    checker: program.getTypeChecker(),
    fileOf: (node) => byName.get(node.getSourceFile().fileName),
    declarationsOf: (node) => {
      const { fileName } = node.getSourceFile();
      return fileName.startsWith(DECLARATIONS) ? fileName.slice(DECLARATIONS.length, -'.d.ts'.length) : undefined;
    },
  };
}

/** What came of parsing one file. */
export type ParsedCode =
  | { readonly kind: 'parsed'; readonly file: CodeFile }
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

/**
 * Parses one file alone.
 * @throws RefitError before the compiler was loaded.
 */
export function parseCode(path: RepoPath, text: string): ParsedCode {
  const ts = typeScript();
  return judgeSource(path, text, ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true));
}

function judgeSource(path: RepoPath, text: string, source: ts.SourceFile): ParsedCode {
  const [error] = errorsOf(source);
  if (error === undefined) return { kind: 'parsed', file: { path, text, source } };
  const why = typeScript().flattenDiagnosticMessageText(error.messageText, ' ');
  return { kind: 'broken', line: source.getLineAndCharacterOfPosition(error.start ?? 0).line + 1, why };
}

function errorsOf(source: ts.SourceFile): readonly ts.Diagnostic[] {
  // The public getter needs a program and adds, for JavaScript, complaints about types, which do not hinder reading.
  return (source as unknown as { readonly parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics;
}

function optionsOf(ts: ReturnType<typeof typeScript>): ts.CompilerOptions {
  return {
    allowJs: true,
    noLib: true,
    noEmit: true,
    strict: true,
    types: [],
    jsx: ts.JsxEmit.Preserve,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
  };
}

function hostOf(texts: ReadonlyMap<string, string>, input: CodeSetInput): ts.CompilerHost {
  const ts = typeScript();
  const nameOfTarget = (target: ImportTarget): string | undefined => {
    if (target === null) return undefined;
    return target.kind === 'file' ? ROOT + target.path : `${DECLARATIONS}${target.name}.d.ts`;
  };
  return {
    fileExists: (name) => texts.has(name),
    readFile: (name) => texts.get(name),
    getSourceFile: (name, options) => {
      const text = texts.get(name);
      return text === undefined ? undefined : ts.createSourceFile(name, text, options, true);
    },
    getDefaultLibFileName: () => LIBRARY_FILE,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
    directoryExists: () => true,
    getDirectories: () => [],
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map((literal) => {
        const from = containing.startsWith(ROOT) ? (containing.slice(ROOT.length) as RepoPath) : null;
        const name = from === null ? undefined : nameOfTarget(input.resolve(literal.text, from));
        if (name === undefined || !texts.has(name)) return { resolvedModule: undefined };
        const extension = /(?:\.d)?\.[^./]+$/.exec(name)?.[0] ?? ts.Extension.Ts;
        return { resolvedModule: { resolvedFileName: name, extension, isExternalLibraryImport: false } };
      }),
    resolveTypeReferenceDirectiveReferences: (references) =>
      references.map(() => ({ resolvedTypeReferenceDirective: undefined })),
  };
}
