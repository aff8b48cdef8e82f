/** Pure: a POSIX shell text cut into words, operators and redirections. Spans are UTF-16 offsets of that text. */

/** One word of a shell text. */
export interface ShellWord {
  /** As written, quotes and escapes included. */
  readonly text: string;
  /** Quotes and escapes removed; expansions stay as written. */
  readonly value: string;
  /** Whether any part was quoted or escaped. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

/** A word or an operator. */
export type ShellToken =
  | ({ readonly kind: 'word' } & ShellWord)
  | { readonly kind: 'operator'; readonly text: string; readonly start: number; readonly end: number };

const OPERATORS = ['<<<', '<<-', '&>>', '&&', '||', ';;', '|&', '&>', '>>', '<<', '>&', '<&', '>|', '<>'] as const;
const SINGLE = ';|&()<>\n';

/** Cuts `text` into words and operators; comments and blanks between them are dropped. An open quote ends at the end. */
export function lexShell(text: string): readonly ShellToken[] {
  const tokens: ShellToken[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t' || char === '\r') {
      at += 1;
    } else if (char === '#') {
      const newline = text.indexOf('\n', at);
      at = newline === -1 ? text.length : newline;
    } else if (char === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) {
      at += text.charAt(at + 1) === '\r' ? 3 : 2;
    } else {
      const operator = operatorAt(text, at);
      if (operator !== null) {
        tokens.push({ kind: 'operator', text: operator, start: at, end: at + operator.length });
        at += operator.length;
      } else {
        const word = wordAt(text, at);
        tokens.push({ kind: 'word', ...word });
        at = word.end;
      }
    }
  }
  return tokens;
}

function operatorAt(text: string, at: number): string | null {
  for (const operator of OPERATORS) if (text.startsWith(operator, at)) return operator;
  const char = text.charAt(at);
  return SINGLE.includes(char) ? char : null;
}

function wordAt(text: string, start: number): ShellWord {
  let value = '';
  let quoted = false;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (' \t\r'.includes(char) || operatorAt(text, at) !== null) break;
    const piece = pieceAt(text, at);
    value += piece.value;
    quoted ||= piece.quoted;
    at = piece.end;
  }
  return { text: text.slice(start, at), value, quoted, start, end: at };
}

interface Piece {
  readonly value: string;
  readonly quoted: boolean;
  readonly end: number;
}

function pieceAt(text: string, at: number): Piece {
  const char = text.charAt(at);
  if (char === "'") {
    const close = closing(text, text.indexOf("'", at + 1));
    return { value: text.slice(at + 1, close), quoted: true, end: Math.min(close + 1, text.length) };
  }
  if (char === '"') return doubleQuoted(text, at);
  if (char === '\\') {
    const newline = /^\\\r?\n/.exec(text.slice(at, at + 3));
    if (newline !== null) return { value: '', quoted: false, end: at + newline[0].length };
    return { value: text.slice(at + 1, at + 2), quoted: true, end: Math.min(at + 2, text.length) };
  }
  if (char === '`') {
    const close = closing(text, text.indexOf('`', at + 1));
    return raw(text, at, Math.min(close + 1, text.length));
  }
  if (text.startsWith('$(', at)) return raw(text, at, bracketEnd(text, at + 1, '(', ')'));
  if (text.startsWith('${', at)) return raw(text, at, bracketEnd(text, at + 1, '{', '}'));
  return raw(text, at, at + 1);
}

const raw = (text: string, at: number, end: number): Piece => ({ value: text.slice(at, end), quoted: false, end });

const closing = (text: string, found: number): number => (found === -1 ? text.length : found);

function doubleQuoted(text: string, start: number): Piece {
  let value = '';
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') {
    if (text.charAt(at) === '\\' && '"\\$`'.includes(text.charAt(at + 1)) && at + 1 < text.length) {
      value += text.charAt(at + 1);
      at += 2;
    } else if (text.startsWith('$(', at) || text.startsWith('${', at)) {
      const end = bracketEnd(text, at + 1, text.charAt(at + 1), text.charAt(at + 1) === '(' ? ')' : '}');
      value += text.slice(at, end);
      at = end;
    } else {
      value += text.charAt(at);
      at += 1;
    }
  }
  return { value, quoted: true, end: Math.min(at + 1, text.length) };
}

/** Offset after the bracket that closes the one at `open`, quotes inside respected; the end of the text without one. */
function bracketEnd(text: string, open: number, opening: string, close: string): number {
  let depth = 0;
  let at = open;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += 2;
      continue;
    }
    if (char === '"' || (char === "'" && opening === '(')) {
      at = pieceAt(text, at).end;
      continue;
    }
    if (char === opening) depth += 1;
    if (char === close) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return text.length;
}
