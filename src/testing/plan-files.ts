import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadParsers } from '../host/parsers.ts';
import type { Migration, Note } from '../migration/define.ts';
import { planMigration } from '../migration/run.ts';
import { formatPatch } from '../plan/diff.ts';
import type { Plan, Selection } from '../plan/plan.ts';
import type { ChangeContent, FileChange } from '../tree/changes.ts';
import { type MemoryFiles, memorySource } from '../tree/memory-source.ts';
import type { FileMode, TreeSource } from '../tree/tree.ts';

/** Where the templates of a migration lie: their folder, or a function from name to text. */
export type Templates = string | ((name: string) => string);

/** What to plan with; all of it may be left out. */
export interface PlanFilesOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly selection?: Partial<Selection>;
  readonly templates?: Templates;
  /** Folder of the repository that the files lie in; the diff counts from the top of the repository. */
  readonly folder?: string;
}

/** A plan with all that a test looks at. */
export interface PlannedFiles {
  readonly plan: Plan;
  /** Every note, those of the steps first. */
  readonly notes: readonly Note[];
  /** As `refit plan --patch` writes it. */
  readonly diff: string;
  /** The bytes of both sides of a change of this plan, as `apply` takes them. */
  content(change: FileChange): ChangeContent;
  /** Every text file of the planned tree, by path; what is binary or a link is not in it. */
  readonly texts: Readonly<Record<string, string>>;
  /** Every file of the planned tree, by path. */
  readonly files: Readonly<Record<string, { readonly content: Uint8Array; readonly mode: FileMode }>>;
}

/**
 * Plans a migration on files in memory; nothing on disk is looked at but templates and parsers.
 *
 * @example
 * const planned = await planFiles(renameReadme, { 'readme.txt': 'Hello\n' });
 * assert.deepEqual(planned.texts, { 'README.md': 'Hello\n' });
 * @throws RefitError as `refit plan` does: exit code 4 for a refusal, 1 for a fault of the migration.
 */
export function planFiles<P>(
  migration: Migration<P>,
  files: MemoryFiles,
  options: PlanFilesOptions = {},
): Promise<PlannedFiles> {
  return planSource(migration, memorySource(files), options);
}

/** As {@link planFiles}, on any source. */
export async function planSource<P>(
  migration: Migration<P>,
  source: TreeSource,
  { params = {}, selection = {}, templates = noTemplates, folder }: PlanFilesOptions,
): Promise<PlannedFiles> {
  const { plan, tree } = await planMigration({
    migration,
    source,
    params,
    selection: { only: [], skip: [], phases: [], ...selection },
    base: { commit: null, dirty: [] },
    readTemplate: typeof templates === 'string' ? (name) => readFileSync(join(templates, name), 'utf8') : templates,
    loadParsers,
  });
  const paths = tree.paths();
  const texts = paths.flatMap((path) => {
    const text = tree.tryReadText(path);
    return text === null ? [] : [[path, text] as const];
  });
  return {
    plan,
    notes: [...plan.outcomes.flatMap((outcome) => outcome.notes), ...plan.notes],
    diff: formatPatch(plan.changes, tree.content, folder === undefined ? {} : { folder }),
    content: tree.content,
    texts: Object.fromEntries(texts),
    files: Object.fromEntries(
      paths.map((path) => [path, { content: tree.readBytes(path), mode: tree.mode(path) }] as const),
    ),
  };
}

function noTemplates(name: string): string {
  throw new Error(`the test names no folder for the template ${name}: planFiles(…, { templates: FOLDER })`);
}
