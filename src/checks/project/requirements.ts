/** Which Python packages the image installs, and from which files of the checkout. Pure. */
import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { lineOfCommand, type RunInstruction, resolveImagePath } from '../../editors/dockerfile.ts';
import { type RequirementsFile, readRequirements } from '../../editors/requirements.ts';
import type { ShellCommand, ShellWord } from '../../editors/shell-words.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import type { JudgedDockerfile, PlacedFile } from './dockerfile.ts';
import { isPipInstall } from './pip.ts';

/** A requirements file of the checkout. */
export interface RequirementsReading {
  readonly path: RepoPath;
  readonly file: RequirementsFile;
  /** `installed`: a RUN installs it; `included`: another one names it; `found`: it is there, and nothing says so. */
  readonly via: 'installed' | 'included' | 'constraint' | 'found';
}

/** One `pip install` of a RUN. */
export interface PipInstall {
  readonly run: RunInstruction;
  readonly command: ShellCommand;
  /** Line of the Dockerfile. */
  readonly line: number;
  /** The packages that it names itself. */
  readonly packages: readonly ShellWord[];
  /** The values of its `-r` options, as written. */
  readonly files: readonly string[];
}

const VALUED =
  /^(?:-r|-c|-i|-f|-t|-p|--requirements?|--constraints?|--index-url|--extra-index-url|--find-links|--target|--prefix|--python|--root|--trusted-host|--cache-dir|--timeout|--retries|--proxy|--platform|--index-strategy)$/;

/** The `pip install` commands of a Dockerfile, in order. */
export function pipInstalls(judged: JudgedDockerfile): readonly PipInstall[] {
  return judged.runs.flatMap((run) =>
    run.commands.flatMap((command) => {
      const install = readInstall(judged, run, command);
      return install === null ? [] : [install];
    }),
  );
}

function readInstall(judged: JudgedDockerfile, run: RunInstruction, command: ShellCommand): PipInstall | null {
  const words = command.words.filter(({ value }) => value !== 'sudo');
  if (!isPipInstall(words.map(({ value }) => value))) return null;
  const packages: ShellWord[] = [];
  const files: string[] = [];
  for (let at = words.findIndex(({ value }) => value === 'install') + 1; at < words.length; at += 1) {
    const word = words[at] as ShellWord;
    const joined = /^(?:--requirements?=|-r(?=[^\s]))(.+)$/.exec(word.value);
    if (joined?.[1] !== undefined) files.push(joined[1]);
    else if (VALUED.test(word.value)) {
      if (/^(?:-r|--requirements?)$/.test(word.value)) files.push(words[at + 1]?.value ?? '');
      at += 1;
    } else if (!word.value.startsWith('-')) packages.push(word);
  }
  return { run, command, packages, files, line: lineOfCommand(run, command.start, judged.text) };
}

/** The requirements files that the image installs, the files that they name included; else the usual one. */
export function readRequirementFiles(
  tree: ReadonlyTree,
  judged: JudgedDockerfile | null,
  layout: ReadonlyMap<string, PlacedFile>,
): readonly RequirementsReading[] {
  const found = new Map<RepoPath, RequirementsReading>();
  for (const { files } of judged === null ? [] : pipInstalls(judged)) {
    for (const file of files) {
      const path = judged === null ? null : sourceOf(tree, judged, layout, file);
      if (path !== null) addWithNamed(tree, path, 'installed', found);
    }
  }
  if (found.size === 0) {
    const usual = resolveIn(judged?.context ?? null, 'requirements.txt');
    if (usual !== null && tree.has(usual)) addWithNamed(tree, usual, 'found', found);
  }
  return [...found.values()];
}

function addWithNamed(
  tree: ReadonlyTree,
  path: RepoPath,
  via: RequirementsReading['via'],
  found: Map<RepoPath, RequirementsReading>,
): void {
  const text = found.has(path) ? null : tree.tryReadText(path);
  if (text === null) return;
  const file = readRequirements(text);
  found.set(path, { path, file, via });
  for (const { name, value } of file.options) {
    const named = resolveIn(parentOf(path), value);
    if (named === null) continue;
    if (name === '-r' || name === '--requirement') addWithNamed(tree, named, 'included', found);
    if (name === '-c' || name === '--constraint') addWithNamed(tree, named, 'constraint', found);
  }
}

/** The file of the checkout that stands at `written` in the image, or the only one of that name that is copied. */
function sourceOf(
  tree: ReadonlyTree,
  judged: JudgedDockerfile,
  layout: ReadonlyMap<string, PlacedFile>,
  written: string,
): RepoPath | null {
  const exact = layout.get(resolveImagePath(judged.stage.workdir, written));
  if (exact !== undefined) return exact.path;
  const name = written.slice(written.lastIndexOf('/') + 1);
  const named = new Set([...layout.values()].filter(({ image }) => image.endsWith(`/${name}`)).map(({ path }) => path));
  const [only] = named;
  if (only !== undefined && named.size === 1) return only;
  // A bind mount of the build, or a stage that is not followed: the file of that name in the context.
  const beside = resolveIn(judged.context, name);
  return beside !== null && tree.has(beside) ? beside : null;
}
