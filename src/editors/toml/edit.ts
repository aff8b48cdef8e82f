/** Edits keys and strings of a TOML text by span, and proves by reading it again that nothing else changed. Pure. */
import { applyEdits, type TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import { isTable, readToml } from '../toml.ts';
import type { TomlPlace } from './places.ts';

/** A new text for a key or a string. */
export interface TomlChange {
  readonly place: TomlPlace;
  /** The new text of the key or string. */
  readonly text: string;
}

/** Puts new texts in place of keys and strings. Refuses what could not stand there as it is. */
export function editToml(text: string, changes: readonly TomlChange[]): EditOutcome {
  const edits: TextEdit[] = [];
  for (const { place, text: now } of changes) {
    const isPlain =
      place.kind === 'key' && place.quote === ''
        ? /^[A-Za-z0-9_-]+$/.test(now)
        : isWithin(place.quote, now, place.source);
    if (!isPlain) return { kind: 'refused', why: `cannot write ${now} there`, line: lineOf(text, place.start) };
    if (now !== place.source) edits.push({ start: place.start, end: place.end, text: now });
  }
  if (edits.length === 0) return { kind: 'unchanged', remarks: [] };
  const before = readToml(text);
  const after = readToml(applyEdits(text, edits));
  const line = lineOf(text, edits[0]?.start ?? 0);
  if (before.kind === 'refused') return before;
  if (after.kind === 'refused') return { kind: 'refused', why: after.why, line };
  const wanted = changes.map(({ place, text: now }) => `${plainText(place, place.source)}\n${plainText(place, now)}`);
  const seen = differences(before.value, after.value);
  const isSame = seen !== null && seen.length === edits.length && seen.every((one) => wanted.includes(one));
  return isSame
    ? { kind: 'edits', edits, remarks: [] }
    : { kind: 'refused', why: 'the edit would change other values too', line };
}

/** Whether a text can stand between such quotes: it brings no quote, escape or line end that was not there. */
function isWithin(quote: string, now: string, before: string): boolean {
  const marks = (text: string): string =>
    (text.match(quote.startsWith("'") ? /['\n\r]/g : /["\\\n\r]/g) ?? []).join('');
  return marks(now) === marks(before);
}

/** What a reader makes of the text: only double quotes know escapes. */
function plainText({ quote }: TomlPlace, text: string): string {
  if (quote !== '"' || !text.includes('\\')) return text;
  const read = readToml(`a = "${text}"`);
  return read.kind === 'read' ? String(read.value['a']) : text;
}

/** The keys and strings that differ, as old and new on two lines; null where the two have another shape. */
function differences(before: unknown, after: unknown): readonly string[] | null {
  if (typeof before === 'string' && typeof after === 'string') return before === after ? [] : [`${before}\n${after}`];
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length ? joined(before.map((one, index) => differences(one, after[index]))) : null;
  }
  if (!isTable(before) || !isTable(after)) return String(before) === String(after) ? [] : null;
  const [old, now] = [Object.entries(before), Object.entries(after)];
  if (old.length !== now.length) return null;
  return joined(
    old.flatMap(([key, value], index) => {
      const [newKey, newValue] = now[index] as [string, unknown];
      return [key === newKey ? [] : [`${key}\n${newKey}`], differences(value, newValue)];
    }),
  );
}

function joined(parts: readonly (readonly string[] | null)[]): readonly string[] | null {
  return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
