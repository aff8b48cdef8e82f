import { defineStep, type Note, type ReadonlyTree, type RepoPath, readJson } from '../../../src/authoring.ts';
import { type ManifestEdits, type Move, moveInManifest } from '../manifests/package-manifest.ts';
import { targetVersion } from '../manifests/ranges.ts';
import { isManifest, manifestsAbove, readUsage } from '../manifests/usage.ts';
import type { AgentSdkParams } from '../params.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { OLD_PACKAGE } from '../typescript/names.ts';

interface Findings {
  readonly manifests: readonly (ManifestEdits & { readonly path: RepoPath })[];
  readonly notes: readonly Note[];
}

/** Lists the new package where the code that a package.json answers for imports it. */
export const moveNpmPackages = defineStep<AgentSdkParams, Findings>({
  id: 'move-npm-packages',
  title: 'List the Agent SDK in package.json',
  description:
    'Replaces the package in every section of a package.json whose code imports the SDK, with the range that the zod of the checkout allows. Where the ' +
    'claude program of the old package is used too, the old entry stays and the new one is added. A package that nothing imports is left alone.',
  version: 1,
  select: async (tree, { params }) => {
    const manifests = (await tree.search([OLD_PACKAGE])).filter((path) => isManifest(path) && !isInstalled(path));
    if (manifests.length === 0) return { kind: 'done', why: 'no package.json lists the old package' };
    return { kind: 'applies', input: await readManifests(tree, manifests, params) };
  },
  run: ({ manifests, notes }, tree, ctx) => {
    for (const { path, edits } of manifests) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});

async function readManifests(
  tree: ReadonlyTree,
  manifests: readonly RepoPath[],
  params: AgentSdkParams,
): Promise<Findings> {
  const listed = new Set(manifests);
  const usage = await readUsage(tree);
  const found: (ManifestEdits & { readonly path: RepoPath })[] = [];
  const notes: Note[] = [];
  for (const path of manifests) {
    const read = readJson(tree.tryReadText(path) ?? '');
    if (read.kind === 'refused') {
      notes.push({
        severity: 'todo',
        path,
        line: read.line,
        message: `cannot be read (${read.why}): move ${OLD_PACKAGE} by hand`,
      });
      continue;
    }
    const own = usage.filter((file) => manifestsAbove(file.path, listed)[0] === path);
    if (!own.some((file) => file.new)) continue;
    const left = own.find((file) => file.old);
    const move: Move = left === undefined ? { kind: 'replace' } : { kind: 'add', why: `${left.path} still imports it` };
    const version =
      params.npmRange ?? targetVersion(tree, manifestsAbove(path, new Set(tree.paths('**/package.json'))));
    const moved = moveInManifest({ path, document: read.document, move, version });
    found.push({ path, ...moved });
    notes.push(...moved.notes);
  }
  return { manifests: found, notes };
}
