import picomatch from 'picomatch';

const OPTIONS = { dot: true, nonegate: true };
const SPECIAL = /[*?[\]{}()!+@|\\]/;
const KEPT = 64;
const compiled = new Map<string, (path: string) => boolean>();

/** Compiles globs (picomatch syntax, dot files included, `!` negation off) to one test on a repository path. */
export function compileGlobs(globs: readonly string[]): (path: string) => boolean {
  const key = globs.join('\0');
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const tests = globs.map(compileGlob);
  const [only] = tests;
  const test = only !== undefined && tests.length === 1 ? only : (path: string) => tests.some((one) => one(path));
  if (compiled.size >= KEPT) compiled.clear();
  compiled.set(key, test);
  return test;
}

/** A glob is asked about every path of a checkout: what plain text can rule out never comes to its pattern. */
function compileGlob(glob: string): (path: string) => boolean {
  if (glob.startsWith('./')) {
    const matches = picomatch(glob, OPTIONS);
    // A second argument, as `filter` gives one, would make its answer an object.
    return (path) => matches(path);
  }
  const plain = plainTest(glob);
  if (plain !== null) return plain;
  const ends = literalEnds(glob);
  const anywhere = glob.startsWith('**/') && isPlainPart(glob.slice(3)) ? glob.slice(3) : null;
  if (anywhere !== null) {
    const matches = picomatch(anywhere, OPTIONS);
    const starts = literalStarts(anywhere);
    return (path) => {
      if (!endsIn(path, ends)) return false;
      const at = path.lastIndexOf('/') + 1;
      return startsWith(path, starts, at) && matches(path.slice(at));
    };
  }
  const matches = picomatch(glob, OPTIONS);
  const starts = literalStarts(glob);
  const folder = glob.slice(0, glob.lastIndexOf('/', glob.search(SPECIAL)));
  const depth = glob.split('/').every(isPlainPart) ? glob.split('/').length - 1 : null;
  return (path) =>
    endsIn(path, ends) &&
    (startsWith(path, starts, 0) || path === folder) &&
    (depth === null || hasDepth(path, depth)) &&
    matches(path);
}

const PLAIN_NAME = /^\.*[\w-][\w.-]*$/;

/** A test without a pattern for `**\/*.py`, `src/**\/*.{yml,yaml}`, `{app,src}/**\/a.md` and the like; null for any other glob. */
function plainTest(glob: string): ((path: string) => boolean) | null {
  const [, folder, name = ''] = /^(?:([^*]+)\/)?\*\*\/([^/]+)$/.exec(glob) ?? [];
  const folders = folder === undefined ? [] : plainChoices(folder);
  const names = plainChoices(name);
  const ends = name.startsWith('*') ? plainEnds(name.slice(1)) : null;
  if (folders === null || (names ?? ends) === null) return null;
  const starts = folders.map((one) => `${one}/`);
  const isBelow = (path: string): boolean => starts.length === 0 || startsWith(path, starts, 0);
  if (names === null) return (path) => endsIn(path, ends ?? []) && isBelow(path);
  const below = names.map((one) => `/${one}`);
  return (path) => (endsIn(path, below) || (starts.length === 0 && names.includes(path))) && isBelow(path);
}

/** A name, or those of a `{a,b}`; null when any is more than a plain name. */
function plainChoices(text: string): readonly string[] | null {
  const choices = choicesOf(/^\{([^{}]*)\}$/.exec(text)?.[1]) ?? [text];
  return choices.every((choice) => PLAIN_NAME.test(choice)) ? choices : null;
}

