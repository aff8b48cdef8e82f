import type { TextEdit } from '../../../src/authoring.ts';
import { type ManifestMove, type ManifestText, NOTHING } from './model.ts';
import { moveToml } from './toml.ts';

/** A block of PEP 723: `# /// script`, comment lines, `# ///`. */
const BLOCK = /^\uFEFF?# \/\/\/ script[ \t]*\r?\n((?:#(?: [^\n]*)?\r?\n)+?)# \/\/\/[ \t]*\r?$/m;

/** Moves the dependencies that a script lists in its header. */
export function moveScriptHeader(manifest: ManifestText): ManifestMove {
  const match = BLOCK.exec(manifest.text);
  const body = match?.[1];
  if (match === null || body === undefined) return NOTHING;
  const bodyStart = match.index + match[0].indexOf(body);
  const line = manifest.text.slice(0, bodyStart).split('\n').length;
  const places: number[] = [];
  let content = '';
  let at = bodyStart;
  for (const row of body.split(/(?<=\n)/)) {
    const skipped = row.startsWith('# ') ? 2 : 1;
    for (let index = skipped; index < row.length; index += 1) places.push(at + index);
    content += row.slice(skipped);
    at += row.length;
  }
  const moved = moveToml({ ...manifest, text: content });
  const edits = moved.edits.map(
    ({ start, end, text }): TextEdit => ({ start: places[start] ?? at, end: (places[end - 1] ?? at - 1) + 1, text }),
  );
  return { ...moved, edits, notes: moved.notes.map((note) => ({ ...note, line: (note.line ?? 1) + line - 1 })) };
}
