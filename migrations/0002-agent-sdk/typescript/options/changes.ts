import {
  type CodeFile,
  type CodeSet,
  comparePaths,
  indexLines,
  type Note,
  type RepoPath,
  type TextEdit,
  type ts,
} from '../../../../src/authoring.ts';
import type { Words } from './words.ts';

/** Edits and notes on the files of a set, gathered while its options are read. */
export interface Changes {
  readonly set: CodeSet;
  /** Version of the new package that is moved to, or the range that was asked for. */
  readonly version: string;
  /** Names of options that were dealt with. */
  readonly settled: Set<ts.Node>;
  fileOf(node: ts.Node): CodeFile;
  edit(node: ts.Node, edit: TextEdit): void;
  note(node: ts.Node, severity: Note['severity'], message: string): void;
  editsByFile(): ReadonlyMap<RepoPath, readonly TextEdit[]>;
  notes(): readonly Note[];
}

export function gatherChanges(set: CodeSet, version: string): Changes {
  const edits = new Map<RepoPath, Map<string, TextEdit>>();
  const notes = new Map<
    string,
    { readonly at: number; readonly file: CodeFile } & Pick<Note, 'severity' | 'message'>
  >();
  const fileOf = (node: ts.Node): CodeFile => {
    const file = set.fileOf(node);
    if (file === undefined) throw new Error('a node of no file of the set');
    return file;
  };
  return {
    set,
    version,
    settled: new Set(),
    fileOf,
    edit: (node, edit) => {
      const { path } = fileOf(node);
      const known = edits.get(path) ?? new Map<string, TextEdit>();
      // Two queries that share their options ask for the same edit.
      edits.set(path, known.set(`${edit.start} ${edit.end} ${edit.text}`, edit));
    },
    note: (node, severity, message) => {
      const file = fileOf(node);
      notes.set(`${file.path} ${node.getStart()} ${message}`, { severity, message, file, at: node.getStart() });
    },
    editsByFile: () => new Map([...edits].map(([path, known]) => [path, [...known.values()]])),
    notes: () =>
      [...notes.values()]
        .sort((a, b) => comparePaths(a.file.path, b.file.path) || a.at - b.at || comparePaths(a.message, b.message))
        .map(({ severity, message, file: { path, text }, at }) => {
          return { severity, path, line: lineAfter(text, [...(edits.get(path)?.values() ?? [])], at), message };
        }),
  };
}

/** The line in which `at` stands once the edits are made. */
function lineAfter(text: string, edits: readonly TextEdit[], at: number): number {
  const before = edits.filter(({ end }) => end <= at);
  const added = before.map(
    ({ start, end, text: now }) => now.split('\n').length - text.slice(start, end).split('\n').length,
  );
  return added.reduce((line, lines) => line + lines, indexLines(text).lineAt(at));
}

/** How texts are written in the file of `node`. */
export function wordsAt(changes: Changes, node: ts.Node, isUntyped: boolean): Words {
  const { path, text } = changes.fileOf(node);
  const single = text.split("'").length;
  const double = text.split('"').length;
  const isScript = /\.[cm]?jsx?$/.test(path);
  return { quote: double > single ? '"' : "'", isUntyped: isUntyped && !isScript };
}
