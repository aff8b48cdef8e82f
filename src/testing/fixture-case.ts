import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RefitError } from '../base/errors.ts';
import type { FileMode } from '../tree/tree.ts';

/** Variants of a fixture that are made from it when it is tested. */
export const VARIANTS = ['crlf', 'bom'] as const;

/** How one folder of fixtures is run; `case.json` beside `before/` overrides what follows `folder`. */
export interface FixtureCase {
  /** Name of the folder; one that begins with `refuse-` expects a refusal. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Folder of the checkout that the migration runs on, relative to its top; empty for the top. */
  readonly scope: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Variant → why it is not tried on this case. */
  readonly leaveOut: Readonly<Partial<Record<(typeof VARIANTS)[number], string>>>;
}

const KEYS = ['scope', 'params', 'leaveOut'];

/**
 * The cases below `fixtures`, an absolute folder, by name.
 * @throws RefitError when there is none, one has no `before/`, or a `case.json` holds what it should not.
 */
export function listFixtureCases(fixtures: string): readonly FixtureCase[] {
  const names = existsSync(fixtures) ? readdirSync(fixtures, { withFileTypes: true }) : [];
  const cases = names.filter((entry) => entry.isDirectory()).map((entry) => readCase(fixtures, entry.name));
  if (cases.length === 0)
    throw new RefitError(`there is no fixture in ${fixtures}`, { hint: 'CASE/before/ holds one' });
  return cases.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCase(fixtures: string, name: string): FixtureCase {
  const folder = join(fixtures, name);
  if (!existsSync(join(folder, 'before'))) throw new RefitError(`the fixture ${name} has no before/`, { hint: folder });
  const file = join(folder, 'case.json');
  const settings: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  if (typeof settings !== 'object' || settings === null) throw new RefitError(`${file} is not an object`);
  const unknown = Object.keys(settings).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0)
    throw new RefitError(`${file} has ${unknown.join(', ')}`, { hint: `it may have ${KEYS.join(', ')}` });
  return { scope: '', params: {}, leaveOut: {}, ...settings, name, folder };
}

/** The files of a folder of fixtures: path → bytes and mode. A link's bytes are its target. */
export type FixtureFiles = Readonly<Record<string, { readonly content: Uint8Array; readonly mode: FileMode }>>;

/** Reads every file below `folder`, an absolute path; none when it does not exist. */
export function readFixtureFiles(folder: string): FixtureFiles {
  const files: Record<string, { readonly content: Uint8Array; readonly mode: FileMode }> = {};
  const visit = (prefix: string): void => {
    for (const name of readdirSync(join(folder, prefix))) {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      const place = join(folder, path);
      const stats = lstatSync(place);
      if (stats.isDirectory()) visit(path);
      else if (stats.isSymbolicLink()) files[path] = { content: Buffer.from(readlinkSync(place)), mode: 'link' };
      else files[path] = { content: readFileSync(place), mode: (stats.mode & 0o100) === 0 ? '644' : '755' };
    }
  };
  if (existsSync(folder)) visit('');
  return files;
}
