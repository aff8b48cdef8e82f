import { join, resolve } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { explainFsError, type FileSystem, fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { findWorkTree, ignoresFolder, type WorkTree } from '../host/git.ts';
import { openTree } from '../tree/memory-tree.ts';
import type { FileMode, LeftAlone, ReadonlyTree, TreeSource } from '../tree/tree.ts';
import { type DirtyPath, listDirty } from './dirty.ts';
import {
  isRunFile,
  isUnsafeName,
  type Listing,
  listOwnData,
  MAX_FILE_BYTES,
  modeOf,
  PLAIN_RUN_FOLDER,
  reasonToLeave,
} from './entries.ts';
import { listWorkTree } from './git-listing.ts';
import { findRecordFolder } from './record-folder.ts';
import { type EarlySearch, openSearch, searchByReading, searchEarly } from './search.ts';
import { diskSource, readEntry } from './source.ts';

/** A folder on disk, opened for planning. Nothing is written by any of its members. */
export interface Checkout {
  /** The folder given, absolute, with links resolved. */
  readonly root: string;
  readonly kind: 'git' | 'plain';
  /** Null for a plain folder. */
  readonly git: WorkTree | null;
  readonly source: TreeSource;
  /** Absolute, may not exist yet. Shared by all folders of one work tree: the place for a lock. */
  readonly stateFolder: string;
  /** Absolute, may not exist yet. Runs on this folder, apart from those on other folders of the same work tree. */
  readonly runFolder: string;
  /** Absolute, may not exist yet. The runs on all folders of one work tree, and their lock. */
  readonly recordFolder: string;
  /** HEAD; null without git and before the first commit. */
  readonly commit: string | null;
  /** What differs from HEAD, sorted; empty for a plain folder. Found at the first call, then kept. */
  dirty(): Promise<readonly DirtyPath[]>;
}

/** How a folder is opened. */
export interface OpenOptions {
  readonly fs?: FileSystem;
  /** Bytes; larger files are left alone. 10 MiB by default. */
  readonly maxFileBytes?: number;
  /**
   * What the run will search for first, as far as the tracked files tell: a large checkout is then searched while git
   * still lists it. Only speed depends on it.
   */
  readonly searchWords?: (tracked: ReadonlyTree) => Promise<readonly string[]>;
}

/**
 * Opens any folder: a git work tree, a linked one, a folder inside one, or a folder without git. Paths are relative to it,
 * and nothing outside of it is part of the tree.
 * @throws RefitError when it is no readable folder, a bare repository, or git cannot or may not read it.
 */
export async function openCheckout(folder: string, options: OpenOptions = {}): Promise<Checkout> {
  const fs = options.fs ?? nodeFileSystem;
  const maxFileBytes = options.maxFileBytes ?? MAX_FILE_BYTES;
  const root = findFolder(fs, folder);
  const tree = await findWorkTree(root, fs);
  if (tree === null) return openPlain(fs, root, maxFileBytes);
  const checkout = await openWorkTree(fs, tree, maxFileBytes, options.searchWords);
  // A folder that the repository around it ignores, say one of unpacked examples, is no part of that repository.
  const foreign = checkout.source.list().length === 0 && (await ignoresFolder(tree));
  return foreign ? openPlain(fs, root, maxFileBytes) : checkout;
}

function findFolder(fs: FileSystem, folder: string): string {
  const place = resolve(folder);
  try {
    const root = fs.realpath(place);
    if (fs.lstat(root)?.kind !== 'folder') {
      throw new RefitError(`not a folder: ${folder}`, { hint: 'name the folder of the checkout' });
    }
    fs.readdir(root);
    fs.lstat(join(root, '.git'));
    return root;
  } catch (error) {
    const code = fsErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') {
      throw new RefitError(`there is no folder ${folder}`, { hint: `looked at ${place}`, cause: error });
    }
    throw new RefitError(`cannot read the folder ${folder}: ${explainFsError(error)}`, {
      hint: code === 'EACCES' ? 'run as a user who may read it' : 'name the folder of the checkout',
      cause: error,
    });
  }
}

async function openWorkTree(
  fs: FileSystem,
  tree: WorkTree,
  maxFileBytes: number,
  searchWords: OpenOptions['searchWords'],
): Promise<Checkout> {
  const root = tree.folder;
  let early: Promise<EarlySearch | null> | undefined;
  const begin = (tracked: Listing): void => {
    const source = diskSource(fs, root, tracked, maxFileBytes, async () => []);
    early = searchEarly(tree, tracked.paths, async () => (await searchWords?.(openTree(source))) ?? []);
    early.catch(() => undefined);
  };
  const listing = await listWorkTree(tree, fs, maxFileBytes, searchWords === undefined ? undefined : begin);
  const files = searchable(fs, root, listing, maxFileBytes);
  let dirty: Promise<readonly DirtyPath[]> | undefined;
  return {
    root,
    kind: 'git',
    git: tree,
    source: diskSource(fs, root, listing, maxFileBytes, openSearch(tree, files, listing.unseen, early)),
    stateFolder: tree.stateFolder,
    runFolder: join(tree.stateFolder, ...folderKey(tree.prefix), 'runs'),
    recordFolder: await findRecordFolder(fs, tree),
    commit: tree.headCommit,
    dirty: () => {
      dirty ??= listDirty(tree, fs, listing);
      return dirty;
    },
  };
}

