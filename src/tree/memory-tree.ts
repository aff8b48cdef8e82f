import { RefitError } from '../base/errors.ts';
import { compileGlobs } from '../base/glob.ts';
import { sha256 } from '../base/hash.ts';
import { comparePaths, type RepoPath } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
import type { ChangeContent, FileChange } from './changes.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import type { FileMode, FileState, RepoTree, TreeSource } from './tree.ts';

interface Entry {
  readonly bytes: Uint8Array;
  readonly mode: FileMode;
  /** Where the file stood in the source, when it was renamed. */
  readonly origin: RepoPath | undefined;
}

/** A {@link RepoTree} over a source, plus what the runner of a migration needs. */
export interface WorkingTree extends RepoTree {
  /** Names the step that the next verbs belong to; null between steps. */
  attributeTo(step: string | null): void;
  /** Makes every later verb throw, naming the step that tried. */
  lock(): void;
  /** Paths whose present state differs from the source, sorted. */
  touched(): readonly RepoPath[];
  /** Ids of the steps that changed `path`, in order. */
  stepsOf(path: RepoPath): readonly string[];
  changes(): readonly FileChange[];
  content(change: FileChange): ChangeContent;
  /** A number that grows with each effective verb: equal before and after a step that changed nothing. */
  readonly revision: number;
}

const pathSets = new WeakMap<readonly RepoPath[], ReadonlySet<RepoPath>>();

/** Two trees over one source, as before and after, share the set of its paths. */
function originalPaths(source: TreeSource): ReadonlySet<RepoPath> {
  const list = source.list();
  const paths = pathSets.get(list) ?? new Set(list);
  pathSets.set(list, paths);
  return paths;
}

