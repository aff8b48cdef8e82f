import type { TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import {
  indentAt,
  insertIntoFlow,
  insertLinesAfter,
  removeFromFlow,
  removeLines,
  UnsafePlaceError,
} from '../yaml/place.ts';
import { lookUp } from '../yaml/value.ts';
import { commonQuote, stringText } from '../yaml/write.ts';
import type { YamlItem, YamlList, YamlScalar } from '../yaml.ts';
import { type Draft, editService, mustBeOwn, ownEntry, type ServicePlace, serviceEntry } from './edit.ts';
import { readCompose } from './read.ts';
import { addKey, removeKey } from './service-keys.ts';
import { splitShortMount, withoutFinalSlash } from './short-mount.ts';

/** A mount by its service and present target, and the target to give it. */
export interface MountTargetChange {
  readonly service: string;
  /** The whole path as it stands, a slash at its end aside; `/a` never matches `/ab` or `/a/b`. */
  readonly from: string;
  readonly to: string;
}

/**
 * Changes the target of every mount of a service that is mounted at `from`, short or long form; source, mode, quotes and
 * comments stay. Refuses a target that only a variable's default makes equal to `from`, and one that an alias supplies.
 */
export function changeMountTarget(text: string, change: MountTargetChange): EditOutcome {
  const unsafe = unsafeMount(text, change);
  if (unsafe !== null) return unsafe;
  return editService(text, change.service, (places) =>
    places.flatMap((place) => {
      const list = ownMounts(place);
      return list === null ? [] : list.items.flatMap((item, index) => changeItem(place, item, index, change));
    }),
  );
}

function unsafeMount(text: string, { service, from }: MountTargetChange): EditOutcome | null {
  const read = readCompose(text);
  if (read.kind === 'refused') return read;
  for (const { name, mounts } of read.file.services) {
    if (name !== service) continue;
    for (const { target, line, viaAlias } of mounts) {
      const matches = withoutFinalSlash(target.text) === from;
      if (matches && viaAlias)
        return { kind: 'refused', why: `the mount of ${from} comes from an alias or a merge key`, line };
      if (!matches && target.resolved !== null && withoutFinalSlash(target.resolved) === from)
        return { kind: 'refused', why: `the mount target ${target.text} depends on a variable`, line };
    }
  }
  return null;
}

/** The list under `volumes`, null when the service itself writes none. */
function ownMounts(place: ServicePlace): YamlList | null {
  const own = place.service.entries.find((entry) => entry.name === 'volumes');
  return own?.value.kind === 'list' ? own.value : null;
}

function changeItem(place: ServicePlace, item: YamlItem, index: number, change: MountTargetChange): readonly Draft[] {
  const found = targetOf(item);
  if (found === null || withoutFinalSlash(found.target) !== change.from) return [];
  const entry = serviceEntry(place, 'volumes');
  if (entry === null) return [];
  mustBeOwn(item.value, `a mount of ${place.name}`, item.line);
  const { scalar, offset } = found;
  mustBeOwn(scalar, `a mount target of ${place.name}`, scalar.line);
  const start = contentStart(place.text, scalar) + offset;
  const edit: TextEdit = { start, end: start + change.from.length, text: change.to };
  const after = scalar.source.slice(0, offset) + change.to + scalar.source.slice(offset + change.from.length);
  return [{ place, edits: [edit], expect: (values) => expectTarget(values['volumes'] as unknown[], index, after) }];
}

function expectTarget(mounts: unknown[], index: number, after: string): void {
  const mount = mounts[index];
  if (typeof mount === 'object' && mount !== null) (mount as Record<string, unknown>)['target'] = after;
  else mounts[index] = after;
}

interface FoundTarget {
  readonly scalar: YamlScalar;
  readonly target: string;
  /** Of the target in the decoded text of `scalar`. */
  readonly offset: number;
}

function targetOf(item: YamlItem): FoundTarget | null {
  const { value } = item;
  if (value.kind === 'scalar') {
    const parts = splitShortMount(value.source);
    return parts === null ? null : { scalar: value, target: parts.target, offset: parts.targetStart };
  }
  if (value.kind !== 'map' || lookUp(value, 'target')?.viaAlias !== false) return null;
  const target = ownEntry(value, 'target', 'the mount')?.value;
  return target?.kind === 'scalar' ? { scalar: target, target: target.source, offset: 0 } : null;
}

/** Where the decoded text starts in the file; refuses a scalar whose text is not written there letter by letter. */
function contentStart(text: string, scalar: YamlScalar): number {
  const start = scalar.start + (scalar.style === 'single' || scalar.style === 'double' ? 1 : 0);
  if (scalar.style === 'block' || !text.startsWith(scalar.source, start))
    throw new UnsafePlaceError('the mount is written with escapes or over several lines', scalar.line);
  return start;
}

/** Adds a mount in short form to a service; refuses when its target is mounted already by another one. */
export function addMount(
  text: string,
  { service, mount }: { readonly service: string; readonly mount: string },
): EditOutcome {
  const wanted = splitShortMount(mount);
  if (wanted === null) return { kind: 'refused', why: `not a mount in short form: ${mount}`, line: 1 };
  return editService(text, service, (places) => {
    for (const place of places) {
      const list = ownMounts(place);
      const same = list?.items.find((item) => targetOf(item)?.target === wanted.target);
      if (same?.value.kind === 'scalar' && same.value.source === mount) return [];
      if (same !== undefined) throw new UnsafePlaceError(`${wanted.target} is mounted already`, same.line);
    }
    const place = places.find((candidate) => ownMounts(candidate) !== null) ?? places[0];
    const entry = serviceEntry(place, 'volumes');
    if (entry === null)
      return [addKey(place, 'volumes', [mount], ['env_file', 'environment', 'ports', 'build', 'image'])];
    return [appendItem(place, entry.name, entry.value.kind === 'list' ? entry.value : null, entry.line, mount)];
  });
}

/** Drafts one more string at the end of the list under `key`, in the quotes that its items share. */
export function appendItem(place: ServicePlace, key: string, list: YamlList | null, line: number, item: string): Draft {
  if (list === null) throw new UnsafePlaceError(`${key} of ${place.name} is not a list`, line);
  const quote = commonQuote(list.items.map(({ value }) => value));
  const expect = (values: Record<string, unknown>): void => {
    (values[key] as unknown[]).push(item);
  };
  const last = list.items.at(-1);
  const first = list.items[0];
  if (list.flow || last === undefined || first === undefined)
    return { place, edits: [insertIntoFlow(place.text, list, stringText(item, quote, true))], expect };
  const indent = ' '.repeat(indentAt(place.text, first.start, first.line));
  const edit = insertLinesAfter(place.text, last.end, [`${indent}- ${stringText(item, quote, false)}`]);
  return { place, edits: [edit], expect };
}

/** Removes every mount of a service at `target`; with the last one goes the key `volumes`. */
export function removeMount(
  text: string,
  { service, target }: { readonly service: string; readonly target: string },
): EditOutcome {
  const unsafe = unsafeMount(text, { service, from: target, to: target });
  if (unsafe !== null) return unsafe;
  return editService(text, service, (places) =>
    places.flatMap((place) => {
      const list = ownMounts(place);
      const doomed = (list?.items ?? []).filter((item) => withoutFinalSlash(targetOf(item)?.target ?? '') === target);
      return list === null || doomed.length === 0 ? [] : [removeItems(place, 'volumes', list, doomed)];
    }),
  );
}

/** Drafts the removal of items from the list under `key`, and of the key when nothing would be left. */
export function removeItems(place: ServicePlace, key: string, list: YamlList, doomed: readonly YamlItem[]): Draft {
  const entry = serviceEntry(place, key);
  if (entry !== null && doomed.length === list.items.length) return removeKey(place, entry);
  for (const item of doomed) mustBeOwn(item.value, `an item of ${key}`, item.line);
  const indexes = new Set(doomed.map((item) => list.items.indexOf(item)));
  if (list.flow && indexes.size > 1) throw new UnsafePlaceError('several items of one flow list', list.line);
  return {
    place,
    edits: doomed.map((item) =>
      list.flow
        ? removeFromFlow(place.text, list, list.items.indexOf(item))
        : removeLines(place.text, item.start, item.end, item.line),
    ),
    expect: (values) => {
      values[key] = (values[key] as unknown[]).filter((_, index) => !indexes.has(index));
    },
  };
}
