import { type RefitError, refusal } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileChange } from '../tree/changes.ts';

/**
 * Refuses a saved plan that this checkout, or this version of the steps, no longer gives.
 * @throws RefitError (exit 4) naming every drifted path and how it drifted.
 */
export function refuseStalePlan(saved: Plan, fresh: Plan, checkout: Checkout): void {
  const details = [...stepDrift(saved, fresh), ...pathDrift(saved, fresh, checkout)];
  if (details.length > 0) throw stale(details);
}

function stale(details: readonly string[]): RefitError {
  return refusal('the plan does not fit this checkout any more; nothing was written', {
    details,
    hint: 'plan again: refit plan --out FILE',
  });
}

function stepDrift(saved: Plan, fresh: Plan): readonly string[] {
  const ids = [
    ...new Set([...Object.keys(saved.migration.stepHashes), ...Object.keys(fresh.migration.stepHashes)]),
  ].sort();
  return ids
    .filter((id) => saved.migration.stepHashes[id] !== fresh.migration.stepHashes[id])
    .map((id) => `step ${id} is of another version than in the plan`);
}

function pathDrift(saved: Plan, fresh: Plan, checkout: Checkout): readonly string[] {
  const present = new Set<string>(checkout.source.list());
  const planned = new Map(saved.changes.map((change) => [change.path, change]));
  const now = new Map(fresh.changes.map((change) => [change.path, change]));
  const paths = [...new Set([...planned.keys(), ...now.keys()])].sort();
  return paths.flatMap((path) => {
    const how = drift(planned.get(path), now.get(path), present);
    return how === null ? [] : [`${path} ${how}`];
  });
}

function drift(
  was: FileChange | undefined,
  is: FileChange | undefined,
  present: ReadonlySet<RepoPath | string>,
): string | null {
  if (was === undefined) return is === undefined ? null : `would now be changed too (${is.kind})`;
  if (is === undefined) {
    if (was.kind !== 'create' && !present.has(was.kind === 'rename' ? was.from : was.path)) return 'is gone';
    return was.kind === 'create' && present.has(was.path)
      ? 'exists by now'
      : `would no longer be changed (${was.kind})`;
  }
  if (was.kind !== is.kind) return `was to be ${was.kind}d and would now be ${is.kind}d`.replaceAll('eed', 'ed');
  const before = 'before' in was && 'before' in is ? compare(was.before, is.before, 'is') : null;
  if (before !== null) return before;
  return 'after' in was && 'after' in is ? compare(was.after, is.after, 'would become') : null;
}

function compare(
  was: { sha256: string; mode: string },
  is: { sha256: string; mode: string },
  verb: string,
): string | null {
  if (was.sha256 !== is.sha256)
    return `${verb} another content than in the plan (${is.sha256.slice(0, 12)}, planned ${was.sha256.slice(0, 12)})`;
  return was.mode === is.mode ? null : `${verb} of mode ${is.mode}, planned ${was.mode}`;
}
