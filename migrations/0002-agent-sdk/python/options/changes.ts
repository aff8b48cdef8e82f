import { indexLines, type Note, type PyNode, type TextEdit } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import type { SdkPython } from '../sdk-python.ts';
import type { AroundValue } from './prompt.ts';

/** Edits and notes on one file, gathered while its options are read. */
export interface PythonChanges {
  readonly sdk: SdkPython;
  readonly file: PythonFile;
  /** Calls whose setting sources are written out already. */
  readonly settled: Set<PyNode>;
  edit(edits: readonly TextEdit[]): void;
  /** Puts a new name and new surroundings to a value that stays. */
  rewrite(keyNode: PyNode, key: string, value: PyNode, around: AroundValue): void;
  note(severity: Note['severity'], node: PyNode, message: string): void;
  /** Whether anything was written out that the old SDK left to itself, and where first. */
  wroteDefaults(node: PyNode): void;
}

export interface GatheredChanges extends PythonChanges {
  edits(): readonly TextEdit[];
  notes(): readonly Note[];
  firstDefault(): Pick<Note, 'path' | 'line'> | null;
}

export function gatherPythonChanges(sdk: SdkPython, file: PythonFile): GatheredChanges {
  const edits: TextEdit[] = [];
  const notes = new Map<string, { readonly at: number } & Pick<Note, 'severity' | 'message'>>();
  let first: number | null = null;
  const lineAfter = (at: number): number => {
    if (file.isNotebook) return file.lineAt(at);
    const moved = edits
      .filter(({ end }) => end <= at)
      .map(({ start, end, text }) => text.split('\n').length - file.code.text.slice(start, end).split('\n').length);
    return moved.reduce((line, lines) => line + lines, indexLines(file.code.text).lineAt(at));
  };
  return {
    sdk,
    file,
    settled: new Set(),
    edit: (added) => edits.push(...added),
    rewrite: (keyNode, key, value, around) => {
      if (file.code.text.slice(keyNode.start, keyNode.end) !== key)
        edits.push({ start: keyNode.start, end: keyNode.end, text: key });
      if (around.kind === 'replaced') edits.push({ start: value.start, end: value.end, text: around.text });
      else {
        if (around.before !== '') edits.push({ start: value.start, end: value.start, text: around.before });
        if (around.after !== '') edits.push({ start: value.end, end: value.end, text: around.after });
      }
    },
    note: (severity, node, message) => notes.set(`${node.start} ${message}`, { severity, message, at: node.start }),
    wroteDefaults: (node) => {
      first = Math.min(first ?? node.start, node.start);
    },
    edits: () => edits,
    notes: () =>
      [...notes.values()]
        .sort((a, b) => a.at - b.at)
        .map(({ severity, message, at }) => ({ severity, path: file.path, line: lineAfter(at), message })),
    firstDefault: () => (first === null ? null : { path: file.path, line: lineAfter(first) }),
  };
}
