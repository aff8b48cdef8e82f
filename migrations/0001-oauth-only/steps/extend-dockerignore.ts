import {
  addIgnoreLines,
  defineStep,
  isIgnored,
  parentOf,
  providerPlaces,
  type ReadonlyTree,
  type RepoPath,
  readIgnoreFile,
  repoPath,
  resolveIn,
} from '../../../src/authoring.ts';
import { applyOutcome } from '../apply-outcome.ts';
import { containerState, notReplacing, readOwnCompose } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';
import { ENTRYPOINT_PATH } from './write-entrypoint.ts';

const PATH = repoPath('.dockerignore');

/** Stands for every environment file; a line that lets a named one through is somebody's own decision. */
const ANY_ENV = '.env.any-other';

/** Keeps secrets and history out of the build context. */
export const extendDockerignore = defineStep<OauthOnlyParams, string>({
  id: 'extend-dockerignore',
  title: 'Keep secrets and history out of the build context',
  description:
    'Creates .dockerignore, or adds to its end what it does not cover yet: .git, .env* (the example stays in) and the other environment files that compose loads for the proxy. Lines that are there are not changed, ' +
    'and a line that brings back the new entrypoint script is added only when an older one hides it.',
  version: 1,
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile is replaced' };
    const before = tree.tryReadText(PATH);
    if (before === null && tree.has(PATH))
      return { kind: 'refuse', why: 'not a text file that can be edited', path: PATH };
    const after = extend(before ?? '', environmentFiles(tree, ctx.params.dockerfile));
    return after === before
      ? { kind: 'done', why: `${PATH} covers secrets and history` }
      : { kind: 'applies', input: after };
  },
  run: (text, tree) => {
    if (tree.has(PATH)) tree.overwrite(PATH, text);
    else tree.create(PATH, text);
  },
});

/** The environment files that compose loads for the proxy and that are no example. */
function environmentFiles(tree: ReadonlyTree, dockerfile: string | undefined): readonly RepoPath[] {
  const files = providerPlaces(readOwnCompose(tree, dockerfile)).flatMap(({ file, service }) =>
    service.envFiles.flatMap(({ path }) => resolveIn(parentOf(file.path), path.resolved ?? '') ?? []),
  );
  return [...new Set(files)].filter((path) => !/example|sample|template/.test(path)).sort();
}

function extend(text: string, environment: readonly RepoPath[]): string {
  const { patterns } = readIgnoreFile(text);
  const covers = (path: string): boolean => isIgnored(patterns, path, 'docker');
  const lines: string[] = [];
  if (!covers('.git/config')) lines.push('.git');
  if (!covers('.env') || !covers(ANY_ENV)) {
    lines.push('.env*');
    // The last line that matches decides, so the exception follows the rule it is for.
    if (!covers('.env.example')) lines.push('!.env.example');
  }
  lines.push(...environment.filter((path) => !covers(path) && !/^\.env/.test(path)));
  if (covers(ENTRYPOINT_PATH)) lines.push(`!${ENTRYPOINT_PATH}`);
  const outcome = addIgnoreLines(readIgnoreFile(text), lines, true);
  return applyOutcome(text, outcome, PATH);
}
