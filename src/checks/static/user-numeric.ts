import { defineCheck } from '../define.ts';
import { dockerfileOnBase, type JudgedDockerfile, readProject } from '../project.ts';

const ID = 'S04-user-numeric';

/** The user of the image is a number. */
export const userNumeric = defineCheck<JudgedDockerfile>({
  id: ID,
  title: 'The user of the image is a number',
  severity: 'info',
  description:
    'Kubernetes refuses to start a container with runAsNonRoot when its image names its user by name: it cannot tell that claude is not root. The ' +
    'base gives claude the number 1001 but does not promise it, so compare with `id -u` in the image before writing it down. Where the image is ' +
    'never run there, waive this.',
  examples: { bad: 'USER claude', good: 'USER 1001:1001' },
  select: (tree, ctx) => {
    const judged = dockerfileOnBase(readProject(tree, ctx));
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: judged };
  },
  run: ({ path, stage }) => {
    const { lastUser, base } = stage;
    const user = lastUser?.value ?? 'claude';
    // Root has a check of its own.
    if (/^\d+(?::|$)/.test(user) || /^root(?::|$)/.test(user)) return [];
    return [
      {
        check: ID,
        severity: 'info',
        message: 'the user of the image is a name, which Kubernetes cannot tell from root',
        expected: 'USER 1001:1001, the numbers of claude in the base',
        seen: lastUser === null ? 'no USER line, so the user claude of the base' : `USER ${user}`,
        subject: 'user',
        path,
        line: lastUser?.line ?? base.line,
        failureMode: 'FM-25',
        next: 'docker run --rm --entrypoint id IMAGE -u',
      },
    ];
  },
});
