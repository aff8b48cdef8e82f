import {
  addJsonEntry,
  type JsonDocument,
  type JsonEntry,
  type JsonObject,
  jsonNodeAt,
  jsonString,
  type Note,
  type RepoPath,
  replaceJson,
  type TextEdit,
} from '../../../src/authoring.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';
import { newRange } from './ranges.ts';

/** The sections of a package.json that list packages with their ranges. */
export const DEPENDENCY_KINDS = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/** What the code that belongs to a manifest asks for. */
export type Move =
  /** The old package goes. */
  | { readonly kind: 'replace' }
  /** The old package stays beside the new one, for the reason given. */
  | { readonly kind: 'add'; readonly why: string };

export interface ManifestInput {
  readonly path: RepoPath;
  readonly document: JsonDocument;
  readonly move: Move;
  /** Version of the new package. */
  readonly version: string;
}

export interface ManifestEdits {
  readonly edits: readonly TextEdit[];
  readonly notes: readonly Note[];
}

/** Moves the package in the sections of one manifest that list it. */
export function moveInManifest(input: ManifestInput): ManifestEdits {
  const edits: TextEdit[] = [];
  const notes: Note[] = [];
  for (const kind of DEPENDENCY_KINDS) {
    const section = jsonNodeAt(input.document.root, [kind]);
    if (section?.kind !== 'object' || hasEntry(section, NEW_PACKAGE)) continue;
    const entry = section.entries.findLast(({ name }) => name === OLD_PACKAGE);
    if (entry === undefined) continue;
    const moved = moveEntry(input, section, entry);
    edits.push(...moved.edits);
    notes.push(...moved.notes);
  }
  return { edits, notes };
}

function hasEntry(section: JsonObject, name: string): boolean {
  return section.entries.some((entry) => entry.name === name);
}

function moveEntry(
  { path, document, move, version }: ManifestInput,
  section: JsonObject,
  entry: JsonEntry,
): ManifestEdits {
  const { value } = entry;
  const range = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
  const note = (message: string): ManifestEdits => ({
    edits: [],
    notes: [{ severity: 'todo', path, line: entry.key.line, message }],
  });
  if (range === null) return note(`the range of ${OLD_PACKAGE} is no text: move it by hand`);
  if (/^(?:workspace|file|link|portal|git|https?|github|patch|npm):|^[\w.-]+\/[\w.-]+/.test(range)) {
    return note(
      `${OLD_PACKAGE} comes from ${range.split(':')[0]}: and not from the registry by a range; move it by hand`,
    );
  }
  const wanted = newRange(range, version);
  if (move.kind === 'add') {
    return { edits: [addJsonEntry(document, section, OLD_PACKAGE, NEW_PACKAGE, wanted)], notes: [] };
  }
  return {
    edits: [replaceJson(entry.key, jsonString(NEW_PACKAGE)), replaceJson(value, jsonString(wanted))],
    notes: [],
  };
}
