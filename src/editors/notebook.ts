/** Reads Jupyter notebooks and edits the code in them by span. Pure; nothing but `source` strings of code cells changes. */
import { indexLines } from '../base/text.ts';
import type { TextEdit } from '../tree/edits.ts';
import { type JsonNode, jsonNodeAt, readJson } from './json.ts';

/** The code cells of a notebook as one Python text. */
export interface Notebook {
  /** The cells in order. A line for the notebook itself (`%pip …`, `!ls`) is a comment here; offsets are those of {@link source}. */
  readonly text: string;
  /** The same with such lines as they are. */
  readonly source: string;
  /** Line of the file, from 1, that holds `offset` of the text. */
  lineAt(offset: number): number;
  /** Edits of the text as edits of the file. */
  toFile(edits: readonly TextEdit[]): readonly TextEdit[];
}

/** What came of reading a notebook. */
export type NotebookReading =
  | { readonly kind: 'read'; readonly notebook: Notebook }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };

/** One JSON string of a source. */
interface Piece {
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** For each character, and for the end, its offset in the file. */
  readonly places: readonly number[];
  /** What stands between two strings of the list; null where the source is a single string. */
  readonly separator: string | null;
}

/** Reads a notebook of format 3 or 4. Never throws: what is no notebook is refused with its line. */
export function readNotebook(file: string): NotebookReading {
  const read = readJson(file);
  if (read.kind === 'refused') return read;
  const cells = cellsOf(read.document.root);
  if (cells === null) return { kind: 'refused', why: 'it has no list of cells', line: 1 };
  const pieces: Piece[] = [];
  let source = '';
  let text = '';
  for (const cell of cells) {
    const from = source.length;
    for (const { node, separator } of stringsOf(file, cell)) {
      const { value, places } = decode(file, node);
      pieces.push({ start: source.length, end: source.length + value.length, places, separator });
      source += value;
    }
    // Two cells never share a line.
    source += '\n\n';
    text += maskMagic(source.slice(from));
  }
  const lines = indexLines(file);
  return {
    kind: 'read',
    notebook: {
      text,
      source,
      lineAt: (offset) => lines.lineAt(placeOf(pieces, offset)),
      toFile: (edits) => edits.flatMap((edit) => toFile(pieces, edit)),
    },
  };
}

function cellsOf(root: JsonNode): readonly JsonNode[] | null {
  const sheets = jsonNodeAt(root, ['worksheets']);
  const lists =
    sheets?.kind === 'list' ? sheets.items.map((sheet) => jsonNodeAt(sheet, ['cells'])) : [jsonNodeAt(root, ['cells'])];
  if (!lists.every((list) => list?.kind === 'list')) return null;
  const cells = lists.flatMap((list) => (list?.kind === 'list' ? list.items : []));
  return cells.filter((cell) => {
    const type = jsonNodeAt(cell, ['cell_type']);
    return type?.kind === 'scalar' && type.value === 'code';
  });
}

function stringsOf(file: string, cell: JsonNode): readonly { node: JsonNode; separator: string | null }[] {
  const source = jsonNodeAt(cell, ['source']) ?? jsonNodeAt(cell, ['input']);
  if (source === null || source.kind === 'object') return [];
  if (source.kind === 'scalar') return typeof source.value === 'string' ? [{ node: source, separator: null }] : [];
  const [first, second] = source.items;
  if (first === undefined) return [];
  const lead = file.slice(source.start + 1, first.start);
  const separator = second === undefined ? `,${/\n/.test(lead) ? lead : ' '}` : file.slice(first.end, second.start);
  const items = source.items.filter((item) => item.kind === 'scalar' && typeof item.value === 'string');
  return items.map((node) => ({ node, separator }));
}

const CHARACTER = /\\u[0-9a-fA-F]{4}|\\.|[\s\S]/g;

function decode(file: string, node: JsonNode): { readonly value: string; readonly places: readonly number[] } {
  const raw = file.slice(node.start + 1, node.end - 1);
  const places: number[] = [];
  let value = '';
  for (const match of raw.matchAll(CHARACTER)) {
    places.push(node.start + 1 + match.index);
    value += match[0].startsWith('\\') ? (JSON.parse(`"${match[0]}"`) as string) : match[0];
  }
  return { value, places: [...places, node.end - 1] };
}

/** A cell that starts with one of these holds Python below that line. */
const PYTHON_CELL = /^\s*%%(?:time|timeit|capture|prun|python3?|py)\b/;

function maskMagic(cell: string): string {
  const isOther = /^\s*%%/.test(cell) && !PYTHON_CELL.test(cell);
  let goesOn = false;
  return cell
    .split('\n')
    .map((line) => {
      const isMagic = isOther || goesOn || /^\s*(?:[%!?]|[\w.]+\?\s*$)/.test(line);
      goesOn = isMagic && !isOther && /\\\r?$/.test(line);
      return isMagic && line !== '' ? `#${line.slice(1)}` : line;
    })
    .join('\n');
}

function placeOf(pieces: readonly Piece[], offset: number): number {
  const piece = pieces.find(({ end }) => offset < end) ?? pieces.at(-1);
  return piece?.places[Math.max(0, offset - piece.start)] ?? piece?.places.at(-1) ?? 0;
}

function toFile(pieces: readonly Piece[], { start, end, text }: TextEdit): readonly TextEdit[] {
  const touched = pieces.filter((piece) =>
    start === end ? piece.start <= start && start <= piece.end : piece.start < end && start < piece.end,
  );
  // An insertion where two strings meet goes to the end of a line, unless that would be behind its line end.
  const [first, ...others] = start === end && touched.length > 1 ? touched.slice(-1) : touched;
  if (first === undefined) return [];
  const place = (piece: Piece, offset: number): number => {
    const index = Math.min(Math.max(offset, piece.start), piece.end) - piece.start;
    return piece.places[index] as number;
  };
  const put = encode(text, first.separator);
  return [
    { start: place(first, start), end: place(first, end), text: put },
    ...others.map((piece) => ({ start: place(piece, start), end: place(piece, end), text: '' })),
  ];
}

function encode(text: string, separator: string | null): string {
  const lines = text.split('\n').map((line) => JSON.stringify(line).slice(1, -1));
  return lines.join(separator === null ? '\\n' : `\\n"${separator}"`);
}
