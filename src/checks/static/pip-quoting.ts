import { lineOfCommand, quoteInRun, type RunInstruction } from '../../editors/dockerfile.ts';
import { type ShellCommand, splitCommands } from '../../editors/shell-words.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isPipInstall } from '../project/pip.ts';
import { shellArgument } from '../project/start.ts';
import { type JudgedDockerfile, judgedDockerfile, readProject } from '../project.ts';

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

/** A version bound on the command line of pip is in quotes. */
export const pipQuoting = defineCheck<JudgedDockerfile>({
  id: ID,
  title: 'Version bounds of pip are in quotes',
  severity: 'error',
  description:
    'The shell reads an unquoted > or < as a redirection. `pip install litellm>=1.40.0` installs any version at all and leaves a file named ' +
    '=1.40.0 in the image; the bound is lost without a word.',
  examples: { bad: 'RUN pip install litellm[proxy]>=1.40.0', good: "RUN pip install 'litellm[proxy]>=1.40.0'" },
  select: (tree, ctx) => {
    const judged = judgedDockerfile(readProject(tree, ctx));
    return judged.kind === 'skip' ? judged : { kind: 'applies', input: judged };
  },
  run: (judged) => judged.runs.flatMap((run) => run.commands.flatMap((command) => judge(judged, run, command))),
});

function judge(judged: JudgedDockerfile, run: RunInstruction, command: ShellCommand): readonly Finding[] {
  const script = shellArgument(command);
  const nested = script === null ? [] : splitCommands(script.value).map((inner) => ({ inner, script }));
  const findings = lostIn(command).map((lost) => found(judged, run, lost, run.text.slice(lost.start, lost.end)));
  for (const {
    inner,
    script: { value, start },
  } of nested) {
    for (const lost of lostIn(inner)) {
      const place = { ...lost, start, end: start, whole: false };
      findings.push(found(judged, run, place, value.slice(lost.start, lost.end)));
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

function found(judged: JudgedDockerfile, run: RunInstruction, lost: Lost, seen: string): Finding {
  const edit = lost.whole ? quoteInRun(judged.file, run, lost.start, lost.end) : null;
  return {
    check: ID,
    severity: 'error',
    message: `the shell takes ${seen} for a redirection: the version bound is lost`,
    expected: lost.whole ? `'${seen}'` : 'the package and its version in one quoted word',
    seen,
    path: judged.path,
    line: lineOfCommand(run, lost.start, judged.text),
    failureMode: 'FM-14',
    next: lost.whole ? `write '${seen}'` : 'put the package with its version into quotes, or into requirements.txt',
    ...(edit?.kind === 'edits' ? { fix: { kind: 'edit', path: judged.path, edits: edit.edits } } : {}),
  };
}
