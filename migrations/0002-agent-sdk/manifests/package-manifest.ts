import {
  addJsonEntry,
  addJsonItem,
  type JsonDocument,
  type JsonEntry,
  type JsonList,
  type JsonNode,
  type JsonObject,
  jsonNodeAt,
  jsonString,
  type Note,
  type RepoPath,
  replaceJson,
  type TextEdit,
} from '../../../src/authoring.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';
import { moveInImportMap } from './import-map.ts';
import { listsOf, mentionsOf, type NamedEntry, overridesOf } from './json-entries.ts';
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
  /** The same for overrides and lists, which are about the packages below too; `move` when absent. */
  readonly wide?: Move;
  /** Version of the new package. */
  readonly version: string;
}

export interface ManifestEdits {
  readonly edits: readonly TextEdit[];
  readonly notes: readonly Note[];
}

/** Moves the package in one manifest: where it is listed, overridden, named in a list of packages, or kept out of a bundle. */
export function moveInManifest(input: ManifestInput): ManifestEdits {
  const { root } = input.document;
  const moved: ManifestEdits[] = [];
  const wide = { ...input, move: input.wide ?? input.move };
  for (const kind of DEPENDENCY_KINDS) {
    const section = jsonNodeAt(root, [kind]);
    if (section?.kind !== 'object') continue;
    const entry = section.entries.findLast(({ name }) => name === OLD_PACKAGE);
    if (entry !== undefined && !hasEntry(section, NEW_PACKAGE)) moved.push(moveEntry(input, section, entry));
    moved.push(...section.entries.flatMap((one) => moveAlias(input, one)));
  }
  moved.push(...overridesOf(root).map((found) => moveOverride(wide, found)));
  moved.push(...mentionsOf(root).map((found) => moveMention(wide, found)));
  moved.push(...listsOf(root).map(({ list, item }) => moveItem(wide, list, item)));
  moved.push({ edits: moveInImportMap(input.document, input.version), notes: [] });
  moved.push(...scriptsOf(root).map((node) => moveFlags(input, node)));
  moved.push(...duplicatesOf(input));
  return { edits: moved.flatMap(({ edits }) => edits), notes: moved.flatMap(({ notes }) => notes) };
}

/** Lists the move needs no code for: an entry under another name, which code imports by that name. */
function moveAlias({ version }: ManifestInput, { value }: JsonEntry): readonly ManifestEdits[] {
  const alias = value.kind === 'scalar' && typeof value.value === 'string' ? ALIAS.exec(value.value) : null;
  if (alias === null) return [];
  const text = jsonString(`npm:${NEW_PACKAGE}@${newRange(alias[1] ?? '', version)}`);
  return [{ edits: [replaceJson(value, text)], notes: [] }];
}

const ALIAS = new RegExp(`^npm:${OLD_PACKAGE}(?:@(.*))?$`);

function moveOverride(input: ManifestInput, { object, entry }: NamedEntry): ManifestEdits {
  const name = entry.name.replace(OLD_PACKAGE, NEW_PACKAGE).replace(/(claude-agent-sdk)@.*$/, '$1');
  const { value } = entry;
  const range = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
  if (range === null || hasEntry(object, name)) return { edits: [], notes: [] };
  const wanted = range.startsWith('$') ? range.replace(OLD_PACKAGE, NEW_PACKAGE) : newRange(range, input.version);
  return putEntry(input, object, entry, name, jsonString(wanted));
}

function moveMention(input: ManifestInput, { object, entry }: NamedEntry): ManifestEdits {
  const name = entry.name.replace(OLD_PACKAGE, NEW_PACKAGE);
  const source = input.document.text.slice(entry.value.start, entry.value.end);
  return hasEntry(object, name) ? { edits: [], notes: [] } : putEntry(input, object, entry, name, source);
}

function putEntry(
  { document, move }: ManifestInput,
  object: JsonObject,
  entry: JsonEntry,
  name: string,
  value: string,
): ManifestEdits {
  if (move.kind === 'add') return { edits: [addJsonEntry(document, object, entry.name, name, value)], notes: [] };
  return { edits: [replaceJson(entry.key, jsonString(name)), replaceJson(entry.value, value)], notes: [] };
}

/** Puts the new name into a list of package names. */
export function moveItem(
  { document, move }: Pick<ManifestInput, 'document' | 'move'>,
  list: JsonList,
  item: JsonNode,
): ManifestEdits {
  if (list.items.some((one) => one.kind === 'scalar' && one.value === NEW_PACKAGE)) return { edits: [], notes: [] };
  const edit =
    move.kind === 'add'
      ? addJsonItem(document, item, jsonString(NEW_PACKAGE))
      : replaceJson(item, jsonString(NEW_PACKAGE));
  return { edits: [edit], notes: [] };
}

/** Scripts that keep the old package out of a bundle: `--external @anthropic-ai/claude-code`, `--external:@anthropic-ai/claude-code`. */
function scriptsOf(root: JsonNode): readonly JsonNode[] {
  const scripts = jsonNodeAt(root, ['scripts']);
  return scripts?.kind === 'object' ? scripts.entries.map(({ value }) => value) : [];
}

const FLAG = new RegExp(
  `(--(?:external|no-external|packages\\.external)[:=\\s]\\s*['"]?)${OLD_PACKAGE}(?![\\w/-])`,
  'g',
);

function moveFlags({ document, move }: ManifestInput, node: JsonNode): ManifestEdits {
  const source = document.text.slice(node.start, node.end);
  const text = source.replace(FLAG, (whole, flag: string) => {
    const added = flag + NEW_PACKAGE;
    return move.kind === 'add' ? `${whole} ${added}` : added;
  });
  return { edits: text === source || source.includes(NEW_PACKAGE) ? [] : [replaceJson(node, text)], notes: [] };
}

function duplicatesOf({ path, document }: ManifestInput): readonly ManifestEdits[] {
  return document.duplicates
    .filter(({ name }) => name === OLD_PACKAGE)
    .map(({ line }) => ({
      edits: [],
      notes: [
        {
          severity: 'todo',
          path,
          line,
          message: `${OLD_PACKAGE} is listed twice here: only the last entry counts, and only that one is moved`,
        },
      ],
    }));
}

function hasEntry(section: JsonObject, name: string): boolean {
  return section.entries.some((entry) => entry.name === name);
}

function moveEntry(input: ManifestInput, section: JsonObject, entry: JsonEntry): ManifestEdits {
  const { path, version } = input;
  const { value } = entry;
  const range = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
  const note = (message: string): ManifestEdits => ({
    edits: [],
    notes: [{ severity: 'todo', path, line: entry.key.line, message }],
  });
  if (range === null) return note(`the range of ${OLD_PACKAGE} is no text: move it by hand`);
  if (range.startsWith('catalog:')) return putEntry(input, section, entry, NEW_PACKAGE, jsonString(range));
  if (/^(?:workspace|file|link|portal|git|https?|github|patch|npm):|^[\w.-]+\/[\w.-]+/.test(range)) {
    return note(
      `${OLD_PACKAGE} comes from ${range.split(':')[0]}: and not from the registry by a range; move it by hand`,
    );
  }
  return putEntry(input, section, entry, NEW_PACKAGE, jsonString(newRange(range, version)));
}
