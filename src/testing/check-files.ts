import type { Check, CheckResult } from '../checks/define.ts';
import { runChecks } from '../checks/run.ts';
import { loadParsers } from '../host/parsers.ts';
import type { Migration } from '../migration/define.ts';
import { type MemoryFiles, memorySource } from '../tree/memory-source.ts';
import { openTree } from '../tree/memory-tree.ts';

/**
 * Runs one check of a migration on files in memory.
 *
 * @example
 * const result = await checkFiles(migration, 'X01-no-old-word', { 'a.txt': 'old' });
 * assert.equal(result.status, 'failed');
 * @param id the whole id of the check
 * @throws Error when the migration has no such check
 */
export async function checkFiles<P>(migration: Migration<P>, id: string, files: MemoryFiles): Promise<CheckResult> {
  const check: Check | undefined = migration.checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`${migration.id} has no check ${id}`);
  await loadParsers(check.needs ?? []);
  const [run] = await runChecks(openTree(memorySource(files)), {}, { only: [], skip: [] }, [check]);
  if (run === undefined) throw new Error(`${id} was not run`);
  return run.result;
}
