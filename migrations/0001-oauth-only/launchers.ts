import {
  listStatements,
  type PythonStatement,
  type ReadonlyTree,
  type RepoPath,
  splitCommands,
} from '../../src/authoring.ts';
import { startupBehaviour } from './startup-behaviour.ts';

/** One thing that a launcher does and the new container does not. */
export interface LauncherExtra {
  readonly path: RepoPath;
  readonly line: number;
  readonly text: string;
  /** The words of a command that a shell script ends in: it may only hand over to another launcher. */
  readonly handsOver?: readonly string[];
}

/** A place where a launcher names what only the old image has: packages of its Python, or the home of root. */
export interface OldPath {
  readonly path: RepoPath;
  readonly line: number;
  readonly folder: string;
  /** Whether the script goes on when it fails there. */
  readonly caught: boolean;
}

/** A script that started the server in the old image. */
export interface Launcher {
  readonly path: RepoPath;
  readonly kind: 'shell' | 'python';
  /** Where the old image had it. */
  readonly image: string;
  /** Empty when the new entrypoint and command take over all that it does. */
  readonly extras: readonly LauncherExtra[];
  readonly oldPaths: readonly OldPath[];
}

const QUIET = /^(?:echo|printf|set|export|cd|exec|exit|true|:|\.|source|sleep|umask|trap)$/;
const STARTS = /(?:^|\s)(?:python[\d.]*|litellm|uvicorn)(?:\s|$)/;
const LOGIN = /\/root(?:\/|\s|$|")|\.claude\b|\.credentials|claude(?:-code)?\s+(?:\/?login|auth\b|--version)|CLAUDE_/;

/** Reads the launcher `path` of the checkout; null when it is not a text file. The Python parser has to be loaded. */
export function readLauncher(tree: ReadonlyTree, path: RepoPath, image: string): Launcher | null {
  const text = tree.tryReadText(path);
  if (text === null) return null;
  if (path.endsWith('.py')) {
    const { extras } = startupBehaviour(text);
    const caught = caughtLines(listStatements(text));
    const oldPaths = pathsOfOldImage(text, path).map((one) => ({ ...one, caught: caught.has(one.line) }));
    return { path, kind: 'python', image, extras: extras.map((one) => ({ ...one, path })), oldPaths };
  }
  return { path, kind: 'shell', image, extras: shellExtras(text, path), oldPaths: pathsOfOldImage(text, path) };
}

const PACKAGES = /(?:\/[\w.-]+)*\/python3\.\d+\/(?:site|dist)-packages(?:\/[\w.-]+)*/;
const ROOT_HOME = /(?<![\w.~-])(?<!\w\/)\/root(?![\w.-])(?:\/[\w.-]+)*/;

/** The base has its packages under `/opt/venv`, and its user cannot look into the home of root. */
function pathsOfOldImage(text: string, path: RepoPath): readonly OldPath[] {
  return text.split('\n').flatMap((source, index) => {
    if (/^\s*#/.test(source)) return [];
    const folder = PACKAGES.exec(source)?.[0] ?? ROOT_HOME.exec(source)?.[0];
    if (folder === undefined || folder.startsWith('/opt/venv/')) return [];
    return [{ path, line: index + 1, folder, caught: /\|\|/.test(source) }];
  });
}

/** The lines under a `try` that has an `except`. */
function caughtLines(statements: readonly PythonStatement[]): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { kind, blocks } of statements) {
    const [tried] = blocks;
    if (kind === 'try' && blocks.some(({ header }) => /^except(?: (?:Base)?Exception\b.*)?$/.test(header)))
      for (const { line, endLine } of tried?.statements ?? [])
        for (let at = line; at <= endLine; at += 1) lines.add(at);
    for (const at of caughtLines(blocks.flatMap((block) => block.statements))) lines.add(at);
  }
  return lines;
}

/** The commands that neither talk, nor set the environment, nor log in, nor start the server. */
function shellExtras(text: string, path: RepoPath): readonly LauncherExtra[] {
  const extras: LauncherExtra[] = [];
  const commands = splitCommands(text);
  for (const command of commands) {
    const words = command.words.map(({ value }) => value);
    const line = text.slice(0, command.start).split('\n').length;
    const shown = text.slice(command.start, command.end).replace(/\s+/g, ' ');
    const [name = ''] = words;
    if (words.length === 0 || LOGIN.test(shown)) continue;
    const starts = STARTS.test(words.join(' ')) && /startup\.py|-m startup$|litellm|uvicorn/.test(words.join(' '));
    if (starts && !/manage|migrate|prisma db/.test(shown)) continue;
    if (QUIET.test(name) && !(name === 'exec' && words.length > 1)) continue;
    if (/^(?:\[|\[\[|test|command|which|chmod|mkdir|ls)$/.test(name) && command.redirections.length === 0) continue;
    const last = name === 'exec' || command === commands.at(-1);
    extras.push({ path, line, text: shown, ...(last ? { handsOver: words } : {}) });
  }
  return extras;
}
