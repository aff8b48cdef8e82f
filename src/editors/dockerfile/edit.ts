/** Pure: edits of a Dockerfile by span, each proved on its own result. */
import { bomLength, newlineOf, withNewline } from '../../base/text.ts';
import { applyEdits, type TextEdit } from '../../tree/edits.ts';
import type { EditOutcome } from '../outcome.ts';
import { quoteShellWord, splitCommands } from '../shell-words.ts';
import type { Dockerfile, DockerfileInstruction } from './model.ts';
import { readDockerfile } from './read.ts';
import { type RunInstruction, spanInFile } from './run-commands.ts';

/**
 * Puts `args` (flags included, one line or continued ones) in place of everything after the keyword. Refuses an
 * instruction with here-documents, and `args` that would end the instruction early.
 */
export function setInstructionArguments(
  dockerfile: Dockerfile,
  instruction: DockerfileInstruction,
  args: string,
): EditOutcome {
  if (instruction.heredocs.length > 0) return refuse('it has a here-document', instruction);
  const start = argumentsStart(dockerfile, instruction);
  const text = withNewline(args, newlineOf(dockerfile.text));
  if (dockerfile.text.slice(start, instruction.end) === text) return { kind: 'unchanged', remarks: [] };
  const glue = start === instruction.start + instruction.keyword.length ? ' ' : '';
  const wanted = readLoose(dockerfile, `${instruction.keyword} ${args}`);
  if (wanted.length !== 1) return refuse('the new arguments are not those of one instruction', instruction);
  const expected = dockerfile.instructions.map((one) =>
    meaning(one.start === instruction.start ? (wanted[0] ?? one) : one),
  );
  return prove(dockerfile.text, { start, end: instruction.end, text: glue + text }, expected);
}

/** Removes the lines of an instruction, the comments before it left alone. */
export function removeInstruction(dockerfile: Dockerfile, instruction: DockerfileInstruction): EditOutcome {
  const { text } = dockerfile;
  const start = Math.max(bomLength(text), text.lastIndexOf('\n', instruction.start - 1) + 1);
  const newline = text.indexOf('\n', instruction.end);
  const end = newline === -1 ? text.length : newline + 1;
  const kept = dockerfile.instructions.filter((one) => one.start !== instruction.start);
  // Without a line end after it, the line end before it goes, so that the file keeps having none at its end.
  const from = newline === -1 ? text.slice(0, start).replace(/\r?\n$/, '').length : start;
  return prove(text, { start: from, end, text: '' }, meanings(kept));
}

/** Inserts whole lines after an instruction, or at the end of the file; the file's line ends are kept. */
export function insertAfter(dockerfile: Dockerfile, instruction: DockerfileInstruction, lines: string): EditOutcome {
  const { text } = dockerfile;
  const newline = newlineOf(text);
  const added = withNewline(lines.replace(/\n+$/, ''), newline);
  const wanted = readLoose(dockerfile, lines);
  const after = text.indexOf('\n', instruction.end);
  const edit: TextEdit =
    after === -1
      ? { start: text.length, end: text.length, text: newline + added }
      : { start: after + 1, end: after + 1, text: added + newline };
  const at = dockerfile.instructions.findIndex(({ start }) => start === instruction.start) + 1;
  const expected = [...dockerfile.instructions.slice(0, at), ...wanted, ...dockerfile.instructions.slice(at)];
  return prove(text, edit, meanings(expected));
}

/**
 * Puts single quotes around `[start, end)` of `run.text`, so that the shell reads it as one word (a requirement whose
 * `>=` would otherwise redirect). Refuses a span that holds blanks, quotes or an expansion, or is broken over lines.
 */
export function quoteInRun(dockerfile: Dockerfile, run: RunInstruction, start: number, end: number): EditOutcome {
  const word = run.text.slice(start, end);
  const span = spanInFile(run, start, end);
  const written = span === null ? '' : dockerfile.text.slice(span.start, span.end);
  if (span === null || written !== word) return refuse('it is not written in one piece', run.instruction);
  if (/[\s"'\\$`]/.test(word)) return refuse('it holds quotes, blanks or an expansion', run.instruction);
  const quoted = quoteShellWord(word);
  if (quoted === word) return { kind: 'unchanged', remarks: [] };
  const meant = run.text.slice(0, start) + quoted + run.text.slice(end);
  const isWord = splitCommands(meant).some(({ words }) =>
    words.some((one) => one.start === start && one.value === word),
  );
  if (!isWord) return refuse('the quoted text would not be one word', run.instruction);
  const expected = dockerfile.instructions.map((one) =>
    meaning(one, one.start === run.instruction.start ? meant : undefined),
  );
  return prove(dockerfile.text, { ...span, text: quoted }, expected);
}

/** Reads lines on their own, with the escape character of the file they are meant for. */
function readLoose(dockerfile: Dockerfile, lines: string): readonly DockerfileInstruction[] {
  const directive = dockerfile.escapeCharacter === '\\' ? '' : `# escape=${dockerfile.escapeCharacter}\n`;
  return readDockerfile(directive + lines).instructions;
}

function argumentsStart(dockerfile: Dockerfile, instruction: DockerfileInstruction): number {
  const flag = instruction.flags[0];
  if (flag !== undefined) return flag.start;
  if (instruction.args.text !== '') return instruction.args.offsets[0] as number;
  const rest = dockerfile.text.slice(instruction.start, instruction.end);
  return instruction.start + rest.length;
}

const refuse = (why: string, { line, keyword }: DockerfileInstruction): EditOutcome => ({
  kind: 'refused',
  why: `cannot edit this ${keyword}: ${why}`,
  line,
});

/** What an instruction says, as one comparable string. */
function meaning(one: DockerfileInstruction, args: string = one.args.text): string {
  const flags = one.flags.map(({ name, value }) => [name, value]);
  const heredocs = one.heredocs.map(({ name, body, quoted }) => [name, body.replaceAll('\r\n', '\n'), quoted]);
  return JSON.stringify([one.keyword, flags, args, heredocs]);
}

/** Applies the edit, reads the result again and compares every instruction with what is expected there. */
function prove(text: string, edit: TextEdit, expected: readonly string[]): EditOutcome {
  const now = readDockerfile(applyEdits(text, [edit]));
  const differs = now.instructions.findIndex((one, at) => meaning(one) !== expected[at]);
  if (differs === -1 && now.instructions.length === expected.length) {
    return { kind: 'edits', edits: [edit], remarks: [] };
  }
  const line = text.slice(0, edit.start).split('\n').length;
  return { kind: 'refused', why: 'the edit would change other instructions too', line };
}

const meanings = (instructions: readonly DockerfileInstruction[]): string[] => instructions.map((one) => meaning(one));
