import {
  compileGlobs,
  type FinalStage,
  type ImageFile,
  type ReadonlyTree,
  type RepoPath,
} from '../../src/authoring.ts';

const EXECUTABLE = /^(?:[ugoa]*\+r?x|0?7[0-7]{2})$/;

/**
 * The RUN line that makes files executable as the old Dockerfile did, for those that have no such mode in the tree; none
 * when there is nothing to do. `copied` are the files of the new image.
 */
export function carryModes(stage: FinalStage, copied: readonly ImageFile[], tree: ReadonlyTree): readonly string[] {
  const files = stage.runs
    .flatMap(({ commands }) => commands.map(({ words }) => words.map(({ value }) => value)))
    .flatMap((words) => executables(words, stage.workdir))
    .flatMap((target) => copied.filter(({ image }) => matches(target, image)))
    .filter(({ context }) => tree.mode(context as RepoPath) === '644')
    .map(({ image }) => image);
  const plain = [...new Set(files)].filter((image) => /^[\w./@%+-]+$/.test(image));
  return plain.length === 0 ? [] : [`RUN chmod 0755 ${plain.join(' ')}`];
}

/** The absolute paths that a command makes executable. */
function executables(words: readonly string[], workdir: string): readonly string[] {
  const [name, mode = '', ...targets] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word) && word !== 'sudo');
  if (name !== 'chmod' || !EXECUTABLE.test(mode)) return [];
  return targets.map((target) => (target.startsWith('/') ? target : `${workdir}/${target.replace(/^\.\//, '')}`));
}

/** Rights of a folder are another thing than those of the programs in it. */
function matches(target: string, image: string): boolean {
  return target === image || (/[*?[]/.test(target) && compileGlobs([target.slice(1)])(image.slice(1) as RepoPath));
}
