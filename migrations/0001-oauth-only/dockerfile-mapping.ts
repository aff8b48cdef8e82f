import {
  type ImageFile,
  imageLayout,
  type Note,
  type ReadonlyTree,
  type RepoPath,
  readRequirements,
} from '../../src/authoring.ts';
import { type HelperStage, helperStages, isBrought } from './build-stages.ts';
import { carryInstructions } from './carried-instructions.ts';
import { carryModes } from './carried-modes.ts';
import { startedByCompose } from './compose/started-files.ts';
import { completeConfig } from './config-place.ts';
import { asCopy, copiesInImage } from './copied-in-image.ts';
import { copyLine, deriveCopies, withoutTwins } from './image-copies.ts';
import type { OldPath } from './launchers.ts';
import { unplacedCommands } from './old-commands.ts';
import { type LegacyContainer, requirementsPath } from './old-dockerfile.ts';
import { projectSource } from './project-source.ts';
import { pythonPath } from './python-path.ts';
import type { DockerfileParts } from './render-dockerfile.ts';
import { readServerStart, type ServerStart } from './server-start.ts';

/** What the new Dockerfile takes from the old one and the tree, and what a person should know about the rest. */
export interface DockerfileMapping {
  readonly parts: Omit<DockerfileParts, 'base'>;
  readonly notes: readonly Note[];
}

const NO_PRISMA = 'prisma is not installed, so the image is built without the database client (ARG WITH_DATABASE=0)';

/**
 * Maps the old Dockerfile to the parts of the new one. `written` are files of this run that no old line may take for its own. The Python parser has to be loaded.
 */
export function mapDockerfile(
  old: LegacyContainer,
  tree: ReadonlyTree,
  written: readonly RepoPath[],
): DockerfileMapping {
  const { stage, path, file } = old;
  const start = readServerStart(stage, tree);
  const requirements = requirementsPath(old);
  const started = startedByCompose(tree, path, start.launchers);
  const dropped = start.dropped.filter((launcher) => !started.includes(launcher));
  const handled = new Set<string>([requirements, ...written, ...dropped.map((launcher) => launcher.path)]);
  const helpers = helperStages(file, stage);
  const derived = deriveCopies(stage.copies, tree.paths(), handled, (from) => isBrought(from, helpers));
  const lastLine = stage.copies.at(-1)?.line ?? stage.base.line;
  const copied = copiedFiles(old, tree, handled);
  const source = projectSource(old, tree, copied);
  const copies = withoutTwins([
    ...derived.copies,
    ...copiesInImage(stage, copied),
    ...(source?.copy ? [source.copy] : []),
  ]);
  const complete = completeConfig(copies, start.config, tree, lastLine);
  const carried = carryInstructions(stage);
  const unplaced = unplacedCommands(
    stage,
    file.text,
    new Set(copied.map(({ image }) => image)),
    (words) => asCopy(words, stage, copied) !== null,
  );
  const database = installsPrisma(tree, requirements);
  const notes = [
    ...derived.notes,
    ...complete.notes,
    ...carried.unplaced,
    ...unplaced,
    ...helpers.map(helperNote),
    ...startNotes(start),
    ...(database ? [] : [{ severity: 'info' as const, path: requirements, line: 1, message: NO_PRISMA }]),
  ];
  return {
    parts: {
      requirements,
      lines: [...complete.copies.map(copyLine), ...carryModes(stage, copied, tree), ...carried.lines],
      pythonPath: [...new Set([...pythonPath(stage, dropped, tree), ...(source === null ? [] : [source.folder])])],
      command: start.command,
      database,
    },
    notes: sortNotes(notes, path),
  };
}

/** Whether the requirements bring the Prisma client; a file that names others is taken to. */
function installsPrisma(tree: ReadonlyTree, path: RepoPath): boolean {
  const { requirements, options } = readRequirements(tree.tryReadText(path) ?? '');
  if (options.some(({ name }) => name === '-r' || name === '--requirement')) return true;
  return requirements.some(
    ({ name, extras }) => name === 'prisma' || (name === 'litellm' && extras.includes('extra_proxy')),
  );
}

/** The files of the old image that the new one still has. */
function copiedFiles(
  { stage }: LegacyContainer,
  tree: ReadonlyTree,
  handled: ReadonlySet<string>,
): readonly ImageFile[] {
  return imageLayout(stage.copies, tree.paths()).filter(({ context }) => !handled.has(context));
}

type Draft = Omit<Note, 'line'> & { readonly line: number };

function helperNote({ name, line, onlyInstalls }: HelperStage): Draft {
  return onlyInstalls
    ? { severity: 'info', line, message: `build stage ${name} not needed: it only installed packages` }
    : { severity: 'todo', line, message: `build stage ${name} not carried over` };
}

/** A launcher goes on running in an image that does not have the folder that it names. */
function oldPathNote({ path, line, folder, caught }: OldPath): Draft {
  const message = `names ${folder}, which the new image does not have`;
  if (caught) return { severity: 'warning', path, line, message: `${message}; its failure is caught` };
  return { severity: 'todo', path, line, message: `${message}, so the start may fail: take it out` };
}

function startNotes(start: ServerStart): readonly Draft[] {
  const notes: Draft[] = [];
  const kept = start.launchers.filter((launcher) => !start.dropped.includes(launcher));
  const running = kept.at(0);
  for (const { path, extras } of running === undefined ? [] : [running]) {
    const [first, ...more] = extras;
    if (first === undefined) continue;
    const lines = more.map(({ line }) => line).join(', ');
    const rest = more.length === 0 ? '' : `, and line${more.length > 1 ? 's' : ''} ${lines}`;
    const message = `goes on running, so the new image starts ${path}: ${first.text}${rest}`;
    notes.push({ severity: 'info', path, line: first.line, message });
  }
  notes.push(...kept.flatMap(({ oldPaths }) => oldPaths).map(oldPathNote));
  if (start.unknown !== null) {
    const { text, line } = start.unknown;
    notes.push({
      severity: 'todo',
      line,
      message: `the old image ran "${text}"; the new one runs ${start.command.join(' ')}`,
    });
  }
  if (start.otherPort !== null) {
    notes.push({
      severity: 'todo',
      line: 1,
      message: `the old server listened on port ${start.otherPort}; the new image serves 4000`,
    });
  }
  return notes;
}

function sortNotes(drafts: readonly Draft[], path: RepoPath): readonly Note[] {
  return drafts
    .map((draft) => ({ ...draft, path: draft.path ?? path }))
    .sort((a, b) =>
      a.path === b.path ? a.line - b.line : a.path === path ? -1 : b.path === path ? 1 : a.path < b.path ? -1 : 1,
    );
}
