import type { RepoPath } from '../../base/repo-path.ts';
import { type ComposeMount, changeMountTarget } from '../../editors/compose.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { type CheckContext, defineCheck, type Finding, type Fix } from '../define.ts';
import { NEW_LOGIN, OLD_LOGIN } from '../project/compose-evidence.ts';
import { readProject } from '../project.ts';

const ID = 'S14-compose-auth-volume';

/** A mount of a service that runs the provider. */
interface Place {
  readonly path: RepoPath;
  readonly text: string;
  readonly service: string;
  readonly mount: ComposeMount;
  /** Where the service, or the image, tells the claude command to look. */
  readonly configDirs: readonly string[];
}

/** The login is kept where the base image has it. */
export const composeAuthVolume = defineCheck<readonly Place[]>({
  id: ID,
  title: 'The login volume is mounted where the user claude has it',
  severity: 'error',
  description:
    `The base image runs as the user claude and keeps its login in ${NEW_LOGIN}. A volume at ${OLD_LOGIN}, where the root container had it, ` +
    'is never read, and the login is gone with every new container. Judged are services that run the provider; anything else below /root there is a warning.',
  examples: { bad: `volumes:\n  - claude-auth:${OLD_LOGIN}`, good: `volumes:\n  - claude-auth:${NEW_LOGIN}` },
  select: (tree, ctx) => {
    const places = mountsOf(tree, ctx);
    return places.length === 0
      ? { kind: 'skip', why: 'no compose file mounts anything into the provider' }
      : { kind: 'applies', input: places };
  },
  run: (places) => places.flatMap(judge),
});

function mountsOf(tree: ReadonlyTree, ctx: CheckContext): readonly Place[] {
  const { compose: project, dockerfile } = readProject(tree, ctx);
  const ofImage = dockerfile.kind === 'read' ? dockerfile.stage.env : [];
  return project.files.flatMap(({ path, text, compose, providers }) =>
    compose.services
      .filter(({ name }) => providers.has(name))
      .flatMap(({ name, mounts, environment }) => {
        const set = [...ofImage, ...environment].filter((one) => one.name === 'CLAUDE_CONFIG_DIR');
        const configDirs = set.map(({ value }) => value ?? '');
        return mounts.map((mount) => ({ path, text, service: name, mount, configDirs }));
      }),
  );
}

/** A folder of that name in a home that the base does not have. */
function isStranger(target: string, configDirs: readonly string[]): boolean {
  return /^\/home\/[^/]+\/\.claude$/.test(target) && target !== NEW_LOGIN && !configDirs.includes(target);
}

function stranger({ path, service, mount }: Place, target: string): Finding {
  return {
    check: ID,
    severity: 'warn',
    message: `${service} keeps a login in a home that the base image does not have`,
    expected: NEW_LOGIN,
    seen: target,
    subject: `${service} ${target}`,
    path,
    line: mount.target.line,
    failureMode: 'FM-10',
    next: `change the target to ${NEW_LOGIN}`,
  };
}

function judge(place: Place): readonly Finding[] {
  const { path, service, mount, configDirs } = place;
  const target = (mount.target.resolved ?? mount.target.text).replace(/(?<=.)\/+$/, '');
  if (isStranger(target, configDirs)) return [stranger(place, target)];
  if (target !== '/root' && !target.startsWith('/root/')) return [];
  const isLogin = target === OLD_LOGIN;
  const fix = isLogin ? fixFor(place) : null;
  return [
    {
      check: ID,
      severity: isLogin ? 'error' : 'warn',
      message: isLogin
        ? `${service} keeps its login where the user claude never looks`
        : `${service} mounts below /root, which the user claude cannot read`,
      expected: isLogin ? NEW_LOGIN : 'a target below /home/claude or /app',
      seen: target,
      subject: `${service} ${target}`,
      path,
      line: mount.target.line,
      failureMode: 'FM-10',
      next: isLogin
        ? `change the target to ${NEW_LOGIN}${
            // A folder of the host belongs to whoever uses it there.
            mount.type === 'volume'
              ? '; a volume that root wrote needs once: ' +
                `docker compose run --rm --user root --entrypoint chown ${service} -R claude:claude ${NEW_LOGIN}`
              : ''
          }`
        : 'move the target, or take the mount out',
      ...(fix === null ? {} : { fix }),
    },
  ];
}

function fixFor({ path, text, service }: Place): Fix | null {
  const outcome = changeMountTarget(text, { service, from: OLD_LOGIN, to: NEW_LOGIN });
  return outcome.kind === 'edits' ? { kind: 'edit', path, edits: outcome.edits } : null;
}