/** Tells apart the folders of one work tree: readable while it fits into a file name. */
function folderKey(prefix: string): readonly string[] {
  if (prefix === '') return [];
  const readable = encodeURIComponent(prefix);
  return ['folders', readable.length <= 200 ? readable : sha256(prefix)];
}

async function openPlain(fs: FileSystem, root: string, maxFileBytes: number): Promise<Checkout> {
  const listing = await listPlainFolder(fs, root, maxFileBytes);
  const files = searchable(fs, root, listing, maxFileBytes);
  return {
    root,
    kind: 'plain',
    git: null,
    source: diskSource(fs, root, listing, maxFileBytes, async (literals) => searchByReading(files, literals)),
    stateFolder: join(root, '.refit'),
    runFolder: join(root, PLAIN_RUN_FOLDER),
    recordFolder: join(root, PLAIN_RUN_FOLDER),
    commit: null,
    dirty: async () => [],
  };
}

function searchable(fs: FileSystem, root: string, listing: Listing, maxFileBytes: number) {
  return {
    paths: listing.paths.filter((path) => listing.modes.get(path) !== 'link'),
    read: (path: RepoPath) => readEntry(fs, root, path, '644', maxFileBytes),
  };
}

async function listPlainFolder(fs: FileSystem, root: string, maxFileBytes: number): Promise<Listing> {
  const isIgnored = await readIgnoreFiles(root);
  const paths: RepoPath[] = [];
  const modes = new Map<RepoPath, FileMode>();
  const leftAlone: LeftAlone[] = [...listOwnData(fs, root)];
  const leave = (path: string, name: string, reason: LeftAlone['reason']): void => {
    if (name === '.gitignore' && reason === 'unreadable') {
      throw new RefitError(`cannot tell what ${path} ignores: permission denied`, { hint: 'make it readable' });
    }
    leftAlone.push({ path, reason });
  };
  const visit = (folder: string): void => {
    for (const { name } of fs.readdir(join(root, folder))) {
      const path = `${folder}${name}`;
      if (path === '.git' || isRunFile(path)) continue;
      const look = lookAt(fs, root, path, maxFileBytes);
      if (look.kind === 'pass' || isIgnored(look.kind === 'enter' ? `${path}/` : path)) continue;
      if (look.kind === 'enter') visit(`${path}/`);
      else if (look.kind === 'leave') leave(path, name, look.why);
      else {
        paths.push(path as RepoPath);
        if (look.mode !== '644') modes.set(path as RepoPath, look.mode);
      }
    }
  };
  visit('');
  leftAlone.sort((a, b) => comparePaths(a.path, b.path));
  return { paths: paths.sort(comparePaths), modes, leftAlone };
}

type Look =
  | { readonly kind: 'take'; readonly mode: FileMode }
  | { readonly kind: 'enter' }
  | { readonly kind: 'leave'; readonly why: LeftAlone['reason'] }
  | { readonly kind: 'pass' };

function lookAt(fs: FileSystem, root: string, path: string, maxFileBytes: number): Look {
  const place = join(root, path);
  const stat = fs.lstat(place);
  // Node shows bytes that are not UTF-8 as U+FFFD, and no file has that name.
  if (stat === null) return path.includes('\uFFFD') ? { kind: 'leave', why: 'not-utf8-name' } : { kind: 'pass' };
  if (isUnsafeName(path)) return { kind: 'leave', why: 'unsafe-name' };
  if (stat.kind === 'link') return { kind: 'take', mode: 'link' };
  const why = reasonToLeave(stat, maxFileBytes) ?? (fs.canRead(place) ? null : 'unreadable');
  if (why !== null) return { kind: 'leave', why };
  if (stat.kind === 'file') return { kind: 'take', mode: modeOf(stat) };
  return fs.lstat(join(place, '.git')) === null ? { kind: 'enter' } : { kind: 'leave', why: 'submodule' };
}

/** The rules of all ignore files below `root`. globby's own listing drops names that hold a newline, so only its rules serve. */
async function readIgnoreFiles(root: string): Promise<(path: string) => boolean> {
  const { isIgnoredByIgnoreFiles } = await import('globby');
  // Only ignore files inside the folder: the choice named `gitignore` would add those of a repository around it.
  // Folders that cannot be read are left alone and listed; here they would end the run.
  const options = { cwd: root, followSymbolicLinks: false, suppressErrors: true };
  const isIgnored = await isIgnoredByIgnoreFiles('**/.gitignore', options);
  return (path) => isIgnored(join(root, path));
}
