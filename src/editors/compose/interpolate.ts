/**
 * What Compose makes of `text` when no variable is set: `$$` is `$`, `${NAME:-text}` and `${NAME-text}` give their text,
 * also nested. Null when the text depends on a variable without default.
 */
export function interpolateDefaults(text: string): string | null {
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '$') {
      result += text[at];
      continue;
    }
    if (text[at + 1] === '$') {
      result += '$';
      at += 1;
      continue;
    }
    const end = text[at + 1] === '{' ? closingBrace(text, at + 1) : null;
    if (end === null) {
      if (/^[{A-Za-z_]/.test(text.slice(at + 1))) return null;
      result += '$';
      continue;
    }
    const found = /^[A-Za-z_]\w*:?-([\s\S]*)$/.exec(text.slice(at + 2, end));
    const value = found?.[1] === undefined ? null : interpolateDefaults(found[1]);
    if (value === null) return null;
    result += value;
    at = end;
  }
  return result;
}

/** Offset of the brace that closes the one at `open`; null when it is not closed. */
export function closingBrace(text: string, open: number): number | null {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{' && text[at - 1] === '$') depth += 1;
    else if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}
