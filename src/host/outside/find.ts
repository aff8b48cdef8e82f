import { basename, dirname, join, resolve } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../fs.ts';
import { packageRoot } from '../template.ts';
import { CODE_ENDINGS, type OutsideWord } from './word.ts';

/** A migration outside of refit, found on disk and not yet read as code. */
export interface FoundMigration {
  /** As the caller wrote it. */
  readonly word: string;
  /** The file that is loaded first: absolute, links resolved. */
  readonly entry: string;
  /** The folder that names of files are shown from: the package's own, else that of the entry. */
  readonly folder: string;
  /** Whether it was named as an installed package: then all of its files are covered. */
  readonly installed: boolean;
}

const ENTRY_NAMES = ['migration', 'index'];
const WAY_OUT =
  'name a file (./my-migration.ts), a folder with a package.json, or an installed package refit-migration-…';

/**
 * Finds what a word names. A path is taken from `from`. A package is looked for in the `node_modules` of `from` and of the
 * folders above it, then where refit itself is installed.
 * @throws RefitError when there is nothing that could be loaded.
 */
export function findMigration({ kind, word }: OutsideWord, from: string): FoundMigration {
  const place = kind === 'path' ? resolve(from, word) : findPackage(word, from);
  const found = realPath(place, word);
  const isFolder = nodeFileSystem.lstat(found)?.kind === 'folder';
  if (isFolder) return { word, ...entryOfFolder(found, word), installed: kind === 'package' };
  if (!CODE_ENDINGS.some((end) => found.endsWith(end)))
    throw new RefitError(`${word} is no migration: its name ends with none of ${CODE_ENDINGS.join(', ')}`, {
      hint: WAY_OUT,
    });
  return { word, entry: found, folder: dirname(found), installed: false };
}

function realPath(place: string, word: string): string {
  try {
    return nodeFileSystem.realpath(place);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot find the migration ${word}: ${explainFsError(error)}`, {
      details: [`looked at ${place}`],
      hint: WAY_OUT,
      cause: error,
    });
  }
}

function findPackage(name: string, from: string): string {
  const places = [...modulesAbove(from), ...modulesAbove(packageRoot())].map((folder) => join(folder, name));
  const found = places.find((place) => isFile(join(place, 'package.json')));
  if (found !== undefined) return found;
  throw new RefitError(`the package ${name} is not installed`, {
    details: [`looked in node_modules of ${from} and above, and beside refit`],
    hint: `npm install --save-dev ${name}`,
  });
}

/** The `node_modules` folders that a package may lie in, nearest first. */
export function modulesAbove(from: string): readonly string[] {
  const folders: string[] = [];
  for (let at = from; ; at = dirname(at)) {
    if (basename(at) !== 'node_modules') folders.push(join(at, 'node_modules'));
    if (at === dirname(at)) return folders;
  }
}

function entryOfFolder(folder: string, word: string): Pick<FoundMigration, 'entry' | 'folder'> {
  const manifest = readManifest(folder);
  const named = manifest === null ? [] : [entryIn(manifest['exports']), entryIn(manifest['main'])];
  const names = [
    ...named.filter((name) => name !== null),
    ...ENTRY_NAMES.flatMap((name) => CODE_ENDINGS.map((end) => `${name}${end}`)),
  ];
  const name = names.find((candidate) => isFile(join(folder, candidate)));
  if (name === undefined)
    throw new RefitError(`the folder ${word} holds no migration`, {
      details: ['looked for what its package.json exports, then for migration.* and index.*'],
      hint: WAY_OUT,
    });
  return { entry: nodeFileSystem.realpath(join(folder, name)), folder };
}

/** The file that `exports` or `main` of a package.json names for an import of the package. */
function entryIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return null;
  const conditions = value as Readonly<Record<string, unknown>>;
  for (const key of ['.', 'node', 'import', 'require', 'default']) {
    const found = entryIn(conditions[key]);
    if (found !== null) return found;
  }
  return null;
}

/** The content of `package.json` in `folder`, or null when there is none that can be meant. */
export function readManifest(folder: string): Readonly<Record<string, unknown>> | null {
  const path = join(folder, 'package.json');
  if (!isFile(path)) return null;
  try {
    const value: unknown = JSON.parse(nodeFileSystem.readFile(nodeFileSystem.realpath(path)).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RefitError(`${path} is not JSON: ${error.message}`, { hint: 'mend it', cause: error });
  }
}

/** Whether a file, or a link to one, stands at `path`. */
export function isFile(path: string): boolean {
  try {
    return nodeFileSystem.lstat(nodeFileSystem.realpath(path))?.kind === 'file';
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    return false;
  }
}
