import { type ImageFile, parentOf, type ReadonlyTree, type RepoPath } from '../../src/authoring.ts';
import type { NewCopy } from './image-copies.ts';
import { installingRuns, type LegacyContainer } from './old-dockerfile.ts';
import { installsProject } from './python-installs.ts';

/** Where the packages of a project lie that the old image had installed, and the copy that brings them when none did. */
export interface ProjectSource {
  /** Folder in the image. */
  readonly folder: string;
  readonly copy: NewCopy | null;
}

/** The source folder of a project in `src/` layout that the old image installed: the new one imports from it. */
export function projectSource(
  old: LegacyContainer,
  tree: ReadonlyTree,
  copied: readonly ImageFile[],
): ProjectSource | null {
  const installed = installingRuns(old).some(({ commands }) =>
    commands.some(({ words }) => installsProject(words.map(({ value }) => value))),
  );
  const [first] = installed && tree.has('pyproject.toml' as RepoPath) ? tree.paths('src/*/__init__.py') : [];
  if (first === undefined) return null;
  const image = copied.find(({ context }) => context === first)?.image.slice(1) as RepoPath | undefined;
  const folder = image === undefined ? null : parentOf(parentOf(image) as RepoPath);
  if (folder !== null) return { folder: `/${folder}`, copy: null };
  return { folder: '/app/src', copy: { sources: ['src/'], destination: '/app/src/', keyword: 'COPY' } };
}
