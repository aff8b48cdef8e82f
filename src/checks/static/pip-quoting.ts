import type { RepoPath } from '../../base/repo-path.ts';
import { lineOfCommand, quoteInRun } from '../../editors/dockerfile.ts';
import { quoteShellWord, type ShellCommand, splitCommands } from '../../editors/shell-words.ts';
import type { TextEdit } from '../../tree/edits.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isPipInstall } from '../project/pip.ts';
import { shellArgument } from '../project/start.ts';
import { type JudgedDockerfile, judgedDockerfile, type Project, readProject, type StartScript } from '../project.ts';

const ID = 'S05-pip-quoting';

/** A version operator that the shell takes for a redirection: a span in the text of the command. */
interface Lost {
  readonly start: number;
  readonly end: number;
  /** Whether the package and its version are written in one piece. */
  readonly whole: boolean;
  /** The file that the shell writes to, or reads. */
  readonly file: string;
}

/** Shell text with the commands in it: that of a RUN, or a script. */
interface Unit {
  readonly path: RepoPath;
  readonly text: string;
  readonly commands: readonly ShellCommand[];
  /** The line of an offset of `text` in the file. */
  lineAt(offset: number): number;
  /** The edits that put a span of `text` in quotes, null when that is not safe. */
  quote(start: number, end: number): readonly TextEdit[] | null;
}

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

/** A version bound on the command line of pip is in quotes. */
export const pipQuoting = defineCheck<Input>({
  id: ID,
  title: 'Version bounds of pip are in quotes',
  severity: 'error',
  description:
    'The shell reads an unquoted > or < as a redirection. `pip install litellm>=1.40.0` installs any version at all and leaves a file named ' +
    '=1.40.0 in the image; the bound is lost without a word. RUN lines and the scripts that run at start are read.',
  examples: { bad: 'RUN pip install litellm[proxy]>=1.40.0', good: "RUN pip install 'litellm[proxy]>=1.40.0'" },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = judgedDockerfile(project);
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }) =>
    [...runUnits(judged), ...(project.start?.scripts ?? []).flatMap(scriptUnits)].flatMap((unit) =>
      unit.commands.flatMap((command) => judge(unit, command)),
    ),
});

function runUnits(judged: JudgedDockerfile): readonly Unit[] {
  return judged.runs.map((run) => ({
    path: judged.path,
    text: run.text,
    commands: run.commands,
    lineAt: (offset) => lineOfCommand(run, offset, judged.text),
    quote: (start, end) => {
      const outcome = quoteInRun(judged.file, run, start, end);
      return outcome.kind === 'edits' ? outcome.edits : null;
    },
  }));
}

function scriptUnits({ path, text, shell, inline, firstLine }: StartScript): readonly Unit[] {
  if (shell === null) return [];
  return [
    {
      path,
      text,
      commands: shell.commands.map(({ command }) => command),
      lineAt: (offset) => firstLine + text.slice(0, offset).split('\n').length - 1,
      quote: (start, end) => {
        const word = text.slice(start, end);
        // The spans of a here-document are not those of its file.
        return inline || /[\s"'\\$`]/.test(word) ? null : [{ start, end, text: quoteShellWord(word) }];
      },
    },
  ];
}

function judge(unit: Unit, command: ShellCommand): readonly Finding[] {
  const script = shellArgument(command);
  const nested = script === null ? [] : splitCommands(script.value).map((inner) => ({ inner, script }));
  const findings = lostIn(command).map((lost) => found(unit, lost, unit.text.slice(lost.start, lost.end)));
  for (const {
    inner,
    script: { value, start },
  } of nested) {
    for (const lost of lostIn(inner)) {
      const place = { ...lost, start, end: start, whole: false };
      findings.push(found(unit, place, value.slice(lost.start, lost.end)));
    }
  }
  return findings;
}

function lostIn(command: ShellCommand): readonly Lost[] {
  const words = command.words.map(({ value }) => value).filter((value) => value !== 'sudo');
  if (!isPipInstall(words)) return [];
  const found: Lost[] = [];
  for (const { operator, target, start, end } of command.redirections) {
    const last = found.at(-1);
    if (last !== undefined && start === last.end) {
      found[found.length - 1] = { ...last, end };
      continue;
    }
    const before = command.words.find((word) => word.end === start && !word.quoted);
    const isVersion = /^=?[\d*]/.test(target?.text ?? '') && target?.start === start + operator.length;
    if (!/^[<>]$/.test(operator) || target === null || !isVersion) continue;
    // `> 1` with a blank before it may be a file called 1; `>=1` never is one.
    if (before === undefined && !target.text.startsWith('=')) continue;
    found.push({ start: before?.start ?? start, end, whole: before !== undefined, file: target.text });
  }
  return found;
}

function found(unit: Unit, lost: Lost, seen: string): Finding {
  const edits = lost.whole ? unit.quote(lost.start, lost.end) : null;
  return {
    check: ID,
    severity: 'error',
    message: `the shell takes ${seen} for a redirection: the version bound is lost`,
    expected: lost.whole ? `'${seen}'` : 'the package and its version in one quoted word',
    seen,
    path: unit.path,
    line: unit.lineAt(lost.start),
    failureMode: 'FM-14',
    next: lost.whole ? `write '${seen}'` : 'put the package with its version into quotes, or into requirements.txt',
    ...(edits === null ? {} : { fix: { kind: 'edit', path: unit.path, edits } }),
  };
}
