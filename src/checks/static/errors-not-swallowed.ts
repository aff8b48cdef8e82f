import type { RepoPath } from '../../base/repo-path.ts';
import { lineOfCommand, type RunInstruction } from '../../editors/dockerfile.ts';
import { type ShellCommand, splitCommands } from '../../editors/shell-words.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isPipInstall } from '../project/pip.ts';
import { blankHeredocs } from '../project/shell-script.ts';
import { shellArgument } from '../project/start.ts';
import { type JudgedDockerfile, judgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S13-errors-not-swallowed';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

interface Swallowed {
  readonly offset: number;
  readonly text: string;
  readonly how: string;
}

/** A failed installation stops the build. */
export const errorsNotSwallowed = defineCheck<Input>({
  id: ID,
  title: 'A failed installation or generation stops the build',
  severity: 'warn',
  description:
    'With “|| true” behind it, a step that installs packages or generates the database client may fail and the build goes on. The image is published, ' +
    'and the fault appears when the container starts. RUN lines and the scripts that run at start are read.',
  examples: { bad: 'RUN prisma generate || true', good: 'RUN prisma generate' },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = judgedDockerfile(project);
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }) => {
    const findings = judged.runs.flatMap((run) =>
      [...swallowedIn(run.commands, run.text), ...passedOver(judged, run)].map((one) =>
        finding(judged.path, lineOfCommand(run, one.offset, judged.text), one),
      ),
    );
    for (const { path, shell, inline, firstLine } of project.start?.scripts ?? []) {
      if (shell === null) continue;
      const text = blankHeredocs(shell.text);
      for (const one of swallowedIn(splitCommands(text), text)) {
        const line = text.slice(0, one.offset).split('\n').length;
        findings.push(finding(path, inline ? firstLine + line - 1 : line, one));
      }
    }
    return findings;
  },
});

function swallowedIn(commands: readonly ShellCommand[], text: string): readonly Swallowed[] {
  const found: Swallowed[] = [];
  for (const [at, command] of commands.entries()) {
    const word = shellArgument(command);
    if (word !== null) {
      const inner = swallowedIn(splitCommands(word.value), word.value);
      found.push(...inner.map((one) => ({ ...one, offset: word.start })));
    }
    if (command.then !== '||' || !swallows(commands, at + 1)) continue;
    // `a && b || true` ignores the failure of a too.
    let first = at;
    while (first > 0 && commands[first - 1]?.then === '&&') first -= 1;
    const guarded = commands.slice(first, at + 1).find((one) => matters(one));
    if (guarded === undefined) continue;
    const how = `|| ${text.slice(commands[at + 1]?.start, commands[at + 1]?.end)}`;
    found.push({ offset: guarded.start, text: text.slice(guarded.start, guarded.end), how });
  }
  return found;
}

/** `pip install …; rm …`: the shell of a RUN goes on after `;`, and only the last command counts. */
function passedOver({ file }: JudgedDockerfile, { commands, text, instruction }: RunInstruction): readonly Swallowed[] {
  const ownShell = file.instructions.some(({ keyword }) => keyword === 'SHELL');
  if (
    ownShell ||
    instruction.heredocs.length > 0 ||
    /[{}()]|(?:^|[\s;&|])(?:if|for|while|until|case|trap)\s/.test(text)
  )
    return [];
  const found: Swallowed[] = [];
  for (const [at, { words, then }] of commands.entries()) {
    const values = words.map(({ value }) => value);
    // From here on a failure ends it.
    if (values[0] === 'set' && values.some((value) => /^-[a-z]*e|^errexit$/.test(value))) return found;
    if (then !== ';' || commands[at + 1] === undefined) continue;
    let first = at;
    while (first > 0 && commands[first - 1]?.then === '&&') first -= 1;
    const guarded = commands.slice(first, at + 1).find((one) => matters(one));
    if (guarded === undefined) continue;
    const next = commands[at + 1];
    found.push({
      offset: guarded.start,
      text: text.slice(guarded.start, guarded.end),
      how: `; ${text.slice(next?.start, next?.end)}`,
    });
  }
  return found;
}

/** Whether what follows `||` succeeds, so that the failure is lost. */
function swallows(commands: readonly ShellCommand[], at: number): boolean {
  const command = commands[at];
  const [name = '', argument = ''] = command?.words.map(({ value }) => value) ?? [];
  if (name === 'exit' || name === 'return') return argument === '0';
  if (name === 'true' || name === ':') return true;
  if (!/^(?:echo|printf)$/.test(name)) return false;
  const [next = '', code = '1'] = commands[at + 1]?.words.map(({ value }) => value) ?? [];
  const goesOn = command?.then === ';' || command?.then === '&&';
  return !(goesOn && (next === 'false' || (/^(?:exit|return)$/.test(next) && code !== '0')));
}

function matters({ words }: ShellCommand): boolean {
  const values = words.map(({ value }) => value).filter((value) => value !== 'sudo');
  const line = values.join(' ');
  return (
    isPipInstall(values) ||
    /(?:^|\s|\/)prisma\s(?:generate|db|migrate|py)\b|-m prisma\b/.test(line) ||
    /^(?:apt|apt-get|apk|npm|pnpm|yarn|uv|poetry|pipx)\s(?:-\S+\s)*(?:install|add|ci|sync)\b/.test(line)
  );
}

function finding(path: RepoPath, line: number, { text, how }: Swallowed): Finding {
  const shown = text.replace(/\s+/g, ' ').trim();
  return {
    check: ID,
    severity: 'warn',
    message: 'a step may fail without stopping the build',
    expected: shown,
    seen: `${shown} ${how}`,
    path,
    line,
    failureMode: 'FM-07',
    next: how.startsWith(';') ? 'write && in place of ;' : `remove ${how}`,
  };
}
