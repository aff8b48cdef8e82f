import { defineStep, type RepoPath, type TextEdit } from 'refit/authoring';

interface Found {
  readonly path: RepoPath;
  readonly edits: readonly TextEdit[];
}

/** Put your own search and edit in the place of these: they replace one word in text files. */
export const __camel__ = defineStep<unknown, readonly Found[]>({
  id: '__name__',
  title: '__Title__',
  description: 'Writes new-__name__ for old-__name__ in every .txt file; other bytes and other files stay.',
  version: 1,
  select: async (tree) => {
    const paths = (await tree.search(['old-__name__'])).filter((path) => path.endsWith('.txt'));
    const found = paths.map((path) => ({ path, edits: findOld(tree.readText(path)) }));
    return found.length > 0 ? { kind: 'applies', input: found } : { kind: 'done', why: 'old-__name__ is nowhere' };
  },
  run: (found, tree) => {
    for (const { path, edits } of found) tree.edit(path, edits);
  },
});

/** Spans of the text as it is: offsets in UTF-16 units, the end not included. */
function findOld(text: string): readonly TextEdit[] {
  return [...text.matchAll(/old-(?=__name__)/g)].map(({ index }) => ({ start: index, end: index + 4, text: 'new-' }));
}
