import { lexShell, type ShellToken, type ShellWord } from './shell-words/lex.ts';

export { lexShell, type ShellToken, type ShellWord } from './shell-words/lex.ts';

/** A redirection of one command. */
export interface ShellRedirection {
  /** `>`, `>>`, `<`, `<<`, `&>` and so on. */
  readonly operator: string;
  /** The descriptor written before it (`2` of `2>&1`), or null. */
  readonly descriptor: ShellWord | null;
  /** What it reads or writes, or null when nothing follows. */
  readonly target: ShellWord | null;
  readonly start: number;
  readonly end: number;
}

/** One simple command: everything between two of `&& || ; | & ( )` and line ends. */
export interface ShellCommand {
  /** `NAME=value` words before the command's name. */
  readonly assignments: readonly ShellWord[];
  /** The command's name and arguments, without assignments, redirections and leading reserved words. */
  readonly words: readonly ShellWord[];
  readonly redirections: readonly ShellRedirection[];
  /** What joins it to the next command; null for the last. */
  readonly then: string | null;
  readonly start: number;
  readonly end: number;
}

const REDIRECTIONS = new Set(['<', '>', '>>', '<<', '<<-', '<<<', '>&', '<&', '&>', '&>>', '>|', '<>']);
const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'do', 'done', 'while', 'until', '!', '{', '}', 'esac']);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;

/**
 * Splits a shell text into its simple commands, in order. `for` and `case` headers count as commands of that name; the
 * body of a here-document in plain shell text is read as commands.
 */
export function splitCommands(text: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let pending: ShellToken[] = [];
  const flush = (then: string | null): void => {
    const command = buildCommand(pending, then);
    if (command !== null) commands.push(command);
    pending = [];
  };
  for (const token of lexShell(text)) {
    if (token.kind === 'operator' && !REDIRECTIONS.has(token.text)) flush(token.text);
    else pending.push(token);
  }
  flush(null);
  return commands;
}

function buildCommand(tokens: readonly ShellToken[], then: string | null): ShellCommand | null {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return null;
  const assignments: ShellWord[] = [];
  const words: ShellWord[] = [];
  const redirections: ShellRedirection[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as ShellToken;
    if (token.kind === 'operator') {
      const next = tokens[at + 1];
      const target = next?.kind === 'word' ? next : null;
      redirections.push(redirection(token, takeDescriptor(words, token), target));
      if (target !== null) at += 1;
    } else if (words.length === 0 && ASSIGNMENT.test(token.text)) {
      assignments.push(token);
    } else if (words.length > 0 || !RESERVED.has(token.text)) {
      words.push(token);
    }
  }
  if (words.length + assignments.length + redirections.length === 0) return null;
  return { assignments, words, redirections, then, start: first.start, end: last.end };
}

function takeDescriptor(words: ShellWord[], operator: ShellToken): ShellWord | null {
  const last = words.at(-1);
  if (last === undefined || last.end !== operator.start || !/^\d+$/.test(last.text)) return null;
  words.pop();
  return last;
}

function redirection(operator: ShellToken, descriptor: ShellWord | null, target: ShellWord | null): ShellRedirection {
  return {
    operator: operator.text,
    descriptor,
    target,
    start: descriptor?.start ?? operator.start,
    end: target?.end ?? operator.end,
  };
}

/** `value` as one word of a POSIX shell: bare when nothing in it is special, else in single quotes. */
export function quoteShellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
