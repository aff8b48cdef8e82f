import { indexLines } from '../../base/text.ts';
import { applyEdits, type TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import { UnsafePlaceError } from '../yaml/place.ts';
import { lookUp, sameValue } from '../yaml/value.ts';
import { parseYaml, type YamlDocument, type YamlEntry, type YamlMap, type YamlNode } from '../yaml.ts';

/** A service where an edit may take place: defined by the text itself, no alias or anchor on the way to it. */
export interface ServicePlace {
  readonly text: string;
  readonly document: number;
  readonly name: string;
  readonly service: YamlMap;
  /** Where the name of the service starts. */
  readonly start: number;
  readonly line: number;
}

/** Edits, and what they must do to the meaning: `expect` changes the value of the service in place. */
export interface Draft {
  readonly place: ServicePlace;
  readonly edits: readonly TextEdit[];
  expect(service: Record<string, unknown>): void;
}

/**
 * Runs one edit: finds the places of `service`, drafts, applies, parses again and compares the whole meaning with the
 * expected one. Whatever is not sure is refused with its line.
 */
export function editService(
  text: string,
  service: string,
  draftAt: (places: readonly [ServicePlace, ...ServicePlace[]]) => readonly Draft[],
): EditOutcome {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') return { kind: 'refused', why: parsed.why, line: parsed.line };
  try {
    const [first, ...rest] = placesOf(text, parsed.documents, service);
    if (first === undefined) return { kind: 'refused', why: `no service ${service} is defined here`, line: 1 };
    const drafts = draftAt([first, ...rest]).filter((draft) => draft.edits.length > 0);
    if (drafts.length === 0) return { kind: 'unchanged', remarks: [] };
    return prove(text, parsed.documents, drafts);
  } catch (error) {
    if (error instanceof UnsafePlaceError) return { kind: 'refused', why: error.message, line: error.line };
    throw error;
  }
}

function prove(text: string, documents: readonly YamlDocument[], drafts: readonly Draft[]): EditOutcome {
  const edits = drafts.flatMap((draft) => draft.edits);
  const expected = structuredClone(documents.map(({ value }) => value));
  for (const { place, expect } of drafts) {
    const document = expected[place.document] as { services: Record<string, Record<string, unknown>> };
    expect(document.services[place.name] as Record<string, unknown>);
  }
  const line = indexLines(text).lineAt(Math.min(...edits.map(({ start }) => start)));
  const after = parseYaml(applyEdits(text, edits));
  if (after.kind === 'refused') return { kind: 'refused', why: `the edit would break the file: ${after.why}`, line };
  const actual = after.documents.map(({ value }) => value);
  if (!sameValue(actual, expected)) return { kind: 'refused', why: 'the edit would change more than asked for', line };
  return { kind: 'edits', edits, remarks: [] };
}

function placesOf(text: string, documents: readonly YamlDocument[], name: string): readonly ServicePlace[] {
  return documents.flatMap(({ root }, document): readonly ServicePlace[] => {
    const services = root === null ? null : ownEntry(root, 'services', 'the document');
    const entry = services === null ? null : ownEntry(services.value, name, 'services');
    if (entry === null) return [];
    mustBeOwn(entry.value, `service ${name}`, entry.line);
    if (entry.value.kind !== 'map') throw new UnsafePlaceError(`service ${name} is not a mapping`, entry.line);
    return [{ text, document, name, service: entry.value, start: entry.key.start, line: entry.line }];
  });
}

/** Refuses a node that is an alias or that an alias may share. */
export function mustBeOwn(node: YamlNode, what: string, line: number): void {
  if (node.kind === 'alias') throw new UnsafePlaceError(`${what} is the alias *${node.name}`, line);
  if (node.anchor !== null) throw new UnsafePlaceError(`${what} carries the anchor &${node.anchor}`, line);
}

/** The entry `name` of `node`, null when there is none; refuses one that an alias or a merge key supplies. */
export function ownEntry(node: YamlNode, name: string, what: string): YamlEntry | null {
  const found = lookUp(node, name);
  if (found === null) return null;
  mustBeOwn(node, what, node.line);
  const own = node.kind === 'map' ? node.entries.find((entry) => entry.name === name && !entry.isMerge) : undefined;
  if (node.kind === 'map' && own === undefined) {
    const merge = node.entries.find((entry) => entry.isMerge);
    throw new UnsafePlaceError(`${name} comes from a merge key (<<)`, merge?.line ?? found.entry.line);
  }
  return own ?? null;
}

/** The entry `key` of a service whose value is its own; null when the service has no such key. */
export function serviceEntry(place: ServicePlace, key: string): YamlEntry | null {
  const entry = ownEntry(place.service, key, `service ${place.name}`);
  if (entry !== null) mustBeOwn(entry.value, `${key} of ${place.name}`, entry.line);
  return entry;
}

/** Refuses a map with a merge key, for an edit that adds or removes one of its entries. */
export function mustNotMerge(map: YamlMap, what: string): void {
  const merge = map.entries.find((entry) => entry.isMerge);
  if (merge !== undefined) throw new UnsafePlaceError(`${what} holds a merge key (<<)`, merge.line);
}
