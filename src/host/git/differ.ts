import { decodeName, type GitName, splitNul } from './names.ts';
import { runGit } from './run.ts';
import type { WorkTree } from './work-tree.ts';

/** How one path differs, as git's raw diff format tells it. */
export interface RawDifference {
  readonly name: GitName;
  readonly oldMode: string;
  readonly newMode: string;
  /** On the older side: the index for `diffFiles`, HEAD for `diffIndex`. */
  readonly oldId: string;
  /** `A` added, `D` deleted, `M` modified, `T` another kind of file, `U` in conflict. */
  readonly status: string;
}

const RAW = ['--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--ignore-submodules=all', '--relative'];
// Git 2.39 crashes (SIGSEGV) on a conflict outside of the folder that `--relative` alone confines it to.
const BELOW = ['--', '.'];

/**
 * Paths below `tree.folder` whose file may differ from the index: git compares size and times, so a touched file with the
 * same content is among them.
 */
export async function diffFiles(tree: WorkTree): Promise<readonly RawDifference[]> {
  return parseRaw(await runGit(tree.folder, ['diff-files', ...RAW, ...BELOW], { config: tree.programsOff }));
}

/** Paths below `tree.folder` whose index entry differs from HEAD. `tree.headCommit` must not be null. */
export async function diffIndex(tree: WorkTree): Promise<readonly RawDifference[]> {
  const args = ['diff-index', '--cached', ...RAW, tree.headCommit ?? 'HEAD', ...BELOW];
  return parseRaw(await runGit(tree.folder, args, { config: tree.programsOff }));
}

function parseRaw(listing: Buffer): readonly RawDifference[] {
  const fields = splitNul(listing);
  const differences: RawDifference[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    // `:100644 100644 <id> <id> M`
    const [oldMode = '', newMode = '', oldId = '', , status = ''] = (fields[at] as Buffer)
      .toString('latin1')
      .split(' ');
    const name = decodeName(fields[at + 1] as Buffer);
    differences.push({ name, oldMode: oldMode.slice(1), newMode, oldId, status: status.charAt(0) });
  }
  return differences;
}

/**
 * The object ids git would give to the files at `paths` (relative to `tree.folder`, existing, regular), in their order:
 * after its own conversions of line ends and encodings, with filter programs left out.
 */
export async function hashConverted(tree: WorkTree, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  // Unlike the other commands, this one takes paths from the top of the work tree.
  const above = tree.prefix === '' ? '' : `${tree.prefix}/`;
  const input = paths.map((path) => `${quoteForStdin(above + path)}\n`).join('');
  const output = await runGit(tree.root, ['hash-object', '--stdin-paths'], { config: tree.programsOff, input });
  return output.toString('latin1').trimEnd().split('\n');
}

/** Those of `paths` that a filter program converts, according to the attributes. */
export async function pathsWithFilter(tree: WorkTree, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const input = paths.map((path) => `${path}\0`).join('');
  const fields = splitNul(await runGit(tree.folder, ['check-attr', '-z', '--stdin', 'filter'], { input }));
  const filtered = new Set<string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const value = fields[at + 2]?.toString('utf8');
    if (value !== 'unspecified' && value !== 'unset') filtered.add((fields[at] as Buffer).toString('utf8'));
  }
  return filtered;
}

/** `--stdin-paths` reads one path a line and undoes C quoting where a line starts with `"`. */
function quoteForStdin(path: string): string {
  if (!/["\\\n]/.test(path)) return path;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
