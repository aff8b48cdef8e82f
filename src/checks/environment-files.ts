/** Pure: the environment files of a checkout and the names in them that decide about the login. */
import { nameOf, parentOf, type RepoPath } from '../base/repo-path.ts';
import { type DotenvFile, readDotenv } from '../editors/dotenv.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { liveFiles } from './live-files.ts';
import { composeFiles } from './project/compose-evidence.ts';

/** What the container logs in with. */
export const TOKEN_NAME = 'CLAUDE_CODE_OAUTH_TOKEN';

/** Names that the claude command prefers to the OAuth token. */
export const OUTRANKING_NAMES: ReadonlySet<string> = new Set([
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_VERTEX',
]);

/** An environment file of the checkout, read. */
export interface EnvironmentFile {
  readonly path: RepoPath;
  readonly file: DotenvFile;
  /** Made to be copied; the values in it are placeholders. */
  readonly isExample: boolean;
  /** Not one of several for a purpose of their own (`.env.webui.example`). */
  readonly isMain: boolean;
}

const MAIN =
  /^(?:\.?env|\.env\.(?:example|sample|template|dist)|(?:example|sample|template)\.env|env\.(?:example|sample|template|dist))$/;
const EXAMPLE = /(?:^|\.)(?:example|sample|template|dist)(?:\.|$)/;

/** The environment files at the root and beside a compose file, examples included. */
export function environmentFiles(tree: ReadonlyTree): readonly EnvironmentFile[] {
  const folders = new Set<RepoPath | null>([null, ...composeFiles(tree).map(parentOf)]);
  return liveFiles(tree, '**/.env', '**/.env.*', '**/*.env', '**/env.*')
    .filter(({ path }) => folders.has(parentOf(path)) && !/\.(?:[cm]?[jt]s|py|sh|d)$/.test(path))
    .map(({ path, text }) => ({
      path,
      file: readDotenv(text),
      isExample: EXAMPLE.test(nameOf(path)),
      isMain: MAIN.test(nameOf(path)),
    }));
}
