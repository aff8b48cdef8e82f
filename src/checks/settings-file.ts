/** Pure: reads the YAML files of `.refit/` by a schema, and tells what is wrong with its line. */
import type { ZodType } from 'zod';
import { nearest } from '../base/nearest.ts';
import { parseYaml, type YamlDocument, type YamlPath, yamlLineAt } from '../editors/yaml.ts';

/** The format that this version reads; a later one is refused before its shape is judged. */
export const SETTINGS_FORMAT_VERSION = 1;

/** What is wrong at one place of a file. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}

export type FileReading =
  | { readonly kind: 'read'; readonly value: object; readonly document: YamlDocument }
  /** Written for a later version of the tool; its shape is not judged. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'malformed'; readonly problem: FileProblem };

/** Reads a YAML text whose top is a mapping; an empty text is an empty mapping. */
export function readSettingsFile(text: string): FileReading {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') return { kind: 'malformed', problem: { line: parsed.line, message: parsed.why } };
  const [document, second] = parsed.documents;
  if (second !== undefined) return malformed(second.line, 'a second YAML document: one is expected');
  const value = document?.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) return malformed(1, 'a mapping of keys is expected');
  const version = 'formatVersion' in value ? value.formatVersion : SETTINGS_FORMAT_VERSION;
  if (typeof version === 'number' && version > SETTINGS_FORMAT_VERSION) return { kind: 'newer', version };
  return { kind: 'read', value, document: document ?? { root: null, line: 1, value: null, anchors: [] } };
}

function malformed(line: number, message: string): FileReading {
  return { kind: 'malformed', problem: { line, message } };
}

/** What of `value`, which stands at `place`, breaks the schema; `known` are the keys of the schema's own level. */
export function problemsIn(
  schema: ZodType,
  value: unknown,
  {
    document,
    place,
    known,
  }: { readonly document: YamlDocument; readonly place: YamlPath; readonly known: readonly string[] },
): readonly FileProblem[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue): readonly FileProblem[] => {
    const path: YamlPath = [...place, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(key, known, lineOf(document, [...path, key])));
    const name = issue.path.map(String).join('.');
    const allowed =
      issue.code === 'invalid_value'
        ? `one of ${issue.values.map(String).join(', ')} is expected`
        : plainWords(issue.message);
    return [{ line: lineOf(document, path), message: name === '' ? allowed : `${name}: ${allowed}` }];
  });
}

function plainWords(message: string): string {
  return message.replace(/^Invalid \w+: expected (\w+), received undefined$/, 'missing').replace(/^Invalid \w+: /, '');
}

function unknownKey(key: string, known: readonly string[], line: number): FileProblem {
  const near = nearest(key, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
  return { line, message: `unknown key ${JSON.stringify(key)}`, hint };
}

/** The line of the nearest part of `path` that the document has. */
export function lineOf(document: YamlDocument, path: YamlPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const line = yamlLineAt(document, path.slice(0, length));
    if (line !== null) return line;
  }
  return 1;
}
