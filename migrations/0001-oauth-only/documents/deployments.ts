import {
  compileGlobs,
  composeFiles,
  finalStage,
  HISTORY_GLOBS,
  imageLayout,
  indexLines,
  NEW_LOGIN,
  type Note,
  type ReadonlyTree,
  type RepoPath,
  readDockerfile,
} from '../../../src/authoring.ts';
import { findAuthMentions } from '../auth-mentions.ts';
import { chooseDockerfile, isBaseImage } from '../old-dockerfile.ts';
import { LAUNCHERS } from '../steps/report-orphans.ts';

/** What says how the image is run, beside compose: Kubernetes, charts, hosts, dev containers, workflows, scripts, proxies. */
const DEPLOYMENTS = [
  '**/*.{yml,yaml,toml,tf,hcl,nomad,service,conf,sh,bash}',
  '**/{railway,app,captain-definition}.json',
  '**/{devcontainer,.devcontainer}*.json',
  '**/Procfile',
];
const LEFT_OUT = ['**/node_modules/**', '**/{.venv,venv,vendor}/**', '**/[Tt]askfile.{yml,yaml}'];
/** What these files are searched for. */
export const DEPLOYMENT_WORDS = ['/root/.claude', '/auth', ...LAUNCHERS];
const COMMENT = /^\s*(?:#|\/\/|;)/;

/** What deployment files say of the old image: the home of root, the pages of the login, and launchers that are not in the new image. */
export async function noteDeployments(tree: ReadonlyTree, dockerfile: string | undefined): Promise<readonly Note[]> {
  const isDeployment = compileGlobs([...DEPLOYMENTS]);
  const isLeftOut = compileGlobs([...HISTORY_GLOBS, ...LEFT_OUT]);
  const compose = new Set(composeFiles(tree));
  const found = (await tree.search(DEPLOYMENT_WORDS)).filter(
    (path) => isDeployment(path) && !isLeftOut(path) && !compose.has(path) && tree.mode(path) !== 'link',
  );
  if (found.length === 0) return [];
  const inImage = filesOfNewImage(tree, dockerfile);
  return found.flatMap((path) => {
    const text = LAUNCHERS.includes(path) ? null : tree.tryReadText(path);
    return text === null ? [] : notesOn(path, text, inImage);
  });
}

/** The paths of the files that the new image is given; null where the Dockerfile is not on the base. */
function filesOfNewImage(tree: ReadonlyTree, wanted: string | undefined): ReadonlySet<string> | null {
  const choice = chooseDockerfile(tree, wanted);
  const text = choice.kind === 'one' ? tree.tryReadText(choice.path) : null;
  const stage = text === null ? null : finalStage(readDockerfile(text));
  if (stage === null || stage.kind === 'none' || !isBaseImage(stage.base.reference)) return null;
  return new Set(imageLayout(stage.copies, tree.paths()).map(({ image }) => image));
}

const LAUNCHER = /(?<![\w.$}-])(?:\/[\w.-]+)+\/(?:entrypoint\.sh|startup\.py)(?![\w.-])/g;

function notesOn(path: RepoPath, text: string, inImage: ReadonlySet<string> | null): readonly Note[] {
  const lines = indexLines(text);
  const byLine = new Map<number, string>();
  const add = (at: number, message: string): void => {
    const line = lines.lineAt(at);
    const source = text.slice(lines.startOf(line)).split('\n', 1)[0] ?? '';
    if (!COMMENT.test(source) && !byLine.has(line)) byLine.set(line, message);
  };
  for (const { kind, start, text: named } of findAuthMentions(text, () => false)) {
    if (kind === 'web-page') add(start, `asks for ${named}, a page of the removed login`);
    if (kind === 'root-path') add(start, `names ${named}: the new image keeps its login in ${NEW_LOGIN}`);
  }
  for (const match of text.matchAll(LAUNCHER)) {
    if (inImage?.has(match[0]) === false) add(match.index, `starts ${match[0]}, which the new image does not have`);
  }
  return [...byLine].sort(([a], [b]) => a - b).map(([line, message]) => ({ severity: 'todo', path, line, message }));
}
