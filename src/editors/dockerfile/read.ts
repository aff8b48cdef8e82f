/** Pure: the only module that knows dockerfile-ast, which finds where each instruction and here-document ends. */
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { rememberByText } from '../../base/memo.ts';
import { bomLength, indexLines, type LineIndex } from '../../base/text.ts';
import { joinLines, type LogicalText, sliceLogical, sourceSpan } from './logical-text.ts';
import type {
  Dockerfile,
  DockerfileFlag,
  DockerfileHeredoc,
  DockerfileInstruction,
  DockerfileProblem,
  DockerfileStage,
  DockerfileWord,
} from './model.ts';

const KEYWORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
const WITH_HEREDOC = new Set(['RUN', 'COPY', 'ADD']);
const WITH_FLAGS = new Set(['FROM', 'RUN', 'COPY', 'ADD', 'HEALTHCHECK']);
const HEREDOC = /^\d*<<(-?)(["']?)([^<"'\s]+)\2$/;

/** Reads a Dockerfile. Never throws: what a build would stop at is listed in `problems`. */
export const readDockerfile: (text: string) => Dockerfile = rememberByText((text) => {
  const body = text.slice(bomLength(text));
  const shift = text.length - body.length;
  const ast = DockerfileParser.parse(body);
  const escapeCharacter = ast.getEscapeCharacter();
  const lines = indexLines(text);
  const problems: DockerfileProblem[] = [];
  const instructions = [...ast.getInitialARGs(), ...ast.getInstructions()]
    .sort((a, b) => a.getRange().start.line - b.getRange().start.line)
    .filter((node, at, all) => at === 0 || node.getRange().start.line !== all[at - 1]?.getRange().start.line)
    .map((node) => readInstruction(text, node, shift, escapeCharacter, lines, problems));
  const firstFrom = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  if (firstFrom === -1) problems.push({ line: instructions[0]?.line ?? 1, message: 'no FROM instruction' });
  const before = firstFrom === -1 ? instructions : instructions.slice(0, firstFrom);
  for (const { keyword, line } of before) {
    if (keyword !== 'ARG' && KEYWORDS.has(keyword))
      problems.push({ line, message: `${keyword} before the first FROM` });
  }
  return {
    text,
    escapeCharacter,
    directives: ast.getDirectives().map((one) => ({ name: one.getName().toLowerCase(), value: one.getValue() })),
    instructions,
    globalArgs: before.filter(({ keyword }) => keyword === 'ARG'),
    stages: splitStages(instructions.slice(before.length)),
    problems: problems.sort((a, b) => a.line - b.line),
  };
});

function splitStages(instructions: readonly DockerfileInstruction[]): readonly DockerfileStage[] {
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  return starts.flatMap((start, index) => {
    const from = instructions[start];
    if (from === undefined) return [];
    const name = from.words[1]?.text.toLowerCase() === 'as' ? (from.words[2]?.text.toLowerCase() ?? null) : null;
    return [{ index, name, from, instructions: instructions.slice(start + 1, starts[index + 1]) }];
  });
}

function readInstruction(
  text: string,
  node: Instruction,
  shift: number,
  escapeCharacter: string,
  lines: LineIndex,
  problems: DockerfileProblem[],
): DockerfileInstruction {
  const range = node.getRange();
  const line = range.start.line + 1;
  const at = (place: { line: number; character: number }): number =>
    lines.startOf(place.line + 1) + place.character + (place.line === 0 ? shift : 0);
  const keyword = node.getKeyword().toUpperCase();
  const start = at(range.start);
  const joined = joinLines(text, start, escapeCharacter);
  const { flags, args } = splitFlags(sliceLogical(joined, joined.text.search(/\s|$/)), WITH_FLAGS.has(keyword));
  const json = jsonWords(args);
  const words = json ?? splitWords(args);
  const headEnd = lines.lineAt(joined.offsets.at(-1) as number);
  const { heredocs, lastLine } =
    WITH_HEREDOC.has(keyword) && json === null
      ? readHeredocs(text, words, headEnd + 1, line, lines, problems)
      : { heredocs: [], lastLine: headEnd };
  if (!KEYWORDS.has(keyword)) problems.push({ line, message: `unknown instruction ${keyword}` });
  else if (args.text === '') problems.push({ line, message: `${keyword} has no argument` });
  if ((keyword === 'ENV' || keyword === 'LABEL') && words[0]?.text.includes('=')) {
    const bare = words.find(({ text: word }) => !word.includes('='));
    if (bare !== undefined) problems.push({ line, message: `${keyword} has no value for ${bare.text}` });
  }
  if (holdsMore(text, lines, lastLine + 1, range.end.line + 1)) {
    problems.push({ line, message: `cannot tell where this ${keyword} ends` });
  }
  return {
    keyword,
    line,
    endLine: lastLine,
    start,
    end: heredocs.length === 0 ? (args.offsets.at(-1) as number) : endOfLine(text, lines, lastLine),
    flags,
    args,
    form: json === null ? 'shell' : 'json',
    words,
    heredocs,
  };
}

const endOfLine = (text: string, lines: LineIndex, line: number): number =>
  text.slice(0, lines.endOf(line)).replace(/\r?\n$/, '').length;

/** Whether lines `from` to `to` hold anything but blanks and comments. */
function holdsMore(text: string, lines: LineIndex, from: number, to: number): boolean {
  for (let line = from; line <= to && line <= lines.lineCount; line += 1) {
    if (!/^\s*(?:#.*)?$/.test(text.slice(lines.startOf(line), lines.endOf(line)))) return true;
  }
  return false;
}

function splitFlags(
  args: LogicalText,
  wanted: boolean,
): { readonly flags: readonly DockerfileFlag[]; readonly args: LogicalText } {
  const flags: DockerfileFlag[] = [];
  let rest = args;
  while (wanted) {
    const match = /^--([A-Za-z][\w-]*)(?:=("[^"]*"|\S*))?(?=\s|$)/.exec(rest.text);
    if (match === null) break;
    const span = sourceSpan(rest, 0, match[0].length);
    flags.push({ name: (match[1] ?? '').toLowerCase(), value: match[2]?.replace(/^"|"$/g, '') ?? null, ...span });
    rest = sliceLogical(rest, match[0].length);
  }
  return { flags, args: rest };
}

function readHeredocs(
  text: string,
  words: readonly DockerfileWord[],
  bodyFrom: number,
  line: number,
  lines: LineIndex,
  problems: DockerfileProblem[],
): { readonly heredocs: readonly DockerfileHeredoc[]; readonly lastLine: number } {
  const heredocs: DockerfileHeredoc[] = [];
  let next = bodyFrom;
  for (const word of words) {
    const match = HEREDOC.exec(word.text);
    if (match === null) continue;
    const [, dash, quote, name = ''] = match;
    const body: string[] = [];
    const first = next;
    let closed = false;
    while (next <= lines.lineCount && !closed) {
      const raw = text.slice(lines.startOf(next), lines.endOf(next));
      const shown = dash === '-' ? raw.replace(/^\t+/, '') : raw;
      closed = shown.replace(/\r?\n$/, '') === name;
      if (!closed) body.push(shown);
      next += 1;
    }
    if (!closed) problems.push({ line, message: `here-document ${name} is never closed` });
    heredocs.push({ name, quoted: quote !== '', body: body.join(''), line: first });
  }
  return { heredocs, lastLine: next - 1 };
}

/** The strings of a JSON array of strings, or null when `args` is not one. */
function jsonWords(args: LogicalText): readonly DockerfileWord[] | null {
  const open = args.text.indexOf('[');
  if (open === -1 || !args.text.endsWith(']')) return null;
  // HEALTHCHECK writes CMD before the array; its options are read off the front by the flags.
  if (!/^(?:CMD\s+)?$/i.test(args.text.slice(0, open))) return null;
  const array = args.text.slice(open);
  let values: unknown;
  try {
    values = JSON.parse(array);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!Array.isArray(values) || !values.every((value): value is string => typeof value === 'string')) return null;
  const spans = [...array.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ index, 0: whole }) =>
    sourceSpan(args, open + index, open + index + whole.length),
  );
  return values.map((value, at) => ({ text: value, ...(spans[at] as { start: number; end: number }) }));
}

/** Blank-separated words; quotes and the escape character keep blanks in a word. */
function splitWords(args: LogicalText): readonly DockerfileWord[] {
  return [...args.text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s])+/g)].map(({ index, 0: word }) => ({
    text: word,
    ...sourceSpan(args, index, index + word.length),
  }));
}
