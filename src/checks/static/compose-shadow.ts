import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import type { ComposeMount } from '../../editors/compose.ts';
import { resolveImagePath } from '../../editors/dockerfile.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import { type ComposeReading, type PlacedFile, type Project, readProject } from '../project.ts';

const ID = 'S15-compose-shadow';

interface Input {
  readonly project: Project;
  readonly files: readonly ComposeReading[];
}

/** What a mount does to the files below its target. */
interface Verdict {
  /** In a word. */
  readonly kind: 'empty' | 'kept' | 'foreign' | 'lost' | 'covered';
  readonly severity: 'error' | 'warn';
  readonly message: string;
  readonly seen: string;
}

/** No mount hides what the image was built with. */
export const composeShadow = defineCheck<Input>({
  id: ID,
  title: 'No mount hides what the image was built with',
  severity: 'error',
  description:
    'A mount over a folder that the Dockerfile copies hides the copy: the container runs whatever lies in the checkout of the day. When the source ' +
    'does not exist, Docker makes an empty folder that belongs to root, and the configuration is gone. All files that Compose loads by itself are ' +
    'read, the override too, and those that scripts list with -f.',
  examples: {
    bad: 'volumes:\n  - ./config:/app/config:ro   # over COPY config/ /app/config/',
    good: 'volumes:\n  - claude-auth:/home/claude/.claude',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const files = project.composeFiles.filter(
      ({ loaded, providerServices }) => loaded !== 'other' && providerServices.length > 0,
    );
    if (project.imageLayout.size === 0) return { kind: 'skip', why: 'no Dockerfile here copies files of the checkout' };
    if (files.length === 0) return { kind: 'skip', why: 'no compose file that is loaded runs the provider' };
    return { kind: 'applies', input: { project, files } };
  },
  run: ({ project, files }, tree) =>
    files.flatMap((file) =>
      file.providerServices.flatMap((service) =>
        service.mounts.flatMap((mount) => {
          const target = resolveImagePath('/', mount.target.resolved ?? mount.target.text);
          const hidden = [...project.imageLayout.values()].filter(
            ({ image }) => image === target || image.startsWith(target === '/' ? '/' : `${target}/`),
          );
          const verdict = hidden.length === 0 ? null : judge(file.path, mount, target, hidden, project, tree);
          return verdict === null ? [] : [finding(file, mount, target, verdict)];
        }),
      ),
    ),
});

function judge(
  compose: RepoPath,
  mount: ComposeMount,
  target: string,
  hidden: readonly PlacedFile[],
  project: Project,
  tree: ReadonlyTree,
): Verdict {
  const what = `${target} of the image (${hidden.length} ${hidden.length === 1 ? 'file' : 'files'})`;
  const written = mount.source?.text ?? '';
  if (mount.type === 'tmpfs') {
    return { kind: 'empty', severity: 'error', message: `an empty tmpfs hides ${what}`, seen: `tmpfs on ${target}` };
  }
  if (mount.type !== 'bind' || mount.source === null) {
    const message = `a volume hides ${what}: it keeps the files of the image that first filled it`;
    return { kind: 'kept', severity: 'warn', message, seen: `${written}:${target}` };
  }
  const seen = `${written}:${target}`;
  const source = resolveIn(parentOf(compose), mount.source.resolved ?? mount.source.text);
  if (source === null || /[$~]/.test(mount.source.resolved ?? written)) {
    const isRoot = /^\.?\/*$/.test(mount.source.resolved ?? written) && parentOf(compose) === null;
    if (isRoot) return { kind: 'covered', severity: 'warn', message: `the checkout hides ${what}`, seen };
    return { kind: 'foreign', severity: 'warn', message: `a folder outside of the checkout hides ${what}`, seen };
  }
  if (!tree.has(source) && !tree.hasFolder(source)) {
    const message = `${source} does not exist here: Docker makes an empty folder that hides ${what}`;
    return { kind: 'empty', severity: 'error', message, seen };
  }
  const lost = hidden.filter(({ image }) => {
    const path = image === target ? source : resolveIn(source, image.slice(target.length + 1));
    return path === null || !(tree.has(path) || (image === target && tree.hasFolder(path)));
  });
  const [only] = lost.filter((file) => !isElsewhere(file, target, project));
  if (only !== undefined) {
    const message = `the mount hides ${only.image}, which only the image has: ${source} has no such file`;
    return { kind: 'lost', severity: 'error', message, seen };
  }
  return {
    kind: 'covered',
    severity: 'warn',
    message: `the mount hides ${what} behind the files of the checkout`,
    seen,
  };
}

/** Whether the same file of the checkout stands in the image under another folder too. */
function isElsewhere({ path, image }: PlacedFile, target: string, { imageLayout }: Project): boolean {
  return [...imageLayout.values()].some(
    (other) => other.path === path && other.image !== image && !other.image.startsWith(`${target}/`),
  );
}

function finding(file: ComposeReading, mount: ComposeMount, target: string, verdict: Verdict): Finding {
  const { listing } = file;
  const by = file.loaded === 'listed' && listing !== null ? ` (loaded by ${listing.by}:${listing.line})` : '';
  return {
    check: ID,
    severity: verdict.severity,
    message: `${verdict.message}${by}`,
    expected: `no mount over ${target}, which the Dockerfile copies`,
    seen: verdict.seen,
    subject: `${verdict.kind} ${target}`,
    path: file.path,
    line: mount.line,
    failureMode: 'FM-09',
    next: `remove the line, or move it to an override that is named with -f only`,
  };
}
