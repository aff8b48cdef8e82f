import { nameOf, parentOf } from '../base/repo-path.ts';
import type { FileChange } from '../tree/changes.ts';
import { findMentions, HISTORY_GLOBS, type MentionWord } from '../tree/mentions.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { Migration, Note } from './define.ts';

export interface SweepInput {
  readonly changes: readonly FileChange[];
  readonly before: ReadonlyTree;
  readonly after: ReadonlyTree;
  readonly migration: Migration;
  /** Notes that steps gave: a place that a step already named is not told twice. */
  readonly told: readonly Note[];
}

/** Names so common that alone they say nothing about the file that was deleted. */
const COMMON_NAMES = new Set([
  'README.md',
  '__init__.py',
  'main.py',
  'app.py',
  'index.js',
  'index.html',
  'package.json',
  'Dockerfile',
  'requirements.txt',
]);

/**
 * Looks for what is left of deleted paths and removed names in the planned tree: each mention becomes a note with path
 * and line. A mention that something would run or load is `todo`, prose and comments are `warning`.
 */
export async function sweepMentions(input: SweepInput): Promise<readonly Note[]> {
  const skip = [...HISTORY_GLOBS, ...(input.migration.history ?? [])];
  const told = new Set(input.told.map((note) => `${note.path}:${note.line}`));
  const mentions = await findMentions(input.after, removedWords(input), skip);
  return mentions
    .filter((mention) => !told.has(`${mention.path}:${mention.line}`))
    .map(({ path, line, name, loadBearing, inComment }) => ({
      severity: loadBearing && !inComment ? 'todo' : 'warning',
      path,
      line,
      message: `still mentions ${name}, which this plan removes`,
    }));
}

function removedWords({ changes, before, after, migration }: SweepInput): readonly MentionWord[] {
  const gone = changes.flatMap((change) =>
    change.kind === 'delete' ? [change.path] : change.kind === 'rename' ? [change.from] : [],
  );
  if (gone.length === 0) return [];
  const words = new Map<string, MentionWord>();
  const left = `/${after.paths().join('\0/')}\0`;
  const surviving = new Set(gone.map(nameOf).filter((name) => left.includes(`/${name}\0`)));
  for (const path of gone) {
    words.set(path, { name: path, kind: 'path' });
    const name = nameOf(path);
    if (!surviving.has(name) && !COMMON_NAMES.has(name)) words.set(name, { name, kind: 'path' });
    for (let folder = parentOf(path); folder !== null; folder = parentOf(folder)) {
      if (!after.hasFolder(folder)) words.set(`${folder}/`, { name: `${folder}/`, kind: 'path' });
    }
    const module = path.endsWith('.py') ? path.slice(0, -'.py'.length).replaceAll('/', '.') : '';
    if (module.length >= 5 && !module.endsWith('.__init__')) words.set(module, { name: module, kind: 'module' });
  }
  for (const removed of migration.removedNames?.(before, after) ?? []) words.set(removed.name, removed);
  return [...words.values()];
}
