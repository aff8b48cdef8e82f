import type { RepoPath } from '../base/repo-path.ts';
import type { TextEdit } from './edits.ts';

/** Git's three kinds of file: plain, executable, symbolic link. */
export type FileMode = '644' | '755' | 'link';

/** What a plan records of one side of a change. */
export interface FileState {
  /** SHA-256 of the bytes; of the target text for a link. */
  readonly sha256: string;
  readonly mode: FileMode;
}

/** Why a path of the checkout takes no part in any migration. */
export type LeftAloneReason =
  /** Git's own folder, or the file that names it. */
  | 'git-data'
  /** What refit itself has put on record. */
  | 'refit-runs'
  | 'submodule'
  | 'not-utf8-name'
  | 'too-large'
  | 'unsafe-name'
  | 'special-file'
  | 'unreadable';

export interface LeftAlone {
  /** As shown to a person: a name that is not UTF-8 has its bytes escaped. */
  readonly path: string;
  readonly reason: LeftAloneReason;
}

/**
 * A checkout as a migration sees it. Reading is lazy: a file is read when asked for. Paths are sorted by code unit.
 * Every reader throws RefitError for a path that does not exist.
 */
export interface ReadonlyTree {
  has(path: RepoPath): boolean;
  /** Whether any file lies below `path`. */
  hasFolder(path: RepoPath): boolean;
  /** The text with its byte-order mark and line ends. @throws RefitError when the file is binary or a link. */
  readText(path: RepoPath): string;
  /** The text, or null when there is no such file or it is binary, a link or unreadable. */
  tryReadText(path: RepoPath): string | null;
  /** The bytes of a file, or the target of a link. */
  readBytes(path: RepoPath): Uint8Array;
  /** Git's index first (its mode is what a clone gets), else the work tree. */
  mode(path: RepoPath): FileMode;
  /** Files matching any glob (picomatch, dot files included); without a glob, all files. */
  paths(...globs: readonly string[]): readonly RepoPath[];
  /** Files that hold any of the literals, byte for byte; at index speed on disk. Names are not searched. */
  search(literals: readonly string[]): Promise<readonly RepoPath[]>;
}

/**
 * A tree that steps change. Verbs are strict: `create` refuses an existing path, the others a missing one; writing the
 * same content back leaves no change. Every verb throws RefitError once the plan was taken from the tree.
 */
export interface RepoTree extends ReadonlyTree {
  create(path: RepoPath, content: string, mode?: FileMode): void;
  overwrite(path: RepoPath, content: string): void;
  setMode(path: RepoPath, mode: '644' | '755'): void;
  edit(path: RepoPath, edits: readonly TextEdit[]): void;
  rename(from: RepoPath, to: RepoPath): void;
  /** Copies bytes and mode. */
  copy(from: RepoPath, to: RepoPath): void;
  delete(path: RepoPath): void;
}

/** Where a tree gets its original files from: a checkout on disk, or a map in memory. */
export interface TreeSource {
  /** All files, sorted by code unit. */
  list(): readonly RepoPath[];
  read(path: RepoPath): Uint8Array;
  mode(path: RepoPath): FileMode;
  /** Files of `list()` that hold any of the literals. */
  search(literals: readonly string[]): Promise<readonly RepoPath[]>;
  /**
   * What stands at `path` on disk though `list()` does not name it (an ignored file, a folder, a link on the way), or
   * null. A create must not meet it.
   */
  obstacle(path: RepoPath): string | null;
  readonly leftAlone: readonly LeftAlone[];
}
