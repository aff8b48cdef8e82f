/** Reads TOML. Pure; the owner of the package that parses it. */
import { parse, TomlError } from 'smol-toml';

export { editToml, type TomlChange } from './toml/edit.ts';
export { type TomlPlace, tomlPlaces } from './toml/places.ts';

/** A table of TOML: keys to strings, numbers, lists and tables. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** What came of reading a TOML text. */
export type TomlReading =
  | { readonly kind: 'read'; readonly value: TomlTable }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };

/** Reads a TOML text. Never throws: what is no TOML is refused with its line. */
export function readToml(text: string): TomlReading {
  try {
    return { kind: 'read', value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The second paragraph of the message shows the text itself.
    return { kind: 'refused', why: error.message.split('\n')[0] ?? '', line: error.line };
  }
}

/** The table under a path of keys; empty where there is none. */
export function tableAt(table: TomlTable, ...keys: readonly string[]): TomlTable {
  let at: unknown = table;
  for (const key of keys) at = isTable(at) ? at[key] : undefined;
  return isTable(at) ? at : {};
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The strings of a list; anything else in it is left out. */
export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
