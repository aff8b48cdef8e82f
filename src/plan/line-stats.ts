import type { RepoPath } from '../base/repo-path.ts';
import type { ChangeContent, FileChange } from '../tree/changes.ts';
import { diffBytes } from './diff.ts';

/** Lines that one change adds and removes. */
export interface LineStat {
  readonly path: RepoPath;
  readonly added: number;
  readonly removed: number;
  /** Not text on either side: its lines are not counted. */
  readonly binary: boolean;
}

export interface DiffStat {
  readonly changes: readonly LineStat[];
  readonly added: number;
  readonly removed: number;
}

/** Counts the lines that each change adds and removes, as the patch shows them. */
export function diffStat(changes: readonly FileChange[], content: (change: FileChange) => ChangeContent): DiffStat {
  const stats = changes.map((change) => statOf(change, content(change)));
  return {
    changes: stats,
    added: stats.reduce((sum, stat) => sum + stat.added, 0),
    removed: stats.reduce((sum, stat) => sum + stat.removed, 0),
  };
}

function statOf(change: FileChange, { before, after }: ChangeContent): LineStat {
  const runs = diffBytes(before ?? new Uint8Array(), after ?? new Uint8Array());
  const count = (sign: '+' | '-'): number =>
    (runs ?? []).reduce((sum, run) => (run.sign === sign ? sum + run.lines.length : sum), 0);
  return { path: change.path, added: count('+'), removed: count('-'), binary: runs === null };
}
