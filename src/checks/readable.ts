/** Pure: whether the files that the checks are about can be read at all. */
import { RefitError } from '../base/errors.ts';
import { compileGlobs } from '../base/glob.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
import { textLimitProblem } from '../tree/text-limits.ts';
import type { LeftAlone, ReadonlyTree } from '../tree/tree.ts';
import { type CheckContext, defineCheck } from './define.ts';
import { readProject } from './project.ts';

const ID = 'refit-readable';

/** Files that steer image and service, wherever the checkout's own folder is. */
const STEERING = [
  '{Dockerfile,Containerfile}{,.*}',
  '*.dockerignore',
  '{docker-,}compose*.{yml,yaml}',
  '.env*.example',
  'requirements*.txt',
];
/** Files that the image runs or loads; deeper ones are read by the checks that need them. */
const IN_IMAGE = ['*.{py,sh,yml,yaml}', '*/*.{py,sh,yml,yaml}'];

const steers = compileGlobs(STEERING);

/**
 * The check that ends as `errored` when a file that others read is binary, too large or not readable: they would take it
 * for one that is not there. `leftAlone` are the files that the tree does not show.
 */
export function readableFiles(leftAlone: readonly LeftAlone[]) {
  return defineCheck<readonly string[]>({
    id: ID,
    title: 'The files that steer image and service can be read',
    severity: 'error',
    description:
      'A Dockerfile, compose file, requirements file, example environment file or script that is binary, larger than 10 MiB or not readable looks to every ' +
      'check as if it were not there, and would pass; so does a compose file that is no YAML, and a manifest of packages that is no TOML. So the answer is incomplete (exit 6) until the file is text again or gone.',
    examples: { bad: 'docker-compose.yml is UTF-16', good: 'docker-compose.yml is UTF-8' },
    select: (tree, ctx) => ({ kind: 'applies', input: unreadable(tree, ctx, leftAlone) }),
    run: (problems) => {
      if (problems.length === 0) return [];
      throw new RefitError(`cannot be read: ${problems.slice(0, 5).join(', ')}${problems.length > 5 ? ', …' : ''}`);
    },
  });
}

function unreadable(tree: ReadonlyTree, ctx: CheckContext, leftAlone: readonly LeftAlone[]): readonly string[] {
  const hidden = leftAlone.filter(({ path, reason }) => reason !== 'submodule' && steers(path));
  const { imageLayout } = readProject(tree, ctx);
  const inImage = new Set<string>([...imageLayout.values()].map(({ path }) => path));
  const read = new Set<RepoPath>([
    ...tree.paths(...STEERING),
    ...tree.paths(...IN_IMAGE).filter((path) => inImage.has(path)),
    ...(ctx.dockerfile === undefined ? [] : [ctx.dockerfile]),
  ]);
  const { compose, brokenManifests } = readProject(tree, ctx);
  const broken = compose.unreadable
    .filter(({ role }) => role !== 'other')
    .map(({ path, line, why }) => `${path}:${line} (${why})`);
  const binary = [...read].filter((path) => tree.mode(path) !== 'link' && tree.tryReadText(path) === null);
  return [
    ...hidden.map(({ path, reason }) => `${path} (${reason})`),
    ...binary.map((path) => `${path} (${whyUnread(tree, path)})`),
    ...[...broken, ...brokenManifests].sort(),
  ];
}

function whyUnread(tree: ReadonlyTree, path: RepoPath): string {
  const text = decodeText(tree.readBytes(path));
  return (text === null ? null : textLimitProblem(path, text)) ?? 'not UTF-8 text';
}