/** Opens a virtual tree over `source`. Nothing is read until asked for, nothing is ever written to the source. */
export function openTree(source: TreeSource): WorkingTree {
  const overlay = new Map<RepoPath, Entry | null>();
  const steps = new Map<RepoPath, Set<string>>();
  const original = originalPaths(source);
  const stateCache = new Map<RepoPath, FileState>();
  let current: string | null = null;
  let locked = false;
  let revision = 0;
  let members = 0;

  const has = (path: RepoPath): boolean => {
    const entry = overlay.get(path);
    return entry === undefined ? original.has(path) : entry !== null;
  };
  const mustHave = (path: RepoPath): void => {
    if (!has(path)) throw new RefitError(`no such file in the tree: ${path}`);
  };
  const readBytes = (path: RepoPath): Uint8Array => {
    mustHave(path);
    return overlay.get(path)?.bytes ?? source.read(path);
  };
  const mode = (path: RepoPath): FileMode => {
    mustHave(path);
    return overlay.get(path)?.mode ?? source.mode(path);
  };
  const textOrWhy = (path: RepoPath): { text: string } | { why: string } => {
    if (mode(path) === 'link') return { why: 'it is a symbolic link' };
    const text = decodeText(readBytes(path));
    return text === null ? { why: 'it is binary (not UTF-8 text)' } : { text };
  };
  const readText = (path: RepoPath): string => {
    const result = textOrWhy(path);
    if ('why' in result) throw new RefitError(`cannot read ${path} as text: ${result.why}`);
    return result.text;
  };
  const originalState = (path: RepoPath): FileState => {
    const cached = stateCache.get(path);
    if (cached !== undefined) return cached;
    const state = { sha256: sha256(source.read(path)), mode: source.mode(path) };
    stateCache.set(path, state);
    return state;
  };

  const put = (path: RepoPath, entry: Entry | null): void => {
    if (locked) throw new RefitError(`${current ?? 'a step'} changed ${path} after the plan was taken`);
    const same =
      entry === null
        ? !original.has(path)
        : original.has(path) &&
          entry.mode === source.mode(path) &&
          Buffer.compare(entry.bytes, source.read(path)) === 0;
    if (has(path) !== (entry !== null)) members += 1;
    if (same) {
      overlay.delete(path);
      steps.delete(path);
    } else {
      overlay.set(path, entry);
      if (current !== null) steps.set(path, (steps.get(path) ?? new Set()).add(current));
    }
    revision += 1;
  };
  const refuseExisting = (path: RepoPath): void => {
    if (has(path)) throw new RefitError(`cannot create ${path}: it exists`);
    const obstacle = overlay.has(path) && original.has(path) ? null : source.obstacle(path);
    if (obstacle !== null) throw new RefitError(`cannot create ${path}: ${obstacle}`);
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash) as RepoPath;
      if (has(folder)) throw new RefitError(`cannot create ${path}: ${folder} is a file`);
    }
    if (tree.hasFolder(path)) throw new RefitError(`cannot create ${path}: it is a folder`);
  };
  const setText = (path: RepoPath, text: string): void => {
    const before = readBytes(path);
    const bytes = Buffer.from(text, 'utf8');
    if (Buffer.compare(before, bytes) === 0) return;
    put(path, { bytes, mode: mode(path), origin: overlay.get(path)?.origin });
  };
  const inheritSteps = (from: RepoPath, to: RepoPath): void => {
    for (const step of steps.get(from) ?? []) steps.set(to, (steps.get(to) ?? new Set()).add(step));
  };

  let listed: { readonly at: number; readonly paths: readonly RepoPath[]; readonly byGlobs: GlobResults } | undefined;
  const list = (): NonNullable<typeof listed> => {
    if (listed?.at === members) return listed;
    let paths: readonly RepoPath[] = source.list();
    const added = [...overlay].flatMap(([path, entry]) => (entry !== null && !original.has(path) ? [path] : []));
    const removed = new Set([...overlay].flatMap(([path, entry]) => (entry === null ? [path] : [])));
    if (removed.size > 0) paths = paths.filter((path) => !removed.has(path));
    if (added.length > 0) paths = [...paths, ...added].sort(comparePaths);
    listed = { at: members, paths, byGlobs: new Map() };
    return listed;
  };
  const matching = (globs: readonly string[]): readonly RepoPath[] => {
    const { paths, byGlobs } = list();
    const key = globs.join('\0');
    const found = byGlobs.get(key) ?? paths.filter(compileGlobs(globs));
    byGlobs.set(key, found);
    return found;
  };

  const tree: WorkingTree = {
    has,
    hasFolder: (path) => firstBelow(list().paths, path) !== undefined,
    readText,
    tryReadText: (path) => {
      if (!has(path)) return null;
      const result = textOrWhy(path);
      return 'text' in result ? result.text : null;
    },
    readBytes,
    mode,
    paths: (...globs) => (globs.length === 0 ? list().paths : matching(globs)),
    search: async (literals) => {
      if (literals.length === 0) return [];
      const needles = literals.map((literal) => Buffer.from(literal, 'utf8'));
      const untouched = (await source.search(literals)).filter((path) => !overlay.has(path));
      const inOverlay = [...overlay]
        .filter(([, entry]) => entry !== null && needles.some((needle) => Buffer.from(entry.bytes).includes(needle)))
        .map(([path]) => path);
      return [...untouched, ...inOverlay].sort(comparePaths);
    },
    create: (path, content, fileMode = '644') => {
      refuseExisting(path);
      put(path, { bytes: Buffer.from(content, 'utf8'), mode: fileMode, origin: undefined });
    },
    overwrite: (path, content) => {
      if (mode(path) === 'link') throw new RefitError(`cannot write ${path}: it is a symbolic link`);
      setText(path, content);
    },
    setMode: (path, fileMode) => {
      if (mode(path) === 'link') throw new RefitError(`cannot change the mode of ${path}: it is a symbolic link`);
      if (mode(path) !== fileMode)
        put(path, { bytes: readBytes(path), mode: fileMode, origin: overlay.get(path)?.origin });
    },
    edit: (path, edits: readonly TextEdit[]) => {
      if (edits.length > 0) setText(path, applyEdits(readText(path), edits));
    },
    rename: (from, to) => {
      mustHave(from);
      refuseExisting(to);
      const origin = overlay.get(from)?.origin ?? (original.has(from) ? from : undefined);
      put(to, { bytes: readBytes(from), mode: mode(from), origin });
      inheritSteps(from, to);
      put(from, null);
    },
    copy: (from, to) => {
      mustHave(from);
      refuseExisting(to);
      put(to, { bytes: readBytes(from), mode: mode(from), origin: undefined });
    },
    delete: (path) => {
      mustHave(path);
      put(path, null);
    },
    attributeTo: (step) => {
      current = step;
    },
    lock: () => {
      locked = true;
    },
    touched: () => [...overlay.keys()].sort(comparePaths),
    stepsOf: (path) => [...(steps.get(path) ?? [])],
    changes: () => listChanges(overlay, original, originalState, steps),
    content: (change) => ({
      before: change.kind === 'create' ? undefined : source.read(change.kind === 'rename' ? change.from : change.path),
      after: change.kind === 'delete' ? undefined : readBytes(change.path),
    }),
    get revision() {
      return revision;
    },
  };
  return tree;
}

