import { newlineOf } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import {
  indentAt,
  insertIntoFlow,
  insertLinesAfter,
  lineStart,
  pastInnerComments,
  removeFromFlow,
  removeLines,
  UnsafePlaceError,
} from '../yaml/place.ts';
import { plainValue, sameValue } from '../yaml/value.ts';
import { commonQuote, entryLines, flowText, type Indents, scalarText, type YamlInput } from '../yaml/write.ts';
import type { YamlEntry } from '../yaml.ts';
import { type Draft, editService, type ServicePlace, serviceEntry } from './edit.ts';

/** A key of a service. */
export interface ServiceKeyTarget {
  readonly service: string;
  readonly key: string;
}

/** Sets a key of a service, in place when it is there, else as the last key; a comment inside a replaced value goes with it. */
export function setServiceKey(text: string, target: ServiceKeyTarget & { readonly value: YamlInput }): EditOutcome {
  return editService(text, target.service, (places) => {
    const place = places.find((candidate) => serviceEntry(candidate, target.key) !== null) ?? places[0];
    const entry = serviceEntry(place, target.key);
    if (entry === null) return [addKey(place, target.key, target.value, [])];
    return [replaceKey(place, entry, target.value)];
  });
}

/** Removes a key of a service with its value, in every document that defines it; refuses to leave a service empty. */
export function removeServiceKey(text: string, target: ServiceKeyTarget): EditOutcome {
  return editService(text, target.service, (places) =>
    places.flatMap((place) => {
      const entry = serviceEntry(place, target.key);
      return entry === null ? [] : [removeKey(place, entry)];
    }),
  );
}

/** Drafts a new key just after the first of `after` that the service has, else as its last key. */
export function addKey(place: ServicePlace, key: string, value: YamlInput, after: readonly string[]): Draft {
  const { text, service } = place;
  const preferred = after.map((name) => service.entries.find((entry) => entry.name === name));
  const previous = preferred.find((entry) => entry !== undefined) ?? service.entries.at(-1);
  if (previous === undefined || service.flow) {
    const edit = insertIntoFlow(text, service, `${key}: ${flowText(value, flowQuote(service.entries))}`);
    return { place, edits: [edit], expect: (values) => insertKey(values, key, value, lastOwnKey(place)) };
  }
  const indent = indentAt(text, previous.key.start, previous.line);
  const lines = entryLines(key, value, indent, indentsOf(place));
  const edit = insertLinesAfter(text, pastInnerComments(text, previous.end, indent), lines);
  return { place, edits: [edit], expect: (values) => insertKey(values, key, value, previous.name) };
}

/** Drafts the removal of a key. */
export function removeKey(place: ServicePlace, entry: YamlEntry): Draft {
  const { text, service } = place;
  if (service.entries.length === 1) throw new UnsafePlaceError(`service ${place.name} would be left empty`, entry.line);
  const edit = service.flow
    ? removeFromFlow(text, service, service.entries.indexOf(entry))
    : removeLines(text, entry.key.start, entry.end, entry.line);
  return {
    place,
    edits: [edit],
    expect: (values) => {
      delete values[entry.name];
    },
  };
}

function replaceKey(place: ServicePlace, entry: YamlEntry, value: YamlInput): Draft {
  const expect = (values: Record<string, unknown>): void => {
    values[entry.name] = structuredClone(value);
  };
  return { place, edits: replacementOf(place, entry, value), expect };
}

function replacementOf(place: ServicePlace, entry: YamlEntry, value: YamlInput): readonly TextEdit[] {
  const { text, service } = place;
  const { value: old, colonEnd } = entry;
  if (colonEnd === null) throw new UnsafePlaceError(`${entry.name} is written as a complex key`, entry.line);
  if (sameValue(plainValue(old), value)) return [];
  const scalar = value === null || typeof value !== 'object';
  const inline = old.kind === 'scalar' && old.style !== 'block' && old.start !== old.end;
  if (scalar && inline) {
    return [{ start: old.start, end: old.end, text: scalarText(value, commonQuote([old]), service.flow) }];
  }
  if (service.flow)
    return [{ start: colonEnd, end: entry.end, text: ` ${flowText(value, flowQuote(service.entries))}` }];
  const indent = indentAt(text, entry.key.start, entry.line);
  const lines = entryLines(entry.name, value, indent, indentsOf(place)).join(newlineOf(text));
  return [{ start: entry.key.start, end: entry.end, text: lines.slice(indent) }];
}

function lastOwnKey(place: ServicePlace): string | null {
  return place.service.entries.filter((entry) => !entry.isMerge).at(-1)?.name ?? null;
}

function flowQuote(entries: readonly YamlEntry[]): '"' | "'" | '' {
  return commonQuote(entries.map((entry) => entry.value));
}

/** Puts `key` just after `previous` (null: first), because the order of keys is part of the meaning that is compared. */
function insertKey(values: Record<string, unknown>, key: string, value: YamlInput, previous: string | null): void {
  const entries = Object.entries(values);
  const at = previous === null ? 0 : entries.findIndex(([name]) => name === previous) + 1;
  for (const [name] of entries) delete values[name];
  for (const [name, item] of entries.toSpliced(at, 0, [key, structuredClone(value)])) values[name] = item;
}

/** How deep this service indents its lists and maps; else as deep as the service's own keys stand. */
function indentsOf(place: ServicePlace): Indents {
  const { text, service } = place;
  const column = (offset: number): number => offset - lineStart(text, offset);
  const first = service.entries[0];
  const keyColumn = first === undefined ? 0 : column(first.key.start);
  const found: { list?: number; map?: number } = {};
  for (const { value } of service.entries) {
    if (value.kind === 'list' && !value.flow && value.items[0]) found.list ??= column(value.items[0].start) - keyColumn;
    if (value.kind === 'map' && !value.flow && value.entries[0])
      found.map ??= column(value.entries[0].key.start) - keyColumn;
  }
  const unit = keyColumn - column(place.start);
  return { list: found.list ?? (unit > 0 ? unit : 2), map: found.map ?? (unit > 0 ? unit : 2) };
}
