import type { RepoPath } from '../../src/base/repo-path.ts';
import { loadMigration } from '../../src/commands/session.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import type { Note } from '../../src/migration/define.ts';
import { planMigration } from '../../src/migration/run.ts';
import { memorySource } from '../../src/tree/memory-source.ts';

export interface Migrated {
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly Note[];
}

/** A checkout of these texts, after the migration `agent-sdk`. */
export async function migrated(files: Readonly<Record<string, string>>): Promise<Migrated> {
  const { plan, tree } = await planMigration({
    migration: await loadMigration('agent-sdk'),
    params: {},
    selection: { only: [], skip: [], phases: [] },
    source: memorySource(files),
    base: { commit: null, dirty: [] },
    readTemplate: (name) => {
      throw new Error(`no template: ${name}`);
    },
    loadParsers,
  });
  const after = Object.keys(files).map((path) => [path, tree.readText(path as RepoPath)] as const);
  return { files: Object.fromEntries(after), notes: [...plan.outcomes.flatMap(({ notes }) => notes), ...plan.notes] };
}
