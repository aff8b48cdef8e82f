import {
  compileGlobs,
  indexLines,
  needPython,
  type PythonCode,
  type ReadonlyTree,
  type RepoPath,
  readNotebook,
  readPythonCode,
  syntaxErrors,
  type TextEdit,
} from '../../../src/authoring.ts';

/** A text of more than this is no file that a person keeps. */
const LARGE = 1024 * 1024;
const NOTEBOOK_LARGE = 16 * LARGE;
const INSTALLED = compileGlobs([
  '**/{site-packages,.venv,venv,virtualenv,.tox,.nox,.eggs,__pypackages__,node_modules,.ipynb_checkpoints}/**',
]);
const PYTHON = /\.(?:pyi?|pyw|ipynb)$/;

/** A Python file, or the code cells of a notebook. */
export interface PythonFile {
  readonly path: RepoPath;
  /** As Python: of a notebook all code cells. */
  readonly code: PythonCode;
  /** The same length, with the lines that a notebook takes as its own commands. */
  readonly source: string;
  readonly isNotebook: boolean;
  /** Line of the file, from 1. */
  lineAt(offset: number): number;
  /** Edits of the code as edits of the file. */
  toFile(edits: readonly TextEdit[]): readonly TextEdit[];
}

/** A file that names a word and cannot be read as Python. */
export interface UnreadPython {
  readonly path: RepoPath;
  readonly line: number;
  readonly why: string;
}

export interface FoundPython {
  readonly files: readonly PythonFile[];
  readonly unread: readonly UnreadPython[];
}

/** Whether a tool installed the file. */
export function isInstalledPython(path: RepoPath): boolean {
  return INSTALLED(path);
}

/** The Python files and notebooks that hold any of `words`, sorted by path. */
export async function findPython(tree: ReadonlyTree, words: readonly string[]): Promise<FoundPython> {
  const paths = (await tree.search(words)).filter((path) => PYTHON.test(path) && !INSTALLED(path));
  if (paths.length > 0) await needPython();
  const files: PythonFile[] = [];
  const unread: UnreadPython[] = [];
  for (const path of paths) {
    const text = tree.tryReadText(path);
    if (text === null) {
      if (tree.mode(path) !== 'link') unread.push({ path, line: 0, why: 'it is no text in UTF-8' });
      continue;
    }
    const read = readPythonFile(path, text);
    if ('code' in read) files.push(read);
    else unread.push({ ...read, line: read.line || lineOf(text, words) });
  }
  return { files, unread };
}

/** Reads those of `paths` that are Python that parses; the parser has to be loaded. */
export function readPythonFiles(tree: ReadonlyTree, paths: readonly RepoPath[]): readonly PythonFile[] {
  return paths.flatMap((path) => {
    const text = tree.tryReadText(path);
    const read = text === null ? null : readPythonFile(path, text);
    return read !== null && 'code' in read ? [read] : [];
  });
}

function lineOf(text: string, words: readonly string[]): number {
  const found = words.map((word) => text.indexOf(word)).filter((at) => at !== -1);
  return indexLines(text).lineAt(Math.min(...found));
}

function readPythonFile(path: RepoPath, text: string): PythonFile | UnreadPython {
  const isNotebook = path.endsWith('.ipynb');
  if (text.length > (isNotebook ? NOTEBOOK_LARGE : LARGE))
    return { path, line: 0, why: 'it is too large to be edited' };
  if (isNotebook) {
    const read = readNotebook(text);
    if (read.kind === 'refused') return { path, line: read.line, why: `it is no notebook: ${read.why}` };
    const { notebook } = read;
    return { ...notebook, path, code: readPythonCode(notebook.text), isNotebook };
  }
  const [line] = syntaxErrors(text);
  if (line !== undefined) return { path, line, why: 'it does not parse' };
  const lines = indexLines(text);
  return {
    path,
    code: readPythonCode(text),
    source: text,
    isNotebook,
    lineAt: (offset) => lines.lineAt(offset),
    toFile: (edits) => edits,
  };
}
