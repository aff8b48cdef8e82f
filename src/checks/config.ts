/** Pure: what `.refit/config.yaml` says, and what is in force once the command line is laid over it. */
import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { type RepoPath, repoPathProblem } from '../base/repo-path.ts';
import type { Severity } from './define.ts';
import { lineOf, problemsIn, readSettingsFile, SETTINGS_FORMAT_VERSION } from './settings-file.ts';

export const CONFIG_PATH = '.refit/config.yaml' as RepoPath;
export const DEFAULT_MIGRATION = 'oauth-only';

const path = z
  .string()
  .min(1)
  .refine((text) => repoPathProblem(text) === null, 'a path inside the repository is expected');

const configSchema = z.strictObject({
  formatVersion: z.literal(SETTINGS_FORMAT_VERSION).optional().describe('format of this file'),
  migration: z.string().min(1).optional().describe('which migration; default: oauth-only'),
  params: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('parameters of the migration, as --param KEY=VALUE'),
  failOn: z.enum(['blocker', 'error', 'warn', 'info']).optional().describe('a finding this bad or worse fails'),
  strict: z.boolean().optional().describe('warnings count as errors, every skipped check as required'),
  dockerfile: path.optional().describe('the Dockerfile to judge, where compose does not name it'),
  baseline: path.optional().describe('the baseline, by its path in the checkout: findings listed in it do not count'),
  skipPaths: z.array(z.string().min(1)).optional().describe('globs of files whose findings do not count'),
});

const KEYS = Object.keys(configSchema.shape);

/** What the file says, with the line of each key. */
export interface ConfigFile {
  readonly values: Readonly<z.infer<typeof configSchema>>;
  /** `failOn` → 3, `params.base` → 5. */
  readonly lines: ReadonlyMap<string, number>;
}

export const NO_CONFIG: ConfigFile = { values: {}, lines: new Map() };

/** The JSON Schema (draft 2020-12) of the file, as published. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'refit configuration', ...z.toJSONSchema(configSchema) };
}

/**
 * Reads the text of the file.
 * @throws RefitError naming each line that cannot be meant, with the nearest known key.
 */
export function readConfig(text: string): ConfigFile {
  const reading = readSettingsFile(text);
  if (reading.kind === 'newer') {
    throw new RefitError(
      `${CONFIG_PATH} has format version ${reading.version}; this refit reads version ${SETTINGS_FORMAT_VERSION} only`,
      { hint: 'use the refit that it was written for' },
    );
  }
  const problems =
    reading.kind === 'malformed'
      ? [reading.problem]
      : problemsIn(configSchema, reading.value, { document: reading.document, place: [], known: KEYS });
  const [first, ...others] = problems;
  if (first !== undefined || reading.kind === 'malformed') {
    throw new RefitError(`${CONFIG_PATH}:${first?.line}: ${first?.message}`, {
      details: others.map(
        ({ line, message, hint }) => `${CONFIG_PATH}:${line}: ${[message, hint].filter(Boolean).join('; ')}`,
      ),
      hint: first?.hint ?? `keys: ${KEYS.join(', ')}`,
    });
  }
  const values = configSchema.parse(reading.value);
  const names = [
    ...Object.keys(values).map((key) => [key]),
    ...Object.keys(values.params ?? {}).map((key) => ['params', key]),
  ];
  return { values, lines: new Map(names.map((place) => [place.join('.'), lineOf(reading.document, place)])) };
}

/** What the command line says; undefined where it says nothing. */
export interface CommandLineSettings {
  readonly migration?: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly failOn?: Severity | undefined;
  readonly strict?: boolean | undefined;
  readonly dockerfile?: string | undefined;
  readonly baseline?: string | undefined;
}

/** Where a value of the command line came from. */
export const COMMAND_LINE = 'command line';

/** A value in force and where it came from: `command line`, `.refit/config.yaml:3` or `default`. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: string;
}

/** Everything that steers a run, each with its origin. */
export interface Settings {
  readonly migration: Setting<string>;
  readonly params: Readonly<Record<string, Setting<string>>>;
  readonly failOn: Setting<Severity>;
  readonly strict: Setting<boolean>;
  readonly dockerfile: Setting<string | null>;
  /** On the command line from the caller's folder, in the file from the root of the checkout. */
  readonly baseline: Setting<string | null>;
  readonly skipPaths: Setting<readonly string[]>;
}

/** Lays the command line over the file, key by key, parameters one by one. */
export function resolveSettings(given: CommandLineSettings, { values, lines }: ConfigFile): Settings {
  const pick = <T>(key: string, fromLine: T | undefined, fromFile: T | undefined, fallback: T): Setting<T> => {
    if (fromLine !== undefined) return { value: fromLine, origin: COMMAND_LINE };
    if (fromFile !== undefined) return { value: fromFile, origin: `${CONFIG_PATH}:${lines.get(key) ?? 1}` };
    return { value: fallback, origin: 'default' };
  };
  const migration = pick('migration', given.migration, values.migration, DEFAULT_MIGRATION);
  // The file's parameters belong to the file's migration; another one would not know them.
  const theirs = migration.value === (values.migration ?? DEFAULT_MIGRATION) ? (values.params ?? {}) : {};
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(given.params)])].sort();
  const params = names.map((name) => {
    const inFile = theirs[name];
    return [
      name,
      pick(`params.${name}`, given.params[name], inFile === undefined ? undefined : String(inFile), ''),
    ] as const;
  });
  return {
    migration,
    params: Object.fromEntries(params),
    failOn: pick('failOn', given.failOn, values.failOn, 'error'),
    strict: pick('strict', given.strict, values.strict, false),
    dockerfile: pick<string | null>('dockerfile', given.dockerfile, values.dockerfile, null),
    baseline: pick<string | null>('baseline', given.baseline, values.baseline, null),
    skipPaths: pick<readonly string[]>('skipPaths', undefined, values.skipPaths, []),
  };
}

/** The parameters as `KEY=VALUE` words give them. */
export function paramsOf(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings.params).map(([name, { value }]) => [name, value]));
}
