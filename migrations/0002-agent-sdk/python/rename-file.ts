import {
  type ImportItem,
  type Note,
  type PyNode,
  pythonChild,
  type TextEdit,
  walkPython,
} from '../../../src/authoring.ts';
import { isIn, NEW_MODULE, NEW_OPTIONS, newMember, OLD_MODULE, OLD_OPTIONS } from './names.ts';
import { noteOddUses } from './odd-uses.ts';
import type { PythonFile } from './python-files.ts';
import { renameStrings } from './rename-strings.ts';
import { newName, type Renames } from './renames.ts';
import type { SdkPython } from './sdk-python.ts';

/** What becomes of one file: edits of its code, and what a person should know. */
export interface FileRenaming {
  readonly edits: readonly TextEdit[];
  readonly notes: readonly Note[];
}

/** What is gathered on the way; `note` takes an offset of the code. */
export interface Renaming {
  readonly sdk: SdkPython;
  readonly renames: Renames;
  readonly file: PythonFile;
  rename(node: Pick<PyNode, 'start' | 'end'>, to: string): void;
  note(severity: Note['severity'], at: number, message: string): void;
}

/** Renames the module and what it renamed, wherever the file says them as names or as strings that are loaded by. */
export function renameFile(sdk: SdkPython, renames: Renames, file: PythonFile): FileRenaming {
  const edits: TextEdit[] = [];
  const notes = new Map<string, Note>();
  const renaming: Renaming = {
    sdk,
    renames,
    file,
    rename: ({ start, end }, text) => {
      if (file.code.text.slice(start, end) !== text) edits.push({ start, end, text });
    },
    note: (severity, at, message) => {
      const line = file.lineAt(at);
      notes.set(`${line} ${message}`, { severity, path: file.path, line, message });
    },
  };
  for (const item of file.code.imports) renameItem(renaming, item);
  for (const node of walkPython(file.code.root)) {
    if (node.type === 'identifier') renameIdentifier(renaming, node);
    else if (node.type === 'attribute') renameAttribute(renaming, node);
  }
  renameStrings(renaming);
  noteKept(renaming, edits);
  noteOddUses(renaming);
  return { edits: unique(edits), notes: [...notes.values()] };
}

/** Several names of one import statement ask for the same edit of its module. */
function unique(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...new Map(edits.map((edit) => [`${edit.start} ${edit.end}`, edit])).values()];
}

function renameItem(renaming: Renaming, item: ImportItem): void {
  const { file, renames } = renaming;
  const { text } = file.code;
  if (item.level === 0 && isIn(OLD_MODULE, item.module)) {
    if (renames.isDual(file, item)) {
      renaming.note(
        'todo',
        item.statement.start,
        `works with both SDKs on purpose: take ${OLD_MODULE} out here by hand`,
      );
      return;
    }
    const origin =
      item.name === null ? (pythonChild(item.node, 'name') ?? item.node) : pythonChild(item.statement, 'module_name');
    const [first] = origin?.children ?? [];
    if (first !== undefined) renaming.rename(first, NEW_MODULE);
  }
  const found = renames.ofItem(file, item);
  if (found === null || item.name === null) return;
  const name = pythonChild(item.node, 'name') ?? item.node;
  const isKept = item.alias === null && !found.binds;
  renaming.rename(name, isKept ? `${found.to} as ${text.slice(name.start, name.end)}` : found.to);
}

const IMPORTS = /^(?:import_statement|import_from_statement|aliased_import|dotted_name|relative_import)$/;

function renameIdentifier(renaming: Renaming, node: PyNode): void {
  const { file, renames } = renaming;
  const name = file.code.text.slice(node.start, node.end);
  if (newName(name) === name || IMPORTS.test(node.parent?.type ?? '')) return;
  const isAttribute = node.parent?.type === 'attribute' && node.field === 'attribute';
  const isKeyword = node.parent?.type === 'keyword_argument' && node.field === 'name';
  if (isAttribute || isKeyword || !renames.followsItem(file, node)) return;
  renaming.rename(node, newName(name));
}

function renameAttribute(renaming: Renaming, node: PyNode): void {
  const { file, renames, sdk } = renaming;
  const { code } = file;
  const attribute = pythonChild(node, 'attribute');
  const object = pythonChild(node, 'object');
  if (attribute === undefined || object === undefined) return;
  const name = code.text.slice(attribute.start, attribute.end);
  if (newName(name) === name) return;
  const origins = code.originsOf(object);
  const isOld = origins.some((origin) => isIn(OLD_MODULE, origin)) && newMember(name) !== name;
  const isOwn = origins.some((origin) => {
    const own = sdk.ownFile(file.path, origin);
    return own !== null && own.path !== file.path && renames.renames(own, name);
  });
  if (isOld || isOwn) renaming.rename(attribute, newName(name));
}

function noteKept(renaming: Renaming, edits: readonly TextEdit[]): void {
  const { file, renames } = renaming;
  const keep = renames.keepOf(file);
  if (keep === null || !edits.some(({ text }) => text === `${NEW_OPTIONS} as ${OLD_OPTIONS}`)) return;
  const message =
    keep.why === 'public'
      ? `${OLD_OPTIONS} is a public name of this module, so it stays, as another name of ${NEW_OPTIONS}: rename it when those who import it can follow`
      : `${NEW_OPTIONS} is something else here, so the class of the SDK is imported under its old name ${OLD_OPTIONS}`;
  renaming.note('warning', keep.node.start, message);
}
