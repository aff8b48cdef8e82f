import type { Parser, TreeCursor } from 'web-tree-sitter';
import { RefitError } from '../../base/errors.ts';
import { rememberByText } from '../../base/memo.ts';
import type { PyNode } from './node.ts';

/** The two WebAssembly files that parsing Python takes. */
export interface PythonWasm {
  /** `web-tree-sitter.wasm`. */
  readonly runtime: Uint8Array;
  /** `tree-sitter-python.wasm`. */
  readonly grammar: Uint8Array;
}

let loading: Promise<void> | undefined;
let parser: Parser | undefined;

/**
 * Loads the Python parser once; later calls wait for the first. Every other function of this editor needs it.
 * @throws RefitError when the files are not the WebAssembly of tree-sitter; a later call may try again.
 */
export function loadPython(wasm: PythonWasm): Promise<void> {
  loading ??= startParser(wasm).catch((cause: unknown) => {
    loading = undefined;
    throw new RefitError('cannot load the Python parser: its WebAssembly files are damaged', { cause });
  });
  return loading;
}

let provide: (() => Promise<void>) | undefined;

/** Tells where {@link needPython} gets the parser from: the host, which alone can read its files. */
export function providePython(load: () => Promise<void>): void {
  provide = load;
}

/**
 * Loads the parser when it turns out to be needed: a step that finds no Python need not name it in `needs` and pay for it.
 * @throws RefitError when its files cannot be read, or nobody provides it.
 */
export async function needPython(): Promise<void> {
  if (parser !== undefined) return;
  if (provide === undefined) throw new RefitError('nothing provides the Python parser here');
  await provide();
}

/** Whether {@link loadPython} has finished. */
export function isPythonLoaded(): boolean {
  return parser !== undefined;
}

async function startParser(wasm: PythonWasm): Promise<void> {
  // Imported here, for a run that reads no Python has no use for it.
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init({ wasmBinary: wasm.runtime });
  const language = await Language.load(wasm.grammar);
  parser = new Parser().setLanguage(language);
}

/**
 * Parses `text` into a plain tree that outlives the parser's own. Offsets are UTF-16 code units of `text`.
 * @throws RefitError before {@link loadPython} has finished.
 */
export const parsePython: (text: string) => PyNode = rememberByText((text) => {
  if (parser === undefined) {
    throw new RefitError("the Python parser is not loaded; a step that reads Python names it: needs: ['python']");
  }
  parser.reset();
  const tree = parser.parse(text);
  if (tree === null) throw new RefitError('the Python parser gave no tree');
  const cursor = tree.walk();
  try {
    return copyTree(cursor);
  } finally {
    cursor.delete();
    tree.delete();
  }
}, 12);

interface Draft extends PyNode {
  readonly children: Draft[];
}

function copyNode(cursor: TreeCursor, parent: Draft | null): Draft {
  const node: Draft = {
    type: cursor.nodeType,
    named: cursor.nodeIsNamed,
    missing: cursor.nodeIsMissing,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    parent,
    children: [],
  };
  parent?.children.push(node);
  return node;
}

// A loop, not a recursion: a sum of ten thousand terms nests ten thousand deep.
function copyTree(cursor: TreeCursor): PyNode {
  const root = copyNode(cursor, null);
  let at: Draft = root;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      at = copyNode(cursor, at);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent() || at.parent === null) return root;
      at = at.parent as Draft;
    }
    at = copyNode(cursor, at.parent as Draft);
  }
}
