/** Reads a shell script as a structure: what runs, in which order, on which branches. Pure; POSIX shell and bash. */
import {
  lexShell,
  type ShellCommand,
  type ShellToken,
  type ShellWord,
  splitCommands,
} from '../../editors/shell-words.ts';

/** One part of a script. */
export type ShellNode =
  | { readonly kind: 'command'; readonly command: ShellCommand; readonly line: number }
  /** One of the arms runs; with `exhaustive` false perhaps none of them. */
  | { readonly kind: 'branch'; readonly arms: readonly (readonly ShellNode[])[]; readonly exhaustive: boolean }
  /** The body runs any number of times. */
  | { readonly kind: 'loop'; readonly body: readonly ShellNode[] };

/** A script, read. */
export interface ShellScript {
  readonly text: string;
  readonly body: readonly ShellNode[];
  readonly functions: ReadonlyMap<string, readonly ShellNode[]>;
  /** Every command, in the order of the text. */
  readonly commands: readonly { readonly command: ShellCommand; readonly line: number }[];
  /** Plain `NAME=value` assignments, the last one of each name; a default in the value is taken. */
  readonly variables: ReadonlyMap<string, string>;
}

const REDIRECTIONS = new Set(['<', '>', '>>', '<<', '<<-', '<<<', '>&', '<&', '&>', '&>>', '>|', '<>']);
const SEPARATORS = new Set([';', '\n', '&', '&&', '||', '|', '|&']);

interface Reader {
  readonly text: string;
  readonly tokens: readonly ShellToken[];
  readonly functions: Map<string, readonly ShellNode[]>;
  readonly commands: { command: ShellCommand; line: number }[];
  at: number;
}

/** Reads a script; what is not understood is read as plain commands. */
export function readShellScript(source: string): ShellScript {
  const text = blankHeredocs(source);
  const reader: Reader = { text, tokens: lexShell(text), functions: new Map(), commands: [], at: 0 };
  const body: ShellNode[] = [];
  while (reader.at < reader.tokens.length) {
    body.push(...readList(reader, new Set()));
    // A closing word without its opening one.
    reader.at += 1;
  }
  const { functions, commands } = reader;
  return { text: source, body, functions, commands, variables: variablesOf(commands) };
}

/** The text with the bodies of here-documents as blanks, offsets and lines unchanged. */
export function blankHeredocs(source: string): string {
  let text = source;
  for (let from = 0; ; ) {
    const tokens = lexShell(text);
    const at = tokens.findIndex(
      (token) => token.kind === 'operator' && (token.text === '<<' || token.text === '<<-') && token.start >= from,
    );
    const operator = tokens[at];
    const name = tokens[at + 1];
    if (operator === undefined || name?.kind !== 'word') return text;
    from = name.end;
    const bodyStart = text.indexOf('\n', name.end) + 1;
    if (bodyStart === 0) return text;
    const escaped = name.value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const close = new RegExp(`^${operator.text === '<<-' ? '\\t*' : ''}${escaped}\\r?$`, 'm').exec(
      text.slice(bodyStart),
    );
    const bodyEnd = close === null ? text.length : bodyStart + close.index + close[0].length;
    text = text.slice(0, bodyStart) + text.slice(bodyStart, bodyEnd).replace(/[^\n]/g, ' ') + text.slice(bodyEnd);
  }
}

function readList(reader: Reader, until: ReadonlySet<string>): ShellNode[] {
  const nodes: ShellNode[] = [];
  let joined = '';
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] as ShellToken;
    if (until.has(token.text)) break;
    if (CLOSING.has(token.text)) break;
    if (token.kind === 'operator' && SEPARATORS.has(token.text)) {
      if (token.text !== '\n') joined = token.text;
      else if (!['&&', '||', '|'].includes(joined)) joined = '';
      reader.at += 1;
      continue;
    }
    const before = reader.at;
    const read = readOne(reader);
    if (reader.at === before) break;
    // What follows `&&` or `||` runs only sometimes.
    if (joined === '&&' || joined === '||') nodes.push({ kind: 'branch', arms: [read], exhaustive: false });
    else nodes.push(...read);
    joined = '';
  }
  return nodes;
}

const CLOSING = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}', ')', ';;']);

function readOne(reader: Reader): readonly ShellNode[] {
  const token = reader.tokens[reader.at] as ShellToken;
  const word = token.kind === 'word' ? token.text : '';
  const definition = functionName(reader);
  if (definition !== null) return readFunction(reader, definition);
  if (word === 'if') return readIf(reader);
  if (word === 'while' || word === 'until' || word === 'for' || word === 'select') return readLoop(reader);
  if (word === 'case') return readCase(reader);
  if (word === '{') return readGroup(reader, '}');
  if (token.text === '(') return readGroup(reader, ')');
  if (word === '!') reader.at += 1;
  return readCommand(reader);
}

function functionName(reader: Reader): { readonly name: string; readonly skip: number } | null {
  const [first, second, third] = reader.tokens.slice(reader.at, reader.at + 3);
  if (first?.kind !== 'word' || second === undefined) return null;
  if (first.text === 'function' && second.kind === 'word') {
    const brackets = reader.tokens[reader.at + 2]?.text === '(' ? 2 : 0;
    return { name: second.text, skip: 2 + brackets };
  }
  return second.text === '(' && third?.text === ')' && second.start === first.end
    ? { name: first.text, skip: 3 }
    : null;
}

function readFunction(reader: Reader, { name, skip }: { name: string; skip: number }): readonly ShellNode[] {
  reader.at += skip;
  skipNewlines(reader);
  reader.functions.set(name, reader.at < reader.tokens.length ? readOne(reader) : []);
  return [];
}

