import {
  addVariable,
  commentOut,
  defineStep,
  parentOf,
  providerPlaces,
  type ReadonlyTree,
  type RepoPath,
  readDotenv,
  resolveIn,
} from '../../../src/authoring.ts';
import { applyOutcome } from '../apply-outcome.ts';
import { containerState, notReplacing, readOwnCompose } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';

const EXAMPLES = [
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  'env.example',
  'env.sample',
  'example.env',
];
const OTHER_EXAMPLES = ['*env*.{example,sample,template,dist}', 'docker/*env*.{example,sample,template,dist}'];
const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';
const COMMENT = 'REQUIRED: Claude OAuth token, printed by `claude setup-token` (one line, no quotes)';
/** Names that the claude command prefers to the OAuth token, an empty value included. */
const OUTRANKING = new Set([
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_VERTEX',
]);

/** Names the token in the example of the environment file, and takes away what would outrank it. */
export const extendEnvExample = defineStep<OauthOnlyParams, readonly RepoPath[]>({
  id: 'extend-env-example',
  title: 'Name the OAuth token in the example environment file',
  description:
    `Adds ${TOKEN}= with one comment line after LITELLM_MASTER_KEY, or at the end, and comments out the empty keys that outrank it. ` +
    'Order, comments and all other lines stay; a key with a value stays and is named. Without an example file nothing is created.',
  version: 1,
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile is replaced' };
    const examples = findExamples(tree, ctx.params.dockerfile);
    if (examples.length === 0) return { kind: 'skip', why: 'there is no example environment file' };
    const stale = examples.filter((path) => {
      const text = tree.tryReadText(path);
      return text !== null && extend(text, path) !== text;
    });
    return stale.length === 0
      ? { kind: 'done', why: `${examples.join(', ')} names the token` }
      : { kind: 'applies', input: stale };
  },
  run: (paths, tree, ctx) => {
    for (const path of paths) {
      tree.overwrite(path, extend(tree.readText(path), path));
      for (const { name, line } of readDotenv(tree.readText(path)).entries) {
        if (!OUTRANKING.has(name)) continue;
        ctx.note({
          severity: 'warning',
          path,
          line,
          message: `${name} outranks ${TOKEN}: leave it out of .env to use the token`,
        });
      }
    }
  },
});

/** The example files by their usual names, and those of a file that compose loads for the proxy or that the README names. */
function findExamples(tree: ReadonlyTree, dockerfile: string | undefined): readonly RepoPath[] {
  const usual = new Set<string>(tree.paths(...EXAMPLES));
  const loaded = new Set<string>(
    providerPlaces(readOwnCompose(tree, dockerfile)).flatMap(({ file, service }) =>
      service.envFiles.flatMap(({ path }) => resolveIn(parentOf(file.path), path.resolved ?? '') ?? []),
    ),
  );
  const readme = tree
    .paths('[Rr][Ee][Aa][Dd][Mm][Ee]*')
    .map((path) => tree.tryReadText(path) ?? '')
    .join('\n');
  const isNamed = (path: RepoPath): boolean =>
    loaded.has(path.replace(/\.\w+$/, '')) ||
    new RegExp(`(?<![\\w./-])${escapeForRegExp(path)}(?![\\w-])`).test(readme);
  const others = tree.paths(...OTHER_EXAMPLES).filter((path) => tree.mode(path) !== 'link' && isNamed(path));
  return [...new Set([...(usual as Set<RepoPath>), ...others])].sort();
}

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function extend(text: string, path: RepoPath): string {
  const file = readDotenv(text);
  const empty = file.entries.filter(({ name, value }) => OUTRANKING.has(name) && value === '');
  const quiet = applyOutcome(text, commentOut(file, empty), path);
  const again = readDotenv(quiet);
  return applyOutcome(
    quiet,
    addVariable(again, { name: TOKEN, value: '', comment: COMMENT, after: 'LITELLM_MASTER_KEY' }),
    path,
  );
}
