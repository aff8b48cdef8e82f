import {
  type Note,
  nameOf,
  needPython,
  type ReadonlyTree,
  type RepoPath,
  readNotebook,
  type TextEdit,
} from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { NEW_DISTRIBUTION, OLD_DISTRIBUTION, OLD_WORDS } from '../python/names.ts';
import { isInstalledPython, readPythonFiles } from '../python/python-files.ts';
import { moveCodeStrings } from './code-strings.ts';
import { kindsOf } from './kinds.ts';
import { notesOfPythonLocks } from './locks.ts';
import type { ManifestMove } from './model.ts';
import { moveCommands } from './shell.ts';
import { folderOf, isUsedIn, type PythonUsage, readPythonUsage } from './usage.ts';

export interface PythonMoves {
  readonly files: readonly { readonly path: RepoPath; readonly edits: readonly TextEdit[] }[];
  readonly notes: readonly Note[];
}

/** Manifests by name: what a search for exact words could miss, for pip does not mind how a name is spelled. */
const BY_NAME =
  '**/{pyproject.toml,Pipfile,pixi.toml,setup.cfg,setup.py,*requirements*.txt,*requirements*.in,*constraints*.txt,requirements/*.txt,requirements/*.in}';

/** Decides for every file that names the distribution, by whether the code that belongs to it imports the SDK. */
export async function planPythonMoves(tree: ReadonlyTree, params: AgentSdkParams): Promise<PythonMoves> {
  const named = new Set([...(await tree.search(OLD_WORDS)), ...tree.paths(BY_NAME)]);
  const usage = await readPythonUsage(tree);
  const files: { path: RepoPath; edits: readonly TextEdit[] }[] = [];
  const notes: Note[] = [];
  for (const path of [...named].sort()) {
    if (isInstalledPython(path)) continue;
    for (const { move, isProject } of await movesOf(tree, path, params.pythonRange)) {
      if (move.lists && !isUsedHere(tree, usage, path, isProject)) {
        notes.push({
          severity: 'info',
          path,
          ...lineOf(tree, path),
          message: `${OLD_DISTRIBUTION} is listed here and no code of it imports the SDK, so it stays`,
        });
        continue;
      }
      notes.push(...move.notes.map((note) => ({ ...note, path })));
      if (move.edits.length > 0) files.push({ path, edits: move.edits });
    }
  }
  const moved = files.map(({ path }) => path);
  notes.push(...notesOfPythonLocks(tree, moved));
  return { files: joined(files), notes };
}

/** Edits of one file by several kinds. */
function joined(files: PythonMoves['files']): PythonMoves['files'] {
  const byPath = new Map<RepoPath, TextEdit[]>();
  for (const { path, edits } of files) byPath.set(path, [...(byPath.get(path) ?? []), ...edits]);
  return [...byPath].map(([path, edits]) => ({ path, edits }));
}

function isUsedHere(tree: ReadonlyTree, usage: readonly PythonUsage[], path: RepoPath, isProject: boolean): boolean {
  return isUsedIn(usage, isProject ? folderOf(tree, path) : null);
}

interface FoundMove {
  readonly move: ManifestMove;
  readonly isProject: boolean;
}

async function movesOf(tree: ReadonlyTree, path: RepoPath, range: string | undefined): Promise<readonly FoundMove[]> {
  const text = tree.tryReadText(path);
  if (text === null || !/claude[-_.]+code[-_.]+sdk/i.test(text)) return [];
  const moves = kindsOf(path).map(({ move, isProject }) => ({ move: move({ path, text, range }), isProject }));
  if (path.endsWith('.py')) {
    await needPython();
    const inCode = readPythonFiles(tree, [path]).map((file) => moveCodeStrings(file, range));
    return [...moves, ...inCode.map((move) => ({ move, isProject: nameOf(path) === 'setup.py' }))];
  }
  if (!path.endsWith('.ipynb')) return moves.map((one) => ({ ...one, move: withoutDoubles(one.move, text) }));
  const read = readNotebook(text);
  if (read.kind === 'refused') return [];
  const { notebook } = read;
  const inCells = moveCommands({ path, text: notebook.source, range });
  // Python of the cells is moved with the code, so only what installs is taken here.
  const installs = inCells.edits.filter((edit) => edit.text.startsWith(NEW_DISTRIBUTION));
  return [{ move: { lists: inCells.lists, notes: [], edits: notebook.toFile(installs) }, isProject: false }];
}

/** A file that lists the new distribution already does not get it twice. */
function withoutDoubles(move: ManifestMove, text: string): ManifestMove {
  if (!move.lists || !/(?<![\w-])claude[-_.]agent[-_.]sdk(?![\w-])/i.test(text)) return move;
  const edits = move.edits.filter((edit) => !/claude-agent-sdk/.test(edit.text));
  if (edits.length === move.edits.length) return move;
  const message = `${NEW_DISTRIBUTION} is named here too: take ${OLD_DISTRIBUTION} out by hand when nothing needs it`;
  return { ...move, edits: [], notes: [...move.notes, { severity: 'todo', message }] };
}

function lineOf(tree: ReadonlyTree, path: RepoPath): { readonly line?: number } {
  const lines = (tree.tryReadText(path) ?? '').split('\n');
  const index = lines.findIndex((line) => /claude[-_.]+code[-_.]+sdk/i.test(line));
  return index === -1 ? {} : { line: index + 1 };
}
