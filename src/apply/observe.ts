import { sha256 } from '../base/hash.ts';
import { parentOf, type RepoPath } from '../base/repo-path.ts';
import type { EntryStat } from '../host/fs.ts';
import type { FileMode, FileState } from '../tree/tree.ts';
import { absolute, type RunContext } from './context.ts';

/** What stands at a path now. A folder on the way that is not a real folder blocks the path: links are never followed. */
export type Present =
  | { readonly kind: 'missing' }
  | { readonly kind: 'folder'; readonly stat: EntryStat }
  | { readonly kind: 'special' }
  | { readonly kind: 'blocked'; readonly by: RepoPath; readonly as: 'file' | 'link' }
  | { readonly kind: 'file'; readonly state: FileState; readonly stat: EntryStat; readonly bytes: Uint8Array };

/** What stands at a folder's path now. */
export type FolderLook =
  | { readonly kind: 'folder'; readonly stat: EntryStat }
  | { readonly kind: 'missing' }
  | { readonly kind: 'blocked'; readonly by: RepoPath; readonly as: 'file' | 'link' };

/** Looks at paths; remembers the folders it has seen, so it is made afresh for each phase of a run. */
export interface Observer {
  /** `null` is the root. */
  folder(path: RepoPath | null): FolderLook;
  at(path: RepoPath): Present;
}

/** Makes an {@link Observer}. Its functions throw when the disk fails: "cannot tell" is never "not there". */
export function openObserver(context: RunContext): Observer {
  const { fs } = context;
  const folders = new Map<RepoPath, FolderLook>();
  const folder = (path: RepoPath | null): FolderLook => {
    if (path === null) return lookAtRoot(context);
    const known = folders.get(path);
    if (known !== undefined) return known;
    const parent = folder(parentOf(path));
    const look = parent.kind === 'folder' ? lookAtFolder(context, path) : parent;
    folders.set(path, look);
    return look;
  };
  const at = (path: RepoPath): Present => {
    const parent = folder(parentOf(path));
    if (parent.kind !== 'folder') return parent;
    const name = absolute(context, path);
    const stat = fs.lstat(name);
    if (stat === null) return { kind: 'missing' };
    if (stat.kind === 'other') return { kind: 'special' };
    if (stat.kind === 'folder') return { kind: 'folder', stat };
    const bytes = stat.kind === 'link' ? fs.readlink(name) : fs.readFile(name);
    return { kind: 'file', state: { sha256: sha256(bytes), mode: modeOf(stat) }, stat, bytes };
  };
  return { folder, at };
}

function lookAtRoot(context: RunContext): FolderLook {
  const stat = context.fs.lstat(context.root);
  return stat?.kind === 'folder' ? { kind: 'folder', stat } : { kind: 'missing' };
}

function lookAtFolder(context: RunContext, path: RepoPath): FolderLook {
  const stat = context.fs.lstat(absolute(context, path));
  if (stat === null) return { kind: 'missing' };
  if (stat.kind === 'folder') return { kind: 'folder', stat };
  return { kind: 'blocked', by: path, as: stat.kind === 'link' ? 'link' : 'file' };
}

/** Git's view of permission bits: 755 when the owner may execute. */
export function modeOf(stat: EntryStat): FileMode {
  if (stat.kind === 'link') return 'link';
  return (stat.mode & 0o100) === 0 ? '644' : '755';
}

/** Whether `present` has the bytes and the mode of `state`; with `fileModes` false, 644 and 755 count as equal. */
export function matches(present: Present, state: FileState | null, fileModes: boolean): boolean {
  if (state === null) return present.kind === 'missing';
  if (present.kind !== 'file' || present.state.sha256 !== state.sha256) return false;
  const mode = present.state.mode;
  return mode === state.mode || (!fileModes && mode !== 'link' && state.mode !== 'link');
}

/** Whether the entry that `before` tells of stands there still, without reading it again. */
export function isSameEntry(before: EntryStat, now: EntryStat | null): boolean {
  return (
    now !== null &&
    now.kind === before.kind &&
    now.dev === before.dev &&
    now.ino === before.ino &&
    now.size === before.size &&
    now.mode === before.mode &&
    now.mtimeMs === before.mtimeMs &&
    now.ctimeMs === before.ctimeMs
  );
}

/** How `present` differs from `expected`, in words that follow the path. */
export function difference(present: Present, expected: FileState | null): string {
  switch (present.kind) {
    case 'missing':
      return 'is missing';
    case 'folder':
      return expected === null ? 'is in the way: a folder stands there' : 'is a folder now';
    case 'special':
      return 'is not a file: a pipe, socket or device stands there';
    case 'blocked':
      return `cannot be reached: ${present.by} is a ${present.as}, not a folder`;
    case 'file':
      return differenceOfFile(present.state, expected);
    default: {
      const unknown: never = present;
      throw new TypeError(`no such look: ${JSON.stringify(unknown)}`);
    }
  }
}

function differenceOfFile(state: FileState, expected: FileState | null): string {
  if (expected === null) return `exists already${state.mode === 'link' ? ', as a link' : ''}`;
  if (state.mode === 'link' && expected.mode !== 'link') return 'is a link now';
  if (state.mode !== 'link' && expected.mode === 'link') return 'is no longer a link';
  if (state.sha256 !== expected.sha256) return 'has other content';
  return `has mode ${state.mode} instead of ${expected.mode}`;
}
