/** Pure: build variables as the Dockerfile frontend expands them. */

export type Variables = ReadonlyMap<string, string>;

export interface Expansion {
  readonly text: string;
  /** Names that have no value here, and forms that are not read; when empty, `text` is exact. */
  readonly open: readonly string[];
}

const VARIABLE = /\$(?:(\w+)|\{(\w+)(?:(:?[-+?])((?:[^{}]|\$\{[^{}]*\})*))?\})/y;

/**
 * Expands `$X`, `${X}`, `${X:-y}`, `${X-y}`, `${X:+y}`, `${X+y}` and `${X:?y}` (nested in `y` too) and takes quotes off. A name without a value
 * becomes empty and is listed; any other `${…}` stays and is listed.
 */
export function expand(word: string, variables: Variables, escapeCharacter = '\\'): Expansion {
  const open: string[] = [];
  let text = '';
  let quote = '';
  let at = 0;
  while (at < word.length) {
    const char = word.charAt(at);
    if (char === escapeCharacter && quote !== "'") {
      const next = word.charAt(at + 1);
      const literal = quote === '"' && !`"$${escapeCharacter}`.includes(next) ? char + next : next;
      text += literal;
      at += 2;
    } else if ((char === '"' || char === "'") && (quote === '' || quote === char)) {
      quote = quote === '' ? char : '';
      at += 1;
    } else if (char === '$' && quote !== "'") {
      const one = expandOne(word, at, variables, escapeCharacter, open);
      text += one.text;
      at = one.end;
    } else {
      text += char;
      at += 1;
    }
  }
  return { text, open };
}

function expandOne(
  word: string,
  at: number,
  variables: Variables,
  escapeCharacter: string,
  open: string[],
): { readonly text: string; readonly end: number } {
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(word);
  if (match === null) {
    const braces = /\$\{[^}]*\}?/y;
    braces.lastIndex = at;
    const whole = braces.exec(word)?.[0];
    if (whole !== undefined) open.push(whole);
    return { text: whole ?? '$', end: at + (whole ?? '$').length };
  }
  const name = match[1] ?? match[2] ?? '';
  const operator = match[3] ?? '';
  const end = at + match[0].length;
  const value = variables.get(name);
  const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
  const other = (): string => {
    const inner = expand(match[4] ?? '', variables, escapeCharacter);
    open.push(...inner.open);
    return inner.text;
  };
  if (operator.endsWith('-')) return { text: isSet ? value : other(), end };
  if (operator.endsWith('+')) return { text: isSet ? other() : '', end };
  if (value === undefined) open.push(name);
  return { text: value ?? '', end };
}
