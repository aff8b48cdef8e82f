import { defineCheck, indexLines, type RepoPath } from 'refit/authoring';

/** Put what must hold in the place of this: no .txt file may hold one word. */
export const __camel__ = defineCheck<readonly RepoPath[]>({
  id: '__id__',
  title: '__Title__',
  severity: 'error',
  description: 'Say here what it proves, and why that matters: refit explain prints it.',
  examples: { bad: 'bad-__name__', good: 'good-__name__' },
  select: (tree) => {
    const paths = tree.paths('**/*.txt');
    return paths.length > 0 ? { kind: 'applies', input: paths } : { kind: 'skip', why: 'there is no text file' };
  },
  run: (paths, tree) =>
    paths.flatMap((path) => {
      const text = tree.readText(path);
      return [...text.matchAll(/bad-__name__/g)].map(({ index }) => ({
        check: '__id__',
        severity: 'error' as const,
        message: 'the word bad-__name__ is still there',
        expected: 'good-__name__',
        seen: 'bad-__name__',
        path,
        line: indexLines(text).lineAt(index),
        next: 'write good-__name__',
      }));
    }),
});
