import {
  type JsonDocument,
  type JsonNode,
  jsonNodeAt,
  type Note,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  readJson,
} from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';
import { belongsTo, type CliUse, findCliUse } from './cli-use.ts';
import { listsOf, mentionsOf, overridesOf } from './json-entries.ts';
import { DEPENDENCY_KINDS, type ManifestEdits, type Move, moveInManifest } from './package-manifest.ts';
import { noteVersion, targetVersion } from './ranges.ts';
import { type CodeUsage, manifestsAbove, readUsage } from './usage.ts';

/** A package.json that names the old package. */
interface Manifest {
  readonly path: RepoPath;
  readonly document: JsonDocument;
  /** It lists the package, and does not only override its version or the like. */
  readonly lists: boolean;
}

/** What becomes of the package.json files of a checkout. */
export interface NpmMoves {
  readonly manifests: readonly (ManifestEdits & { readonly path: RepoPath; readonly move: Move })[];
  readonly notes: readonly Note[];
}

/** Decides for every package.json that names the old package, by what the code that belongs to it loads. */
export async function planNpmMoves(tree: ReadonlyTree, params: AgentSdkParams): Promise<NpmMoves> {
  const notes: Note[] = [];
  const manifests: Manifest[] = [];
  const named = (await tree.search([OLD_PACKAGE])).filter((path) => /(^|\/)package\.json$/.test(path));
  for (const path of named.filter((one) => !isInstalled(one))) {
    const read = readJson(tree.tryReadText(path) ?? '');
    if (read.kind === 'read') {
      manifests.push({ path, document: read.document, lists: listsPackage(read.document.root) });
      continue;
    }
    const message = `cannot be read (${read.why}), so it is left as it is: move ${OLD_PACKAGE} by hand`;
    notes.push({ severity: 'todo', path, line: read.line, message });
  }
  if (manifests.length === 0) return { manifests: [], notes };
  const [usage, cli] = [await readUsage(tree), await findCliUse(tree)];
  // Those that list the package come first: an override follows what becomes of the package below it.
  const lists = manifests.filter((one) => one.lists).map((one) => moveOf(one, manifests, usage, cli));
  const others = manifests.filter((one) => !one.lists).map((one) => moveOfOverride(one, lists));
  const all = new Set(tree.paths('**/package.json').filter((path) => !isInstalled(path)));
  const moved = [...lists, ...others].flatMap(({ manifest, move }) => {
    if (move === null) return [];
    const { path, document } = manifest;
    const version = params.npmRange ?? targetVersion(tree, manifestsAbove(path, all));
    const stays = keptBelow(manifest, lists);
    const wide: Move = stays === undefined ? move : { kind: 'add', why: `${stays} keeps the old package` };
    const result = moveInManifest({ path, document, move, wide, version });
    notes.push(...result.notes);
    if (result.edits.length > 0 && manifest.lists)
      notes.push(...notesOfMove(manifest, move, noteVersion(tree, path, version)));
    return [{ path, move, ...result }];
  });
  notes.push(...lists.filter(({ move }) => move === null).map(({ manifest }) => noteOfUnused(manifest)));
  return { manifests: moved.sort((a, b) => (a.path < b.path ? -1 : 1)), notes };
}

function listsPackage(root: JsonNode): boolean {
  return DEPENDENCY_KINDS.some((kind) => {
    const section = jsonNodeAt(root, [kind]);
    if (section?.kind !== 'object') return false;
    return section.entries.some(
      ({ name, value }) =>
        name === OLD_PACKAGE ||
        (value.kind === 'scalar' && typeof value.value === 'string' && value.value.startsWith(`npm:${OLD_PACKAGE}`)),
    );
  });
}

interface Decision {
  readonly manifest: Manifest;
  /** Null where it is left alone. */
  readonly move: Move | null;
}

