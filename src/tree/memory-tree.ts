import { RefitError } from '../base/errors.ts';
import { compileGlobs } from '../base/glob.ts';
import { sha256 } from '../base/hash.ts';
import { comparePaths, placeIn, type RepoPath, repoPathProblem } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
import type { ChangeContent, FileChange } from './changes.ts';
import { applyEdits, type TextEdit } from './edits.ts';
import { type Entry, firstBelow, listChanges, type PathSet, withOverlay } from './overlay.ts';
import { matchingIn } from './path-index.ts';
import { textLimitProblem } from './text-limits.ts';
import type { FileMode, FileState, RepoTree, TreeSource } from './tree.ts';

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
  /**
   * Takes over what was changed on another tree that started as this one is now; `bytes` gives each path after the change.
   * What no verb would do is refused here too.
   */
  adopt(changes: readonly FileChange[], bytes: (path: RepoPath) => Uint8Array): void;
  content(change: FileChange): ChangeContent;
  /** A number that grows with each effective verb: equal before and after a step that changed nothing. */
  readonly revision: number;
}

/** Opens a virtual tree over `source`. Nothing is read until asked for, nothing is ever written to the source. */
export function openTree(source: TreeSource): WorkingTree {
  const overlay = new Map<RepoPath, Entry | null>();
  const steps = new Map<RepoPath, Set<string>>();
  // A set of all paths would take longer to build for a large checkout than all the questions asked of it.
  const original: PathSet = { has: (path) => source.list()[placeIn(source.list(), path)] === path };
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
    if (text === null) return { why: 'it is binary (not UTF-8 text)' };
    const why = textLimitProblem(path, text);
    return why === null ? { text } : { why };
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
    const problem = repoPathProblem(path);
    if (problem !== null) throw new RefitError(`cannot create ${path}: it is no path of the tree (${problem})`);
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

  let listed: { readonly at: number; readonly paths: readonly RepoPath[] } | undefined;
  const listAll = (): readonly RepoPath[] => {
    if (listed?.at !== members) listed = { at: members, paths: withOverlay(source.list(), overlay, original) };
    return listed.paths;
  };
  const found = new Map<string, { readonly at: number; readonly paths: readonly RepoPath[] }>();
  const matching = (globs: readonly string[]): readonly RepoPath[] => {
    const key = globs.join('\0');
    const known = found.get(key);
    if (known?.at === members) return known.paths;
    const test = compileGlobs(globs);
    const paths = withOverlay(matchingIn(source.list(), globs), overlay, original, test);
    found.set(key, { at: members, paths });
    return paths;
  };

  const tree: WorkingTree = {
    has,
    hasFolder: (path) => firstBelow(listAll(), path) !== undefined,
    readText,
    tryReadText: (path) => {
      if (!has(path)) return null;
      const result = textOrWhy(path);
      return 'text' in result ? result.text : null;
    },
    readBytes,
    mode,
    paths: (...globs) => (globs.length === 0 ? listAll() : matching(globs)),
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
    adopt: (changes, bytes) => {
      for (const change of changes) {
        if (change.kind !== 'delete' && change.kind !== 'rename') continue;
        const gone = change.kind === 'rename' ? change.from : change.path;
        mustHave(gone);
        put(gone, null);
        steps.set(gone, new Set(change.steps));
      }
      for (const change of changes) {
        if (change.kind === 'delete') continue;
        if (change.kind === 'update') mustHave(change.path);
        else refuseExisting(change.path);
        const origin = change.kind === 'rename' ? change.from : overlay.get(change.path)?.origin;
        put(change.path, { bytes: bytes(change.path), mode: change.after.mode, origin });
        steps.set(change.path, new Set([...(steps.get(change.path) ?? []), ...change.steps]));
      }
    },
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
