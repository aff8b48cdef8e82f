import type { RepoPath } from '../../base/repo-path.ts';
import { defineCheck, type Finding } from '../define.ts';
import { dockerfileOnBase, type JudgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S03-user-final';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

/** The container does not run as root. */
export const userFinal = defineCheck<Input>({
  id: ID,
  title: 'The container does not run as root',
  severity: 'error',
  securitySeverity: 6,
  description:
    'The base runs as claude, and its login lives in the home of claude. A build has to become root to install packages; without a USER line after ' +
    'that, the server runs as root, looks for its login in /root, and the claude command refuses to skip permission prompts.',
  examples: {
    bad: 'USER root\nRUN pip install --no-cache-dir -r requirements.txt\nCMD ["litellm"]',
    good: 'USER root\nRUN pip install --no-cache-dir -r requirements.txt\nUSER claude\nCMD ["litellm"]',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = dockerfileOnBase(project);
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }) => {
    const findings: Finding[] = [];
    const { lastUser } = judged.stage;
    if (lastUser !== null && isRoot(lastUser.value) && !dropsRoot(project)) {
      findings.push(
        finding(
          judged.path,
          lastUser.line,
          `USER ${lastUser.value}`,
          'add USER claude below the last step that needs root',
        ),
      );
    }
    for (const { path, loaded, providerServices } of project.composeFiles) {
      if (loaded === 'other') continue;
      for (const { user, name } of providerServices) {
        const value = user?.resolved ?? user?.text ?? '';
        if (user === null || !isRoot(value)) continue;
        findings.push(finding(path, user.line, `user: ${value}`, `remove user: from the service ${name}`));
      }
    }
    return findings;
  },
});

/** Whether a script of the start goes on as another user: `exec gosu claude …`. */
function dropsRoot({ start }: Project): boolean {
  const commands = [
    ...(start?.entrypoint == null ? [] : [start.entrypoint.words]),
    ...(start?.scripts ?? []).flatMap(({ shell }) =>
      (shell?.commands ?? []).map(({ command }) => command.words.map(({ value }) => value)),
    ),
  ];
  return commands.some((words) => {
    const at = words.findIndex((word) => /^(?:\S*\/)?(?:gosu|su-exec|setpriv|runuser|su)$/.test(word));
    if (at === -1 || words.slice(0, at).some((word) => !/^(?:exec|tini|--)$/.test(word.replace(/^.*\//, ''))))
      return false;
    const rest = words.slice(at + 1).map((word) => word.replace(/^--re[ug]id=/, ''));
    return rest.some((word) => /^(?:claude|1001)(?::|$)/.test(word));
  });
}

const isRoot = (user: string): boolean => /^(?:root|0+)(?::|$)/.test(user.trim());

function finding(path: RepoPath, line: number, seen: string, next: string): Finding {
  return {
    check: ID,
    severity: 'error',
    message: 'the container runs as root',
    expected: 'USER claude after the last USER root',
    seen,
    path,
    line,
    next,
  };
}
