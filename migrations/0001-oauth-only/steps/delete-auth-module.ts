import { compileGlobs, defineStep, HISTORY_GLOBS, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { AUTH_MODULE, findAuthImporters, startupScripts, whyNotAuthModule } from '../auth-module.ts';
import type { OauthOnlyParams } from '../params.ts';

interface Importer {
  readonly path: RepoPath;
  readonly line: number;
}

interface AuthModules {
  readonly modules: readonly RepoPath[];
  /** Files that still import a deleted module when the run is over. */
  readonly leftBehind: readonly Importer[];
}

/** The modules that may be the web login: at the root, and where the startup script imports it from. */
async function findCandidates(tree: ReadonlyTree) {
  const importers = await findAuthImporters(tree);
  const startup = startupScripts(importers);
  const isHistory = compileGlobs([...HISTORY_GLOBS]);
  const paths = new Set([...tree.paths(`${AUTH_MODULE}.py`), ...startup.flatMap(({ files }) => files)]);
  return { importers, startup, paths: [...paths].filter((path) => !isHistory(path)).sort() };
}

/** Deletes the module that logs in to Claude through a web page, recognised by what it does. */
export const deleteAuthModule = defineStep<OauthOnlyParams, AuthModules>({
  id: 'delete-auth-module',
  title: 'Delete the web login module',
  description:
    `Deletes ${AUTH_MODULE}.py at the root, or where the startup script imports it from, when it defines add_auth_routes and ` +
    'registers pages under /auth. A file of that name that does something else stays, with a note; so do copies in archive folders.',
  version: 1,
  needs: ['python'],
  select: async (tree, ctx) => {
    const { importers, startup, paths } = await findCandidates(tree);
    if (paths.length === 0) return { kind: 'done', why: `there is no ${AUTH_MODULE}.py` };
    const modules: RepoPath[] = [];
    for (const path of paths) {
      const text = tree.tryReadText(path);
      const why = text === null ? 'it is no text file' : whyNotAuthModule(text);
      if (why === null) modules.push(path);
      else ctx.note({ severity: 'todo', path, message: `left alone, it is not the web login: ${why}` });
    }
    if (modules.length === 0) return { kind: 'skip', why: `${paths.join(', ')} is not the web login` };
    const leftBehind = importers.filter(
      ({ path, files }) =>
        !startup.some((script) => script.path === path) &&
        !modules.includes(path) &&
        files.some((file) => modules.includes(file)),
    );
    return { kind: 'applies', input: { modules, leftBehind } };
  },
  run: ({ modules, leftBehind }, tree, ctx) => {
    for (const path of modules) tree.delete(path);
    for (const { path, line } of leftBehind) {
      ctx.note({ severity: 'todo', path, line, message: `imports ${modules.join(', ')}, which is deleted` });
    }
  },
});