function moveOf(
  manifest: Manifest,
  manifests: readonly Manifest[],
  usage: readonly CodeUsage[],
  cli: readonly CliUse[],
): Decision {
  const listing = new Set(manifests.filter((one) => one.lists).map(({ path }) => path));
  const isOwn = ({ path }: { readonly path: RepoPath }): boolean => manifestsAbove(path, listing)[0] === manifest.path;
  const own = usage.filter(isOwn);
  if (!own.some((file) => file.new)) return { manifest, move: null };
  const left = own.find((file) => file.old);
  if (left !== undefined) return { manifest, move: { kind: 'add', why: `${left.path} still loads it` } };
  const run = cli.find(isOwn);
  if (run === undefined) return { manifest, move: { kind: 'replace' } };
  return { manifest, move: { kind: 'add', why: `${run.path}:${run.line} uses the claude program` } };
}

function moveOfOverride(manifest: Manifest, decisions: readonly Decision[]): Decision {
  const isMoved = decisions.some((one) => one.move !== null && belongsTo(one.manifest.path, manifest.path));
  const names = [overridesOf, mentionsOf, listsOf].some((find) => find(manifest.document.root).length > 0);
  if (!names || !isMoved) return { manifest, move: null };
  const stays = keptBelow(manifest, decisions);
  if (stays === undefined) return { manifest, move: { kind: 'replace' } };
  return { manifest, move: { kind: 'add', why: `${stays} keeps the old package` } };
}

/** A package.json of the same package or one below it that lists the old package still. */
function keptBelow({ path }: Manifest, decisions: readonly Decision[]): RepoPath | undefined {
  return decisions.find((one) => one.move?.kind !== 'replace' && belongsTo(one.manifest.path, path))?.manifest.path;
}

function notesOfMove({ path, document }: Manifest, move: Move, words: readonly Omit<Note, 'path'>[]): readonly Note[] {
  const notes: Note[] = words.map((note) => ({ ...note, path, line: note.line ?? lineOf(document.root) }));
  if (move.kind === 'add') {
    const message = `${OLD_PACKAGE} stays beside ${NEW_PACKAGE}, for ${move.why}; take it out if that claude is installed in another way`;
    notes.unshift({ severity: 'warning', path, line: lineOf(document.root), message });
  }
  return notes;
}

function noteOfUnused({ path, document }: Manifest): Note {
  const message = `no code here imports ${OLD_PACKAGE}, so its entry is left: it may be there for the claude program`;
  return { severity: 'info', path, line: lineOf(document.root), message };
}

function lineOf(root: JsonNode): number {
  for (const kind of DEPENDENCY_KINDS) {
    const section = jsonNodeAt(root, [kind]);
    const entry = section?.kind === 'object' ? section.entries.find(({ name }) => name === OLD_PACKAGE) : undefined;
    if (entry !== undefined) return entry.key.line;
  }
  return root.line;
}

/** Lock file → the command that brings it up to date. */
const LOCKS: readonly (readonly [string, string])[] = [
  ['package-lock.json', 'npm install'],
  ['npm-shrinkwrap.json', 'npm install'],
  ['yarn.lock', 'yarn install'],
  ['pnpm-lock.yaml', 'pnpm install'],
  ['bun.lock', 'bun install'],
  ['bun.lockb', 'bun install'],
  ['deno.lock', 'deno install'],
];

/** Says how to bring up to date the lock files that answer for the `changed` manifests. */
export function notesOfLocks(tree: ReadonlyTree, changed: readonly RepoPath[]): readonly Note[] {
  const found = new Map<RepoPath, string>();
  for (const path of changed) {
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      for (const [name, command] of LOCKS) {
        const lock = (folder === null ? name : `${folder}/${name}`) as RepoPath;
        if (tree.has(lock)) found.set(lock, command);
      }
      if (folder === null) break;
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, command]) => ({
      severity: 'todo',
      path,
      message: `is not edited, for it holds checksums: bring it up to date with ${command}${parentOf(path) === null ? '' : ` in ${parentOf(path)}`}`,
    }));
}
