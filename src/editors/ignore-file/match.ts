/** Pure: the patterns of .gitignore and .dockerignore as regular expressions. */

/**
 * One pattern (no `!`, no trailing blanks) as a regular expression over a whole path. `*` and `?` stay in one part of the path, `**` as a
 * whole part spans any number. Null for a pattern that matches nothing: an open bracket, a lone backslash at the end.
 */
export function patternToRegExp(pattern: string): RegExp | null {
  const parts = pattern.split('/');
  let source = '';
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === '**') {
      source += last ? '.+' : '(?:[^/]+/)*';
      continue;
    }
    const piece = partToSource(part);
    if (piece === null) return null;
    source += piece + (last ? '' : '/');
  }
  return new RegExp(`^${source}$`, 's');
}

function partToSource(part: string): string | null {
  let source = '';
  let at = 0;
  while (at < part.length) {
    const char = part.charAt(at);
    if (char === '*') {
      while (part.charAt(at + 1) === '*') at += 1;
      source += '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '\\') {
      at += 1;
      if (at >= part.length) return null;
      source += escapeForRegExp(part.charAt(at));
    } else if (char === '[') {
      const bracket = readBracket(part, at);
      if (bracket === null) return null;
      source += bracket.source;
      at = bracket.end - 1;
    } else {
      source += escapeForRegExp(char);
    }
    at += 1;
  }
  return source;
}

const escapeForRegExp = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  space: '\\s',
  upper: 'A-Z',
  xdigit: 'A-Fa-f0-9',
};

function readBracket(part: string, open: number): { readonly source: string; readonly end: number } | null {
  const negated = '!^'.includes(part.charAt(open + 1)) && part.charAt(open + 1) !== '';
  let at = open + (negated ? 2 : 1);
  let inner = '';
  let previous = '';
  for (let first = true; ; first = false) {
    const char = part.charAt(at);
    if (char === '') return null;
    if (char === ']' && !first) break;
    const named = /^\[:(\w+):\]/.exec(part.slice(at));
    if (named !== null) {
      const set = CLASSES[named[1] ?? ''];
      if (set === undefined) return null;
      inner += set;
      at += named[0].length;
    } else if (char === '-' && previous !== '' && part.charAt(at + 1) !== ']') {
      const escaped = part.charAt(at + 1) === '\\';
      const last = part.charAt(at + (escaped ? 2 : 1));
      if (last === '') return null;
      // A range that runs backwards adds nothing.
      if (previous <= last) inner += `${escapeForRegExp(previous)}-${escapeForRegExp(last)}`;
      at += escaped ? 3 : 2;
      previous = '';
    } else {
      const escaped = char === '\\';
      previous = part.charAt(escaped ? at + 1 : at);
      if (previous === '') return null;
      inner += escapeForRegExp(previous);
      at += escaped ? 2 : 1;
    }
  }
  return { source: `(?!/)[${negated ? '^' : ''}${inner}]`, end: at + 1 };
}
