import { jsonNodeAt, type Note, type ReadonlyTree, type RepoPath, readJson } from '../../../src/authoring.ts';
import { DEPENDENCY_KINDS } from './package-manifest.ts';

/** The last version that takes zod 3, from 3.25 on; its peer is `^3.25.0 || ^4.0.0`. */
const FOR_ZOD_3 = '0.1.77';
/** The newest version that was measured; its peer is zod 4. */
const NEWEST = '0.3.330';

/**
 * The range for the new package in the way of the old one: caret, tilde, exact or at least. The numbers are never carried over. A
 * range without an upper end gets one, for minor versions of `0.x` break.
 */
export function newRange(old: string, version: string): string {
  if (!/^\d/.test(version)) return version;
  const range = old.trim();
  if (/^~\s*v?\d/.test(range) && !range.includes(' ')) return `~${version}`;
  if (/^=?\s*v?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range)) return version;
  if (/^>=?\s*v?\d[\w.-]*$/.test(range)) return `>=${version} <0.${Number(version.split('.')[1]) + 1}.0`;
  return `^${version}`;
}

/**
 * The version of the new package that fits the zod of the checkout: from `manifests`, the nearest first, else from any package.json.
 * Reads what the manifests ask for, not what is installed.
 */
export function targetVersion(tree: ReadonlyTree, manifests: readonly RepoPath[] = []): string {
  for (const path of manifests) {
    const ranges = zodRanges(tree, path);
    if (ranges.length > 0) return ranges.some(takesZod3) ? FOR_ZOD_3 : NEWEST;
  }
  const all = tree
    .paths('**/package.json', '**/{deno,import_map,import-map}.{json,jsonc}')
    .filter((path) => !path.includes('node_modules/'));
  return all.some((path) => zodRanges(tree, path).some(takesZod3)) ? FOR_ZOD_3 : NEWEST;
}

function zodRanges(tree: ReadonlyTree, path: RepoPath): readonly string[] {
  const read = readJson(tree.tryReadText(path) ?? '');
  if (read.kind === 'refused') return [];
  return [...DEPENDENCY_KINDS, 'imports'].flatMap((kind) => {
    const node = jsonNodeAt(read.document.root, [kind, 'zod']);
    return node?.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : [];
  });
}

function takesZod3(range: string): boolean {
  return range.split('||').some((part) => /^\s*(?:npm:zod@|jsr:@zod\/zod@)?[\^~=v]*\s*3(?:\D|$)|<\s*4/.test(part));
}

/** What a person should know of the version that was chosen for `manifest`. */
export function noteVersion(tree: ReadonlyTree, manifest: RepoPath, version: string): readonly Omit<Note, 'path'>[] {
  if (version === FOR_ZOD_3) {
    const tooOld = zodRanges(tree, manifest).find((range) => /^[~=v]*\s*3\.(?:\d|1\d|2[0-4])(?:\.|$)/.test(range));
    return [
      {
        severity: 'info',
        message: `zod 3 is in use here, and ${FOR_ZOD_3} is the last version of the new package that takes it (3.25 or later); from 0.2.0 on it wants zod 4`,
      },
      ...(tooOld === undefined
        ? []
        : [{ severity: 'todo' as const, message: `zod ${tooOld} is too old for the new package: move it to ^3.25.0` }]),
    ];
  }
  if (version !== NEWEST) return [];
  return [
    {
      severity: 'warning',
      message:
        'the new package wants zod 4, @anthropic-ai/sdk and @modelcontextprotocol/sdk beside it (npm adds them by itself, pnpm and yarn may not), ' +
        'and runs a program that comes as an optional package: mind --omit=optional, bundlers, single-file builds and offline mirrors',
    },
  ];
}
