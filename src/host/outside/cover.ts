import { dirname, join, relative } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import { sha256 } from '../../base/hash.ts';
import { comparePaths } from '../../base/repo-path.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../fs.ts';
import { type FoundMigration, readManifest } from './find.ts';
import { findInstalled, resolveImport } from './resolve.ts';
import { listSpecifiers } from './specifiers.ts';

/** One local file of a migration, read once: these very bytes are hashed and run. */
export interface CoveredFile {
  /** Relative to the migration's folder, `/` between parts; `../` may lead out of it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface CoveredPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-256 over the names and bytes of all files of the installed package. */
  readonly integrity: string;
}

/** All the code that loading a migration runs, bound by one hash. */
export interface Covered {
  readonly found: FoundMigration;
  /** Changes with any byte of any file and any package. */
  readonly hash: string;
  /** Sorted by name. */
  readonly files: readonly CoveredFile[];
  readonly packages: readonly CoveredPackage[];
}

/** A guard against a mistake (an import that leads into a build folder), not a bound anyone should meet. */
const MAX_FILES = 2000;

/**
 * Follows the imports of a migration without running any of it. Files reached by a path are covered one by one; a package
 * with all that it depends on, by name, version and content; templates beside the entry with the files.
 * @throws RefitError for a file that cannot be read.
 */
export function coverMigration(found: FoundMigration): Covered {
  const files = new Map<string, CoveredFile>();
  const packages = new Map<string, CoveredPackage>();
  if (found.installed) coverPackage(found.folder, packages);
  const waiting = [found.entry, ...templatesOf(found)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const bytes = readFile(path);
    files.set(path, { name: nameFrom(found.folder, path), path, sha256: sha256(bytes), bytes });
    if (files.size > MAX_FILES)
      throw new RefitError(`${found.word} imports more than ${MAX_FILES} files of its own`, {
        hint: 'make a package of what it needs',
      });
    if (!/\.[cm]?[jt]sx?$/.test(path)) continue;
    for (const word of listSpecifiers(Buffer.from(bytes).toString('utf8'))) {
      const target = resolveImport(word, path);
      if (target.kind === 'file') waiting.push(target.path);
      if (target.kind === 'package') coverPackage(target.folder, packages);
    }
  }
  const sorted = [...files.values()].sort((a, b) => comparePaths(a.name, b.name));
  const named = [...packages.values()].sort(
    (a, b) => comparePaths(a.name, b.name) || comparePaths(a.version, b.version),
  );
  const hash = sha256(
    JSON.stringify([
      nameFrom(found.folder, found.entry),
      sorted.map(({ name, sha256: of }) => [name, of]),
      named.map(({ name, version, integrity }) => [name, version, integrity]),
    ]),
  );
  return { found, hash, files: sorted, packages: named };
}

function nameFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/');
}

function readFile(path: string): Buffer {
  try {
    return nodeFileSystem.readFile(path);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot read ${path}: ${explainFsError(error)}`, { cause: error });
  }
}

/** Steps read them by name, from `templates` beside the entry. */
function templatesOf({ entry }: FoundMigration): readonly string[] {
  return listFiles(join(dirname(entry), 'templates'));
}

/** Adds an installed package and whatever it declares to depend on, as far as that is installed. */
function coverPackage(folder: string, into: Map<string, CoveredPackage>): void {
  if (into.has(folder)) return;
  const manifest = readManifest(folder) ?? {};
  const paths = listFiles(folder);
  const integrity = sha256(JSON.stringify(paths.map((path) => [nameFrom(folder, path), sha256(readFile(path))])));
  into.set(folder, { name: String(manifest['name']), version: String(manifest['version']), integrity });
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    const names = manifest[kind];
    if (typeof names !== 'object' || names === null) continue;
    for (const name of Object.keys(names)) {
      const installed = name === 'refit' ? null : findInstalled(name, folder);
      if (installed !== null) coverPackage(installed, into);
    }
  }
}

/** All files below `folder`, sorted, packages inside of it left out; none when there is no such folder. Links are not followed. */
function listFiles(folder: string): readonly string[] {
  if (nodeFileSystem.lstat(folder)?.kind !== 'folder') return [];
  return nodeFileSystem
    .readdir(folder)
    .flatMap(({ name, kind }) => {
      if (kind === 'file') return [join(folder, name)];
      return kind === 'folder' && name !== 'node_modules' && name !== '.git' ? listFiles(join(folder, name)) : [];
    })
    .sort(comparePaths);
}
