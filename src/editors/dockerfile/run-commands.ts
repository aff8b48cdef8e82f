/** Pure: the shell commands that a RUN instruction executes. */
import { type ShellCommand, splitCommands } from '../shell-words.ts';
import { sourceSpan } from './logical-text.ts';
import type { DockerfileInstruction } from './model.ts';

/** A RUN and its shell commands. */
export interface RunInstruction {
  readonly form: 'json' | 'shell';
  /** The shell text without continuations and the comments between them, or the script of its here-document. */
  readonly text: string;
  /** Spans count in `text`. Empty in JSON form, unless it calls a shell with `-c`. */
  readonly commands: readonly ShellCommand[];
  readonly words: readonly string[];
  readonly line: number;
  readonly instruction: DockerfileInstruction;
  /** Whether spans of `commands` can be carried over to the file with {@link spanInFile}. */
  readonly mapped: boolean;
}

export function readRun(instruction: DockerfileInstruction): RunInstruction {
  const { form, args, heredocs, line } = instruction;
  const words = instruction.words.map(({ text }) => text);
  const base = { form, words, line, instruction };
  if (form === 'json') {
    const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
    const script = /(?:^|\/)(?:ba|da|a)?sh$/.test(words[0] ?? '') && flag !== -1 ? words[flag + 1] : undefined;
    const text = script ?? words.join(' ');
    return { ...base, text, commands: script === undefined ? [] : splitCommands(script), mapped: false };
  }
  const [first] = heredocs;
  const isScript = first !== undefined && /^(?:(?:\/bin\/)?(?:ba|da|a)?sh\s+)?<<-?["']?[^<\s"']+["']?$/.test(args.text);
  if (isScript) return { ...base, text: first.body, commands: splitCommands(first.body), mapped: false };
  return { ...base, text: args.text, commands: splitCommands(args.text), mapped: true };
}

/** The span of the file for `[start, end)` of `run.text`, or null when the text stands nowhere as it is. */
export function spanInFile(
  run: RunInstruction,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } | null {
  return run.mapped ? sourceSpan(run.instruction.args, start, end) : null;
}

/** Line of the file where `offset` of `run.text` stands. */
export function lineOfCommand(run: RunInstruction, offset: number, file: string): number {
  if (run.mapped) {
    const at = sourceSpan(run.instruction.args, offset, offset).start;
    return file.slice(0, at).split('\n').length;
  }
  const [heredoc] = run.instruction.heredocs;
  return heredoc === undefined ? run.line : heredoc.line + run.text.slice(0, offset).split('\n').length - 1;
}
