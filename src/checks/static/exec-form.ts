import { type ImageCommand, setInstructionArguments } from '../../editors/dockerfile.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import { defineCheck, type Finding, type Fix } from '../define.ts';
import { nameOfCommand, serverStart, withoutWrappers } from '../project/start.ts';
import { followStart, type StartEvent } from '../project/start-events.ts';
import { type ImageStart, type JudgedDockerfile, judgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S09-exec-form';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
}

/** The server gets the signals that stop the container. */
export const execForm = defineCheck<Input>({
  id: ID,
  title: 'The server becomes the first process of the container',
  severity: 'error',
  description:
    'Stopping a container sends a signal to its first process. Behind a shell the server never gets it: the stop takes ten seconds, requests are cut ' +
    'and the exit code is 137. So ENTRYPOINT and CMD are in JSON form, and a script ends with exec.',
  examples: { bad: 'CMD litellm --port 4000', good: 'CMD ["litellm", "--port", "4000"]' },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = judgedDockerfile(project);
    if (judged.kind === 'skip') return judged;
    const { entrypoint, cmd } = judged.stage;
    if (entrypoint === null && cmd === null)
      return { kind: 'skip', why: `${judged.path} sets no ENTRYPOINT and no CMD` };
    return { kind: 'applies', input: { judged, project } };
  },
  run: ({ judged, project }) => {
    const { entrypoint, cmd } = judged.stage;
    const findings = [
      ...(entrypoint === null ? [] : judgeForm(judged, entrypoint, 'ENTRYPOINT')),
      ...(cmd === null ? [] : judgeForm(judged, cmd, 'CMD')),
    ];
    if (project.start === null) return findings;
    for (const command of [entrypoint, cmd]) {
      if (command !== null) findings.push(...judgeInner(judged, command, project.start));
    }
    const seen = new Set<string>();
    for (const event of followStart(judged, project.start).events) {
      const key = `${event.path}:${event.line}`;
      if (seen.has(key) || !needsExec(event)) continue;
      seen.add(key);
      findings.push(withoutExec(event));
    }
    return findings;
  },
});

function judgeForm(judged: JudgedDockerfile, command: ImageCommand, keyword: 'ENTRYPOINT' | 'CMD'): readonly Finding[] {
  if (command.form === 'json') return [];
  // A shell that becomes the server passes signals on; but as ENTRYPOINT it drops every argument.
  if (keyword === 'CMD' && command.commands.length === 1 && command.commands[0]?.words[0]?.value === 'exec') return [];
  const words = plainWords(command);
  const wanted = words === null ? null : JSON.stringify(words).replaceAll('","', '", "');
  const edit = wanted === null ? null : setInstructionArguments(judged.file, command.instruction, wanted);
  const fix: Fix | null = edit?.kind === 'edits' ? { kind: 'edit', path: judged.path, edits: edit.edits } : null;
  return [
    {
      check: ID,
      severity: 'error',
      message: `${keyword} is in shell form, so a shell stands between the container and its server`,
      expected: `${keyword} ${wanted ?? '[…] in JSON form'}`,
      seen: `${keyword} ${command.text}`,
      subject: keyword,
      path: judged.path,
      line: command.line,
      failureMode: 'FM-40',
      next: wanted === null ? `move the shell text into a script and name it in JSON form` : `${keyword} ${wanted}`,
      ...(fix === null ? {} : { fix }),
    },
  ];
}

/**
 * `["sh", "-c", "cd /app && litellm"]`: the shell of Debian becomes a single command by itself, and no list; bash becomes the
 * last command of a list too.
 */
function judgeInner(judged: JudgedDockerfile, command: ImageCommand, { scripts }: ImageStart): readonly Finding[] {
  const at = command.form === 'json' ? command.words.findIndex((word) => /^-[a-z]*c$/.test(word)) : -1;
  const shell = nameOfCommand(withoutWrappers(command.words.slice(0, Math.max(at, 0))));
  if (!/^(?:ba|da|a)?sh$/.test(shell)) return [];
  const inner = splitCommands(command.words[at + 1] ?? '').map(({ words }) => words.map(({ value }) => value));
  const server = inner.findIndex((words) => serverStart(words, scripts) === 'server');
  const words = inner[server];
  if (words === undefined || words[0] === 'exec' || inner.length === 1) return [];
  if (shell === 'bash' && server === inner.length - 1) return [];
  return [
    {
      check: ID,
      severity: 'error',
      message: `${shell} starts the server and stays in front of it, so the server is not told to stop`,
      expected: `exec ${words.join(' ')}`,
      seen: command.words[at + 1] ?? '',
      subject: 'inner shell',
      path: judged.path,
      line: command.line,
      failureMode: 'FM-40',
      next: `write exec before ${words[0]}`,
    },
  ];
}

/** The words of a single command that means the same without a shell, or null. */
function plainWords({ commands, text }: ImageCommand): readonly string[] | null {
  const [only, ...more] = commands;
  if (only === undefined || more.length > 0 || only.assignments.length > 0 || only.redirections.length > 0) return null;
  if (only.then !== null || /[$`*?~]|(?:^|\s)\{/.test(text)) return null;
  const words = only.words.map(({ value }) => value);
  // What a shell does by itself has no program of that name.
  return /^(?:cd|\.|source|set|export|eval|exit|if|for|while|case|\[\[?)$/.test(words[0] ?? '') ? null : words;
}

function needsExec({ kind, exec, script, command }: StartEvent): boolean {
  if (exec || script === null || command === null || (kind !== 'server' && kind !== 'arguments')) return false;
  const { text } = script;
  // Started in the background, with the signals passed on by hand.
  const background = command.then === '&';
  return !(background && /^\s*trap\s/m.test(text) && /(?:^|[\s;])wait(?:\s|$)/m.test(text));
}

function withoutExec({ script, command, words, path, line }: StartEvent): Finding {
  const shown = words.join(' ');
  const fix =
    script === null || command === null || script.inline ? null : execFix(script.text, command.start, command.then);
  return {
    check: ID,
    severity: 'error',
    message: 'the script starts the server and stays in front of it, so the server is not told to stop',
    expected: `exec ${shown}`,
    seen: shown,
    path,
    line,
    failureMode: 'FM-40',
    next: `write exec before ${words[0] ?? 'it'}`,
    ...(fix === null ? {} : { fix: { kind: 'edit', path, edits: [fix] } }),
  };
}

/** `exec` before the last command of the script; nothing may follow that it would cut off. */
function execFix(text: string, start: number, then: string | null) {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const rest = text.slice(start).replace(/\\\r?\n/g, ' ');
  const after = rest.includes('\n') ? rest.slice(rest.indexOf('\n')) : '';
  if (before.trim() !== '' || after.replace(/^\s*#.*$/gm, '').trim() !== '') return null;
  if (then !== null && then !== '\n') return null;
  return { start, end: start, text: 'exec ' };
}
