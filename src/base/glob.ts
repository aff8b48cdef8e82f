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
  const anywhere = glob.startsWith('**/') && isPlainPart(glob.slice(3)) ? glob.slice(3) : null;
  if (anywhere !== null) {
    const matches = picomatch(anywhere, OPTIONS);
    return (path) => matches(path.slice(path.lastIndexOf('/') + 1));
  }
  const matches = picomatch(glob, OPTIONS);
  const prefix = glob.slice(0, glob.lastIndexOf('/', glob.search(SPECIAL)) + 1);
  const folder = prefix.slice(0, -1);
  const depth = glob.split('/').every(isPlainPart) ? glob.split('/').length - 1 : null;
  return (path) =>
    (path.startsWith(prefix) || path === folder) && (depth === null || hasDepth(path, depth)) && matches(path);
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
