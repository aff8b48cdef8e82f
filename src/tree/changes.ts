import type { RepoPath } from '../base/repo-path.ts';
import type { FileState } from './tree.ts';

/** One path that differs between the checkout and the planned tree, with the ids of the steps that touched it. */
export type FileChange = { readonly path: RepoPath; readonly steps: readonly string[] } & (
  | { readonly kind: 'create'; readonly after: FileState }
  | { readonly kind: 'update'; readonly before: FileState; readonly after: FileState }
  | { readonly kind: 'rename'; readonly from: RepoPath; readonly before: FileState; readonly after: FileState }
  | { readonly kind: 'delete'; readonly before: FileState }
);

/** The bytes before and after of one change; undefined where there is no such side. */
export interface ChangeContent {
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}
