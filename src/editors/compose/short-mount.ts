import { closingBrace } from './interpolate.ts';

/** The parts of `[SOURCE:]TARGET[:MODE]`; `targetStart` and `targetEnd` are offsets in the text given. */
export interface ShortMount {
  readonly source: string | null;
  readonly target: string;
  readonly mode: string | null;
  readonly targetStart: number;
  readonly targetEnd: number;
}

/**
 * Splits a mount in short form as Compose does: a colon inside `${…}` separates nothing, nor does one after a single
 * letter (a Windows drive). Null when there are more than three parts or an empty one.
 */
export function splitShortMount(text: string): ShortMount | null {
  const parts = splitAtColons(text);
  if (parts.length > 3 || parts.some(({ start, end }) => start === end)) return null;
  const [first, second, third] = parts;
  if (first === undefined) return null;
  const target = second ?? first;
  return {
    source: second === undefined ? null : text.slice(first.start, first.end),
    target: text.slice(target.start, target.end),
    mode: third === undefined ? null : text.slice(third.start, third.end),
    targetStart: target.start,
    targetEnd: target.end,
  };
}

function splitAtColons(text: string): readonly { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '$' && text[at + 1] === '{') {
      at = closingBrace(text, at + 1) ?? text.length;
    } else if (text[at] === ':' && !(at - start === 1 && /[A-Za-z]/.test(text[start] ?? ''))) {
      parts.push({ start, end: at });
      start = at + 1;
    }
  }
  parts.push({ start, end: text.length });
  return parts;
}

/** `path` without slashes at its end; `/` stays. */
export function withoutFinalSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}