function plainEnds(text: string): readonly string[] | null {
  const [, head = text, inside] = /^([^{]*)\{([^{}]*)\}$/.exec(text) ?? [];
  const ends = (choicesOf(inside) ?? (inside === undefined ? [''] : [])).map((choice) => head + choice);
  return ends.length > 0 && ends.every((end) => PLAIN_NAME.test(end)) ? ends : null;
}

/** Where in a listing the paths that a glob takes can stand; the glob itself decides. */
export type GlobReach =
  | { readonly kind: 'root'; readonly endings: readonly string[] | null }
  | { readonly kind: 'below'; readonly folder: string }
  | { readonly kind: 'endings'; readonly endings: readonly string[] }
  | { readonly kind: 'anywhere' };

/** The narrowest reach that the text of `glob` tells of. Endings are those of {@link endingOf}; null where they can be any. */
export function reachOf(glob: string): GlobReach {
  if (glob.startsWith('./')) return { kind: 'anywhere' };
  const endings = endingsOf(glob);
  if (isPlainPart(glob)) return { kind: 'root', endings };
  const plain = splitAt(glob, glob.search(SPECIAL))[0];
  const slash = plain.lastIndexOf('/');
  if (slash !== -1) return { kind: 'below', folder: plain.slice(0, slash) };
  return endings === null ? { kind: 'anywhere' } : { kind: 'endings', endings };
}

function endingsOf(glob: string): readonly string[] | null {
  const names = literalNames(glob);
  const ends = names ?? literalEnds(glob);
  return names === null && !ends.every((end) => end.includes('.')) ? null : ends.map(endingOf);
}

/** What stands after the last dot of a path's name; empty without one. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot === -1 || dot < path.lastIndexOf('/') ? '' : path.slice(dot + 1);
}

/** Texts of which a path that `glob` takes begins with one. */
function literalStarts(glob: string): readonly string[] {
  const [plain, first, rest] = splitAt(glob, glob.search(SPECIAL));
  const choices = first === '{' ? choicesOf(/^([^{}]*)\}/.exec(rest)?.[1]) : null;
  return choices?.map((choice) => plain + splitAt(choice, choice.search(SPECIAL))[0]) ?? [plain];
}

/** Texts of which the name of a path that `glob` takes ends with one. */
function literalEnds(glob: string): readonly string[] {
  if (glob.includes('\\')) return [''];
  const plain = literalEnd(glob);
  const before = glob.slice(0, glob.length - plain.length);
  const group = before.endsWith('}') ? /^(.*)\{([^{}]*)\}$/s.exec(before) : null;
  const choices = choicesOf(group?.[2]);
  if (choices === null || choices.some((choice) => SPECIAL.test(choice))) return [nameOf(plain)];
  const head = literalEnd(group?.[1] ?? '');
  return choices.map((choice) => nameOf(head + choice + plain));
}

/** The names that `glob` takes, when it gives them as plain text. */
function literalNames(glob: string): readonly string[] | null {
  const last = /(?:^|\/)(?:\{([^/{}]*)\}|([^/{}]+))$/.exec(glob);
  const names = last?.[2] === undefined ? choicesOf(last?.[1]) : [last[2]];
  return names === null || names.some((name) => SPECIAL.test(name)) ? null : names;
}

const literalEnd = (glob: string): string => /[^*?[\]{}()!+@|\\]*$/.exec(glob)?.[0] ?? '';

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The choices of a `{a,b}`; a range or a single one is read by the pattern alone. */
function choicesOf(inside: string | undefined): readonly string[] | null {
  return inside === undefined || !inside.includes(',') || inside.includes('..') ? null : inside.split(',');
}

function splitAt(text: string, at: number): readonly [string, string, string] {
  return at === -1 ? [text, '', ''] : [text.slice(0, at), text.charAt(at), text.slice(at + 1)];
}

function startsWith(path: string, starts: readonly string[], at: number): boolean {
  for (const start of starts) if (path.startsWith(start, at)) return true;
  return false;
}

function endsIn(path: string, ends: readonly string[]): boolean {
  for (const end of ends) if (path.endsWith(end)) return true;
  return false;
}

/** Whether a part of a glob stands for exactly one part of a path. */
function isPlainPart(part: string): boolean {
  if (part === '' || part.includes('/') || part.includes('**') || /[()\\[\]]/.test(part)) return false;
  return part.split('{').length === part.split('}').length;
}

/** Whether `path` holds just `depth` slashes. */
function hasDepth(path: string, depth: number): boolean {
  let at = path.indexOf('/');
  for (let left = depth; left > 0; left -= 1) {
    if (at === -1) return false;
    at = path.indexOf('/', at + 1);
  }
  return at === -1;
}
