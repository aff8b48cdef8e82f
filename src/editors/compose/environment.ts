import type { EditOutcome } from '../outcome.ts';
import {
  indentAt,
  insertIntoFlow,
  insertLinesAfter,
  removeFromFlow,
  removeLines,
  UnsafePlaceError,
} from '../yaml/place.ts';
import { commonQuote, scalarText, stringText } from '../yaml/write.ts';
import { parseYaml, type YamlEntry, type YamlItem, type YamlList, type YamlMap } from '../yaml.ts';
import { type Draft, editService, mustBeOwn, mustNotMerge, type ServicePlace, serviceEntry } from './edit.ts';
import { appendItem, removeItems } from './mounts.ts';
import { addKey, removeKey } from './service-keys.ts';

/** A variable of a service. */
export interface VariableTarget {
  readonly service: string;
  readonly name: string;
}

/** Keys after which a new `environment` stands, the first that the service has. */
const BEFORE_ENVIRONMENT = ['env_file', 'ports', 'expose', 'build', 'image', 'container_name', 'extends'];

/**
 * Sets a variable of a service in the style found (list or map, quotes); null gives the bare name, whose value comes from
 * the caller's environment. A missing `environment` is made after `env_file`, in the style of the other services.
 */
export function setEnv(text: string, target: VariableTarget & { readonly value: string | null }): EditOutcome {
  return editService(text, target.service, (places) => {
    const holding = places.filter((place) => holds(place, target.name));
    const defining = places.find(({ service }) =>
      service.entries.some(({ name }) => name === 'build' || name === 'image'),
    );
    return setAt(holding.at(-1) ?? defining ?? places[0], target.name, target.value);
  });
}

/** Removes a variable of a service from every document; with the last one goes the key `environment`. */
export function removeEnv(text: string, target: VariableTarget): EditOutcome {
  return editService(text, target.service, (places) => places.flatMap((place) => removeAt(place, target.name)));
}

function holds(place: ServicePlace, name: string): boolean {
  const value = serviceEntry(place, 'environment')?.value;
  if (value?.kind === 'list') return itemsNamed(value, name).length > 0;
  return value?.kind === 'map' && value.entries.some((entry) => entry.name === name);
}

function itemsNamed(list: YamlList, name: string): readonly YamlItem[] {
  return list.items.filter(({ value }) => value.kind === 'scalar' && value.source.split('=', 1)[0] === name);
}

function setAt(place: ServicePlace, name: string, value: string | null): readonly Draft[] {
  const entry = serviceEntry(place, 'environment');
  if (entry === null) return [addKey(place, 'environment', newBlock(place, name, value), BEFORE_ENVIRONMENT)];
  if (entry.value.kind === 'list') return setInList(place, entry.value, name, value);
  if (entry.value.kind === 'map') return setInMap(place, entry.value, name, value);
  return [fillEmpty(place, entry, name, value)];
}

function newBlock(place: ServicePlace, name: string, value: string | null): string[] | Record<string, string | null> {
  return prefersMap(place.text) ? { [name]: value } : [itemText(name, value)];
}

/** Whether the services of the text write `environment` as maps rather than lists; a list when there is none. */
function prefersMap(text: string): boolean {
  const parsed = parseYaml(text);
  let maps = 0;
  for (const { root } of parsed.kind === 'parsed' ? parsed.documents : []) {
    const services = root?.kind === 'map' ? root.entries.find(({ name }) => name === 'services')?.value : undefined;
    for (const { value } of services?.kind === 'map' ? services.entries : []) {
      const environment = value.kind === 'map' ? value.entries.find(({ name }) => name === 'environment') : undefined;
      if (environment?.value.kind === 'map') maps += 1;
      if (environment?.value.kind === 'list') maps -= 1;
    }
  }
  return maps > 0;
}

function itemText(name: string, value: string | null): string {
  return value === null ? name : `${name}=${value}`;
}

function setInList(place: ServicePlace, list: YamlList, name: string, value: string | null): readonly Draft[] {
  const wanted = itemText(name, value);
  const [item, second] = itemsNamed(list, name);
  if (second !== undefined) throw new UnsafePlaceError(`${name} is set twice`, second.line);
  if (item === undefined) return [appendItem(place, 'environment', list, list.line, wanted)];
  mustBeOwn(item.value, name, item.line);
  if (item.value.kind !== 'scalar' || item.value.source === wanted) return [];
  if (item.value.style === 'block') throw new UnsafePlaceError(`${name} is written as a block`, item.line);
  const { start, end } = item.value;
  const index = list.items.indexOf(item);
  return [
    {
      place,
      edits: [{ start, end, text: stringText(wanted, commonQuote([item.value]), list.flow) }],
      expect: (values) => {
        (values['environment'] as unknown[])[index] = wanted;
      },
    },
  ];
}