/** Files that globs matched, by the globs joined; for as long as no file comes or goes. */
type GlobResults = Map<string, readonly RepoPath[]>;

/** The first of sorted `paths` that lies below `folder`. */
function firstBelow(paths: readonly RepoPath[], folder: RepoPath): RepoPath | undefined {
  const prefix = `${folder}/`;
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] as RepoPath) < prefix) low = middle + 1;
    else high = middle;
  }
  return paths[low]?.startsWith(prefix) === true ? paths[low] : undefined;
}

function listChanges(
  overlay: ReadonlyMap<RepoPath, Entry | null>,
  original: ReadonlySet<RepoPath>,
  originalState: (path: RepoPath) => FileState,
  steps: ReadonlyMap<RepoPath, ReadonlySet<string>>,
): readonly FileChange[] {
  // A rename is told as one only when its origin is gone and nobody else claims it; else it is a create.
  const renamedFrom = new Set<RepoPath>();
  const changes: FileChange[] = [];
  const paths = [...overlay.keys()].sort(comparePaths);
  for (const path of paths) {
    const entry = overlay.get(path);
    if (!entry) continue;
    const after: FileState = { sha256: sha256(entry.bytes), mode: entry.mode };
    const by = { path, steps: [...(steps.get(path) ?? [])] };
    const { origin } = entry;
    if (original.has(path)) {
      changes.push({ ...by, kind: 'update', before: originalState(path), after });
    } else if (origin !== undefined && overlay.get(origin) === null && !renamedFrom.has(origin)) {
      renamedFrom.add(origin);
      changes.push({ ...by, kind: 'rename', from: origin, before: originalState(origin), after });
    } else {
      changes.push({ ...by, kind: 'create', after });
    }
  }
  for (const path of paths) {
    if (overlay.get(path) !== null || renamedFrom.has(path)) continue;
    changes.push({ path, steps: [...(steps.get(path) ?? [])], kind: 'delete', before: originalState(path) });
  }
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}

/** Files for {@link memorySource}: text, bytes, or either with a mode; a link's content is its target. */
export type MemoryFiles = Readonly<
  Record<string, string | Uint8Array | { readonly content: string | Uint8Array; readonly mode: FileMode }>
>;

/** A source held in memory, for tests, examples and planned trees. */
export function memorySource(files: MemoryFiles): TreeSource {
  const entries = new Map<RepoPath, { readonly bytes: Uint8Array; readonly mode: FileMode }>();
  for (const [name, value] of Object.entries(files)) {
    const plain = typeof value === 'string' || value instanceof Uint8Array;
    const content = plain ? value : value.content;
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    entries.set(name as RepoPath, { bytes, mode: plain ? '644' : value.mode });
  }
  const get = (path: RepoPath) => {
    const entry = entries.get(path);
    if (entry === undefined) throw new RefitError(`no such file in the tree: ${path}`);
    return entry;
  };
  const paths = [...entries.keys()].sort(comparePaths);
  return {
    list: () => paths,
    read: (path) => get(path).bytes,
    mode: (path) => get(path).mode,
    search: async (literals) =>
      paths.filter((path) => {
        const { bytes, mode } = get(path);
        return mode !== 'link' && literals.some((literal) => Buffer.from(bytes).includes(literal));
      }),
    obstacle: () => null,
    leftAlone: [],
  };
}
