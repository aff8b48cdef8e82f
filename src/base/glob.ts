import picomatch from 'picomatch';

/** Compiles globs (picomatch syntax, dot files included, `!` negation off) to one test on a repository path. */
export function compileGlobs(globs: readonly string[]): (path: string) => boolean {
  const test = picomatch([...globs], { dot: true, nonegate: true });
  return (path) => test(path);
}
