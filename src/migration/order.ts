import { RefitError } from '../base/errors.ts';
import type { Migration } from './define.ts';

type Ordered = Pick<Migration, 'id' | 'after' | 'requires'>;

/**
 * The migrations so that each comes behind those that it is `after` or `requires`; what that leaves open stays in the order
 * given. Pure.
 * @throws RefitError naming an id that is used twice, one that is not at hand with who asks for it, or the way round a cycle.
 */
export function orderMigrations<T extends Ordered>(migrations: readonly T[]): readonly T[] {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  refuseDuplicates(migrations);
  refuseUnknown(migrations, known);
  const ordered = new Set<T>();
  const visit = (migration: T, way: readonly string[]): void => {
    const at = way.indexOf(migration.id);
    if (at !== -1)
      throw new RefitError(`migrations wait for each other: ${[...way.slice(at), migration.id].join(' → ')}`, {
        details: way.slice(at).map((id) => `${id} comes after ${earlierOf(known.get(id)).join(', ')}`),
        hint: 'take one of them out of after or requires',
      });
    if (ordered.has(migration)) return;
    for (const id of earlierOf(migration)) {
      const earlier = known.get(id);
      if (earlier !== undefined) visit(earlier, [...way, migration.id]);
    }
    ordered.add(migration);
  };
  for (const migration of migrations) visit(migration, []);
  return [...ordered];
}

function earlierOf(migration: Ordered | undefined): readonly string[] {
  return [...new Set([...(migration?.requires ?? []), ...(migration?.after ?? [])])];
}

function refuseDuplicates(migrations: readonly Ordered[]): void {
  const ids = migrations.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new RefitError(`two migrations have the id ${twice}`, { hint: 'rename one of them' });
}

function refuseUnknown(migrations: readonly Ordered[], known: ReadonlyMap<string, Ordered>): void {
  const problems = migrations.flatMap(({ id, after = [], requires = [] }) => [
    ...requires.filter((other) => !known.has(other)).map((other) => `${id} requires ${other}, which is not at hand`),
    ...after.filter((other) => !known.has(other)).map((other) => `${id} comes after ${other}, which is not at hand`),
  ]);
  const [first, ...others] = problems;
  if (first === undefined) return;
  throw new RefitError(first, {
    details: others,
    hint: `at hand are ${[...known.keys()].join(', ')}; name another: --migration PATH`,
  });
}
