// A simple model of what a person may do to a checkout with refit and without, against which the real thing is held.
import type { Side, Wish } from '../apply/wishes.ts';

/** A file as far as a plan sees it. */
export interface ModelFile {
  readonly content: string;
  readonly mode: '644' | '755';
}
export type Files = ReadonlyMap<string, ModelFile>;

/** What a run does to each path; null is no file. */
export type Changes = ReadonlyMap<string, { readonly before: ModelFile | null; readonly after: ModelFile | null }>;

export type Migration = 'first' | 'second';

export interface Model {
  files: Files;
  head: Files;
  planned: { readonly migration: Migration; readonly changes: Changes } | null;
  /** Runs that are applied, oldest first. */
  runs: Changes[];
  /** A run that was cut off: what it does, and whether it is being rolled back. */
  cut: { readonly changes: Changes; readonly goingBack: boolean } | null;
  branches: number;
}

export const PATHS = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/deep/run.sh', 'old.cfg'] as const;

export function firstFiles(): Files {
  return new Map(PATHS.map((path, index) => [path, { content: `${path}\n`, mode: index === 3 ? '755' : '644' }]));
}

/** What the migrations of the model want. Both come to rest: planned again on their result they want nothing. */
export function planOf(migration: Migration, files: Files): Changes {
  const changes = new Map<string, { before: ModelFile | null; after: ModelFile | null }>();
  const put = (path: string, after: ModelFile | null): void => {
    const before = files.get(path) ?? null;
    if (!isSame(before, after)) changes.set(path, { before, after });
  };
  if (migration === 'first') {
    for (const [path, file] of files) {
      if (path.endsWith('.txt') && !file.content.endsWith('first\n'))
        put(path, { ...file, content: `${file.content}first\n` });
    }
    put('dir/deep/run.sh', null);
    put('made/by/first.cfg', { content: 'made\n', mode: '644' });
  } else {
    const old = files.get('old.cfg');
    if (old !== undefined && !files.has('new/old.cfg')) {
      put('old.cfg', null);
      put('new/old.cfg', old);
    }
    const a = files.get('a.txt');
    if (a !== undefined) put('a.txt', { ...a, mode: '755' });
    if (files.get('b.txt')?.content.includes('first') === true) put('b.txt', null);
    put('made/second.cfg', { content: 'second\n', mode: '755' });
  }
  return changes;
}

export function isSame(one: ModelFile | null, other: ModelFile | null): boolean {
  return one?.content === other?.content && one?.mode === other?.mode;
}

export function withChanges(files: Files, changes: Changes, side: 'before' | 'after'): Files {
  const result = new Map(files);
  for (const [path, change] of changes) {
    const file = change[side];
    if (file === null) result.delete(path);
    else result.set(path, file);
  }
  return result;
}

/** Paths that are as neither `sides` of the changes say. */
export function strays(files: Files, changes: Changes, sides: readonly ('before' | 'after')[]): readonly string[] {
  const known = (path: string): boolean =>
    sides.some((side) => isSame(files.get(path) ?? null, changes.get(path)?.[side] ?? null));
  return [...changes.keys()].filter((path) => !known(path)).sort();
}

export function wishesOf(changes: Changes): readonly Wish[] {
  return [...changes].map(([path, { before, after }]): Wish => {
    if (before === null) return { create: path, to: after as Side };
    return after === null ? { remove: path, was: before } : { update: path, was: before, to: after };
  });
}
