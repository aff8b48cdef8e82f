import {
  compileGlobs,
  defineStep,
  findMentions,
  HISTORY_GLOBS,
  type Mention,
  nameOf,
  type ReadonlyTree,
  type RepoPath,
} from '../../../src/authoring.ts';
import { scriptPurpose } from '../login-script.ts';
import type { OauthOnlyParams } from '../params.ts';

interface LoginScripts {
  readonly remove: readonly RepoPath[];
  readonly referenced: readonly { readonly path: RepoPath; readonly by: Mention }[];
  readonly mixed: readonly { readonly path: RepoPath; readonly also: string }[];
  readonly others: readonly RepoPath[];
}

/** Deletes scripts whose only purpose is the removed login; everything else beside them stays and is named. */
export const deleteAuthScripts = defineStep<OauthOnlyParams, LoginScripts>({
  id: 'delete-auth-scripts',
  title: 'Delete scripts that only log in through the container',
  description:
    'Deletes shell scripts in scripts/ and at the root whose commands do nothing but log in to Claude through the container. ' +
    'A script that something else runs or copies stays and the place is named; a script that also does other work stays and is named. ' +
    'Scripts that have nothing to do with the login are left alone.',
  version: 1,
  select: async (tree) => {
    const found = await sortScripts(tree);
    if (found.remove.length + found.referenced.length + found.mixed.length === 0) {
      return { kind: 'done', why: 'no script logs in through the container' };
    }
    return { kind: 'applies', input: found };
  },
  run: (found, tree, ctx) => {
    for (const path of found.remove) tree.delete(path);
    for (const { path, by } of found.referenced) {
      ctx.note({ severity: 'todo', path, message: `kept, though it only logs in: ${by.path}:${by.line} refers to it` });
    }
    for (const { path, also } of found.mixed) {
      ctx.note({ severity: 'todo', path, message: `kept: it logs in through the container, and also runs: ${also}` });
    }
    if (found.remove.length > 0 && found.others.length > 0) {
      ctx.note({ severity: 'info', message: `kept, not about the login: ${found.others.join(', ')}` });
    }
  },
});

async function sortScripts(tree: ReadonlyTree): Promise<LoginScripts> {
  const inHistory = compileGlobs([...HISTORY_GLOBS]);
  const candidates: RepoPath[] = [];
  const mixed: { path: RepoPath; also: string }[] = [];
  const others: RepoPath[] = [];
  for (const path of tree.paths('scripts/**', '*.sh')) {
    if (inHistory(path) || tree.mode(path) === 'link') continue;
    const text = tree.tryReadText(path);
    const purpose = text !== null && isShell(path, text) ? scriptPurpose(text) : ({ kind: 'other' } as const);
    if (purpose.kind === 'login-only') candidates.push(path);
    else if (purpose.kind === 'mixed') mixed.push({ path, also: purpose.also });
    else if (path.startsWith('scripts/')) others.push(path);
  }
  const references = await referencesTo(tree, candidates);
  return {
    remove: candidates.filter((path) => !references.has(path)),
    referenced: candidates.flatMap((path) => {
      const by = references.get(path);
      return by === undefined ? [] : [{ path, by }];
    }),
    mixed,
    others,
  };
}

function isShell(path: RepoPath, text: string): boolean {
  return /\.(sh|bash)$/.test(path) || /^#!.*\b(ba|da|z)?sh\b/.test(text);
}

/** The first place that runs or copies each script. Login scripts that only call each other go together. */
async function referencesTo(tree: ReadonlyTree, scripts: readonly RepoPath[]): Promise<ReadonlyMap<RepoPath, Mention>> {
  const references = new Map<RepoPath, Mention>();
  const words = scripts.map((path) => ({ name: nameOf(path), kind: 'path' as const }));
  for (const mention of await findMentions(tree, words)) {
    if (!mention.loadBearing || mention.inComment || scripts.includes(mention.path)) continue;
    for (const path of scripts)
      if (nameOf(path) === mention.name && !references.has(path)) references.set(path, mention);
  }
  return references;
}
