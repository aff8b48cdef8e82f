import type { Note, RepoPath, TextEdit } from '../../../src/authoring.ts';

/** One file that may list the distribution. */
export interface ManifestText {
  readonly path: RepoPath;
  readonly text: string;
  /** The range that was asked for, if any. */
  readonly range: string | undefined;
}

/** What becomes of it. */
export interface ManifestMove {
  readonly edits: readonly TextEdit[];
  readonly notes: readonly Omit<Note, 'path'>[];
  /** Whether the file lists the distribution, and not only names it in a list of modules. */
  readonly lists: boolean;
}

export const NOTHING: ManifestMove = { edits: [], notes: [], lists: false };

export const ELSEWHERE = 'comes from a URL or a path and not from the index by a range: move it by hand';
