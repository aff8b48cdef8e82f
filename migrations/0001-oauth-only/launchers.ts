import { type ReadonlyTree, type RepoPath, splitCommands } from '../../src/authoring.ts';
import { startupBehaviour } from './startup-behaviour.ts';

/** One thing that a launcher does and the new container does not. */
export interface LauncherExtra {
  readonly path: RepoPath;
  readonly line: number;
  readonly text: string;
}

/** A script that started the server in the old image. */
export interface Launcher {
  readonly path: RepoPath;
  readonly kind: 'shell' | 'python';
  /** Where the old image had it. */
  readonly image: string;
  /** Empty when the new entrypoint and command take over all that it does. */
  readonly extras: readonly LauncherExtra[];
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
    return { path, kind: 'python', image, extras: extras.map((one) => ({ ...one, path })) };
  }
  return { path, kind: 'shell', image, extras: shellExtras(text, path) };
}

/** The commands that neither talk, nor set the environment, nor log in, nor start the server. */
function shellExtras(text: string, path: RepoPath): readonly LauncherExtra[] {
  const extras: LauncherExtra[] = [];
  for (const command of splitCommands(text)) {
    const words = command.words.map(({ value }) => value);
    const line = text.slice(0, command.start).split('\n').length;
    const shown = text.slice(command.start, command.end).replace(/\s+/g, ' ');
    const [name = ''] = words;
    if (words.length === 0 || LOGIN.test(shown)) continue;
    const starts = STARTS.test(words.join(' ')) && /startup\.py|-m startup$|litellm|uvicorn/.test(words.join(' '));
    if (starts && !/manage|migrate|prisma db/.test(shown)) continue;
    if (QUIET.test(name) && !(name === 'exec' && words.length > 1)) continue;
    if (/^(?:\[|\[\[|test|command|which|chmod|mkdir|ls)$/.test(name) && command.redirections.length === 0) continue;
    extras.push({ path, line, text: shown });
  }
  return extras;
}