function readGroup(reader: Reader, close: string): readonly ShellNode[] {
  reader.at += 1;
  const body = readList(reader, new Set([close]));
  take(reader, close);
  skipRedirections(reader);
  return body;
}

function readIf(reader: Reader): readonly ShellNode[] {
  const before: ShellNode[] = [];
  const arms: (readonly ShellNode[])[] = [];
  let exhaustive = false;
  reader.at += 1;
  before.push(...readList(reader, new Set(['then'])));
  take(reader, 'then');
  arms.push(readList(reader, new Set(['elif', 'else', 'fi'])));
  for (;;) {
    if (take(reader, 'elif')) {
      const condition = readList(reader, new Set(['then']));
      take(reader, 'then');
      arms.push([...condition, ...readList(reader, new Set(['elif', 'else', 'fi']))]);
    } else if (take(reader, 'else')) {
      arms.push(readList(reader, new Set(['fi'])));
      exhaustive = true;
    } else break;
  }
  take(reader, 'fi');
  skipRedirections(reader);
  return [...before, { kind: 'branch', arms, exhaustive }];
}

function readLoop(reader: Reader): readonly ShellNode[] {
  reader.at += 1;
  const head = readList(reader, new Set(['do']));
  take(reader, 'do');
  const body = readList(reader, new Set(['done']));
  take(reader, 'done');
  skipRedirections(reader);
  return [{ kind: 'loop', body: [...head, ...body] }];
}

function readCase(reader: Reader): readonly ShellNode[] {
  const arms: (readonly ShellNode[])[] = [];
  let exhaustive = false;
  while (reader.at < reader.tokens.length && reader.tokens[reader.at]?.text !== 'in') reader.at += 1;
  reader.at += 1;
  for (;;) {
    skipNewlines(reader);
    if (reader.at >= reader.tokens.length || reader.tokens[reader.at]?.text === 'esac') break;
    let pattern = '';
    while (reader.at < reader.tokens.length && reader.tokens[reader.at]?.text !== ')') {
      pattern += reader.tokens[reader.at]?.text ?? '';
      reader.at += 1;
    }
    reader.at += 1;
    if (/^\(?\*$/.test(pattern)) exhaustive = true;
    arms.push(readList(reader, new Set([';;', 'esac'])));
    take(reader, ';;');
  }
  take(reader, 'esac');
  return [{ kind: 'branch', arms, exhaustive }];
}

function readCommand(reader: Reader): readonly ShellNode[] {
  const first = reader.tokens[reader.at];
  if (first === undefined) return [];
  let last = first;
  while (reader.at < reader.tokens.length) {
    const token = reader.tokens[reader.at] as ShellToken;
    if (token.kind === 'operator' && !REDIRECTIONS.has(token.text)) break;
    last = token;
    reader.at += 1;
  }
  if (last === first && first.kind === 'operator') return [];
  // With the operator after it, so that the command says what follows.
  const end = reader.tokens[reader.at]?.end ?? last.end;
  const [command] = splitCommands(reader.text.slice(first.start, end));
  if (command === undefined) return [];
  const line = reader.text.slice(0, first.start).split('\n').length;
  const placed = { command: shifted(command, first.start), line };
  reader.commands.push(placed);
  return [{ kind: 'command', ...placed }];
}

function shifted(command: ShellCommand, by: number): ShellCommand {
  const move = (word: ShellWord): ShellWord => ({ ...word, start: word.start + by, end: word.end + by });
  return {
    ...command,
    assignments: command.assignments.map(move),
    words: command.words.map(move),
    redirections: command.redirections.map((one) => ({
      ...one,
      start: one.start + by,
      end: one.end + by,
      descriptor: one.descriptor === null ? null : move(one.descriptor),
      target: one.target === null ? null : move(one.target),
    })),
    start: command.start + by,
    end: command.end + by,
  };
}

function take(reader: Reader, text: string): boolean {
  if (reader.tokens[reader.at]?.text !== text) return false;
  reader.at += 1;
  return true;
}

function skipNewlines(reader: Reader): void {
  while (reader.tokens[reader.at]?.text === '\n') reader.at += 1;
}

function skipRedirections(reader: Reader): void {
  for (;;) {
    const token = reader.tokens[reader.at];
    const isDescriptor = token?.kind === 'word' && /^\d$/.test(token.text);
    const operator = isDescriptor ? reader.tokens[reader.at + 1] : token;
    if (operator?.kind !== 'operator' || !REDIRECTIONS.has(operator.text)) return;
    reader.at += isDescriptor ? 3 : 2;
  }
}

function variablesOf(commands: ShellScript['commands']): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const { command } of commands) {
    const declared = /^(?:export|readonly|local|declare)$/.test(command.words[0]?.value ?? '')
      ? command.words.slice(1)
      : [];
    for (const { value } of [...command.assignments, ...declared]) {
      const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(value);
      if (match?.[1] !== undefined) variables.set(match[1], fillVariables(match[2] ?? '', variables));
    }
  }
  return variables;
}

/** Puts known variables and written defaults in: `$X`, `${X}`, `${X:-y}`; what has neither stays as written. */
export function fillVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?[-=]([^{}]*))?\})/g,
    (whole: string, plain?: string, braced?: string, fallback?: string) => {
      const known = variables.get(plain ?? braced ?? '');
      // A variable that refers to itself (`PORT=${PORT:-4000}`) was filled when it was set.
      if (known !== undefined && !known.includes('$')) return known;
      return fallback ?? whole;
    },
  );
}
