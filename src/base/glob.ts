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
  if (glob.startsWith('./')) return picomatch(glob, OPTIONS);
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

/** Texts of which a path that `glob` takes begins with one. */
function literalStarts(glob: string): readonly string[] {
  const [plain, first, rest] = splitAt(glob, glob.search(SPECIAL));
  const choices = first === '{' ? choicesOf(/^([^{}]*)\}/.exec(rest)?.[1]) : null;
  return choices?.map((choice) => plain + splitAt(choice, choice.search(SPECIAL))[0]) ?? [plain];
}

/** Texts of which a path that `glob` takes ends with one. */
function literalEnds(glob: string): readonly string[] {
  if (glob.includes('\\')) return [''];
  const last = /[*?[\]{}()!+@|][^*?[\]{}()!+@|]*$/.exec(glob)?.index;
  if (last === undefined) return [glob];
  const plain = glob.slice(last + 1);
  // `**/x` takes `x` too.
  if (plain.includes('/')) return [''];
  const choices = glob[last] === '}' ? choicesOf(/\{([^{}]*)$/.exec(glob.slice(0, last))?.[1]) : null;
  if (choices === null || choices.some((choice) => SPECIAL.test(choice))) return [plain];
  return choices.map((choice) => choice + plain);
}

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