function setInMap(place: ServicePlace, map: YamlMap, name: string, value: string | null): readonly Draft[] {
  const entry = map.entries.find((candidate) => candidate.name === name && !candidate.isMerge);
  const expect = (values: Record<string, unknown>): void => {
    (values['environment'] as Record<string, unknown>)[name] = value;
  };
  if (entry === undefined) {
    mustNotMerge(map, 'environment');
    return [{ place, edits: [addEntry(place, map, name, value)], expect }];
  }
  mustBeOwn(entry.value, name, entry.line);
  if (entry.value.kind !== 'scalar') throw new UnsafePlaceError(`${name} is not a single value`, entry.line);
  if (entry.value.value === value || (value !== null && entry.value.value !== null && entry.value.source === value))
    return [];
  if (entry.colonEnd === null || entry.value.style === 'block')
    throw new UnsafePlaceError(`${name} is written as a block or a complex key`, entry.line);
  const written = value === null ? '' : ` ${scalarText(value, commonQuote([entry.value]), map.flow)}`;
  return [{ place, edits: [{ start: entry.colonEnd, end: entry.end, text: written }], expect }];
}

function addEntry(place: ServicePlace, map: YamlMap, name: string, value: string | null) {
  const quote = commonQuote(map.entries.map((entry) => entry.value));
  const element = value === null ? `${name}:` : `${name}: ${scalarText(value, quote, map.flow)}`;
  const first = map.entries[0];
  const last = map.entries.at(-1);
  if (map.flow || first === undefined || last === undefined)
    return insertIntoFlow(place.text, map, value === null ? `${name}: null` : element);
  const indent = ' '.repeat(indentAt(place.text, first.key.start, first.line));
  return insertLinesAfter(place.text, last.end, [indent + element]);
}

/** `environment:` with nothing behind it gets its first entry; anything else that is no collection is refused. */
function fillEmpty(place: ServicePlace, entry: YamlEntry, name: string, value: string | null): Draft {
  const { value: old, colonEnd, line } = entry;
  const empty = old.kind === 'scalar' && old.start === old.end && old.tag === null && colonEnd !== null;
  if (!empty || place.service.flow) throw new UnsafePlaceError('environment is neither a list nor a map', line);
  const added = newBlock(place, name, value);
  const indent = indentAt(place.text, entry.key.start, line) + 2;
  const body = Array.isArray(added)
    ? `- ${stringText(itemText(name, value), '', false)}`
    : `${name}:${value === null ? '' : ` ${scalarText(value, '', false)}`}`;
  return {
    place,
    edits: [insertLinesAfter(place.text, colonEnd, [`${' '.repeat(indent)}${body}`])],
    expect: (values) => {
      values['environment'] = added;
    },
  };
}

function removeAt(place: ServicePlace, name: string): readonly Draft[] {
  const entry = serviceEntry(place, 'environment');
  if (entry?.value.kind === 'list') {
    const doomed = itemsNamed(entry.value, name);
    return doomed.length === 0 ? [] : [removeItems(place, 'environment', entry.value, doomed)];
  }
  return entry?.value.kind === 'map' ? removeEntry(place, entry, entry.value, name) : [];
}

function removeEntry(place: ServicePlace, entry: YamlEntry, map: YamlMap, name: string): readonly Draft[] {
  const index = map.entries.findIndex((candidate) => candidate.name === name && !candidate.isMerge);
  const doomed = map.entries[index];
  if (doomed === undefined) return [];
  mustNotMerge(map, 'environment');
  mustBeOwn(doomed.value, name, doomed.line);
  if (map.entries.length === 1) return [removeKey(place, entry)];
  const edit = map.flow
    ? removeFromFlow(place.text, map, index)
    : removeLines(place.text, doomed.key.start, doomed.end, doomed.line);
  const expect = (values: Record<string, unknown>): void => {
    delete (values['environment'] as Record<string, unknown>)[name];
  };
  return [{ place, edits: [edit], expect }];
}
