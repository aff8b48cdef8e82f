import { type FinalStage, type ImageFile, resolveImagePath } from '../../src/authoring.ts';
import type { NewCopy } from './image-copies.ts';

/**
 * The copy that a `cp` of files that are in the image anyhow comes to, or null when it is no such command: a folder, a
 * pattern or a file from elsewhere.
 */
export function asCopy(words: readonly string[], { workdir }: FinalStage, files: readonly ImageFile[]): NewCopy | null {
  const [name, ...rest] = words;
  if (name !== 'cp' || rest.some((word) => word.startsWith('-') && !/^-[afpv]+$/.test(word))) return null;
  const paths = rest.filter((word) => !word.startsWith('-'));
  const target = paths.at(-1);
  if (paths.length < 2 || target === undefined) return null;
  const sources = paths.slice(0, -1).map((path) => {
    const image = resolveImagePath(workdir, path);
    return files.find((file) => file.image === image)?.context;
  });
  if (sources.some((source) => source === undefined)) return null;
  const place = resolveImagePath(workdir, target);
  const folder = target.endsWith('/') || paths.length > 2 || files.some(({ image }) => image.startsWith(`${place}/`));
  const [only] = sources as readonly string[];
  const base = only?.split('/').at(-1) ?? '';
  const destination = sources.length === 1 ? (folder ? `${place}/${base}` : place) : `${place}/`;
  return { sources: sources as readonly string[], destination, keyword: 'COPY' };
}

/** The copies that the RUN instructions made within the image, of files that the new one has. */
export function copiesInImage(stage: FinalStage, files: readonly ImageFile[]): readonly NewCopy[] {
  return stage.runs.flatMap(({ commands }) =>
    commands.flatMap(({ words }) => {
      const copy = asCopy(
        words.map(({ value }) => value),
        stage,
        files,
      );
      return copy === null ? [] : [copy];
    }),
  );
}
