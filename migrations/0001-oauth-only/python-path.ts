import { type FinalStage, type ReadonlyTree, resolveImagePath } from '../../src/authoring.ts';
import type { Launcher } from './launchers.ts';
import { BASE_WORKDIR } from './old-dockerfile.ts';

/** Folders that the old image imported from and the new one has no use for: its own Python, another home. */
const OF_OLD_IMAGE = /python\d|\/root(?:\/|$)|^\/usr\/|\.?venv(?:\/|$)|[$~`]/;

/**
 * The folders that the new image imports from: those that the old one named in PYTHONPATH, in its Dockerfile or in a launcher that nothing runs any more, in
 * their order, and the working directory.
 */
export function pythonPath(
  stage: FinalStage,
  dropped: readonly Launcher[],
  tree: ReadonlyTree,
): readonly [string, ...string[]] {
  const written = [
    ...dropped.filter(({ kind }) => kind === 'shell').flatMap(({ path }) => exported(tree.readText(path))),
    ...stage.env.filter(({ name }) => name === 'PYTHONPATH').map(({ value }) => value),
  ];
  const folders = written
    .flatMap((value) => value.split(':'))
    .filter((part) => part !== '' && !OF_OLD_IMAGE.test(part))
    .map((part) => resolveImagePath(stage.workdir, part))
    .filter((folder) => folder !== BASE_WORKDIR);
  // The working directory first, as the old launchers had it: what is imported by name is found where it was.
  return [BASE_WORKDIR, ...new Set(folders)];
}

function exported(script: string): readonly string[] {
  return [...script.matchAll(/^\s*(?:export\s+)?PYTHONPATH=["']?([^"'\s;]+)/gm)].map(([, value]) => value as string);
}
