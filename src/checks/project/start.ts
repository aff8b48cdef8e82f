/** What an image runs when it starts: ENTRYPOINT, CMD, and the scripts of the checkout that they run. Pure. */
import type { RepoPath } from '../../base/repo-path.ts';
import { type ImageCommand, resolveImagePath } from '../../editors/dockerfile.ts';
import { type ShellCommand, type ShellWord, splitCommands } from '../../editors/shell-words.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import type { JudgedDockerfile, PlacedFile } from './dockerfile.ts';
import { fillVariables, readShellScript, type ShellScript } from './shell-script.ts';

/** A script that runs when the container starts. */
export interface StartScript {
  /** The file that holds its text: its own, or the Dockerfile for the text of a here-document. */
  readonly path: RepoPath;
  /** Whether its text stands in the Dockerfile. */
  readonly inline: boolean;
  readonly imagePath: string;
  readonly text: string;
  /** Line of `path` on which `text` begins. */
  readonly firstLine: number;
  /** What names it. */
  readonly runBy: 'entrypoint' | 'cmd' | 'script';
  /** Line of the Dockerfile that names it; that of the first one in a row for `script`. */
  readonly dockerfileLine: number;
  /** Read as a shell script; null for Python and anything else. */
  readonly shell: ShellScript | null;
}

/** What the image runs. */
export interface ImageStart {
  readonly entrypoint: ImageCommand | null;
  readonly cmd: ImageCommand | null;
  /** The scripts of ENTRYPOINT, then those of CMD, each followed by those that it runs. */
  readonly scripts: readonly StartScript[];
}

const SEARCHED = ['/opt/venv/bin', '/usr/local/bin', '/usr/bin', '/bin'];
/** How deep scripts run one another. */
const DEPTH = 4;

interface Place {
  readonly tree: ReadonlyTree;
  readonly judged: JudgedDockerfile;
  readonly layout: ReadonlyMap<string, PlacedFile>;
}

/** Follows ENTRYPOINT and CMD into the scripts that COPY brings. */
export function readStart(
  tree: ReadonlyTree,
  judged: JudgedDockerfile,
  layout: ReadonlyMap<string, PlacedFile>,
): ImageStart {
  const { entrypoint, cmd } = judged.stage;
  const place: Place = { tree, judged, layout };
  const scripts = new Map<string, StartScript>();
  if (entrypoint !== null) follow(place, wordsOf(entrypoint), 'entrypoint', entrypoint.line, scripts, 0);
  if (cmd !== null) follow(place, wordsOf(cmd), 'cmd', cmd.line, scripts, 0);
  return { entrypoint, cmd, scripts: [...scripts.values()] };
}

function follow(
  place: Place,
  words: readonly string[],
  runBy: StartScript['runBy'],
  line: number,
  scripts: Map<string, StartScript>,
  depth: number,
): void {
  for (const word of words) {
    const script = findScript(place, word, runBy, line);
    if (script === null || scripts.has(script.imagePath)) continue;
    scripts.set(script.imagePath, script);
    if (script.shell === null || depth >= DEPTH) continue;
    const { variables, commands } = script.shell;
    const next = commands.flatMap(({ command }) =>
      SILENT.test(command.words[0]?.value ?? '')
        ? []
        : command.words.map(({ value }) => fillVariables(value, variables)),
    );
    follow(place, next, 'script', line, scripts, depth + 1);
  }
}

const SILENT = /^(?:echo|printf|chmod|chown|cp|mv|ln|rm|ls|cat|grep|test|\[|\[\[)$/;

function findScript(
  { tree, judged, layout }: Place,
  word: string,
  runBy: StartScript['runBy'],
  dockerfileLine: number,
): StartScript | null {
  if (word === '' || /[\s$*|<>]/.test(word)) return null;
  const bare = !word.includes('/');
  const places = [
    ...(bare ? SEARCHED.map((folder) => `${folder}/${word}`) : []),
    resolveImagePath(judged.stage.workdir, word),
  ];
  for (const imagePath of places) {
    const common = { imagePath, runBy, dockerfileLine };
    const file = layout.get(imagePath);
    const text = file === undefined ? null : tree.tryReadText(file.path);
    if (file !== undefined && text !== null && isScript(word, text)) {
      return { ...common, path: file.path, inline: false, text, firstLine: 1, shell: shellOf(imagePath, text) };
    }
    const inline = inlineFile(judged, imagePath);
    if (inline !== null) {
      return { ...common, ...inline, path: judged.path, inline: true, shell: shellOf(imagePath, inline.text) };
    }
  }
  return null;
}

/** A word may name data too: a configuration is no script. */
function isScript(word: string, text: string): boolean {
  return /\.(?:sh|bash|py)$/.test(word) || text.startsWith('#!') || !/\.\w+$/.test(word);
}

function shellOf(imagePath: string, text: string): ShellScript | null {
  const first = /^#![^\n]*/.exec(text)?.[0] ?? '';
  const python = first === '' ? imagePath.endsWith('.py') : /python/.test(first);
  return python || /node|perl|ruby/.test(first) ? null : readShellScript(text);
}

/** The text of a here-document that COPY puts at `imagePath`. */
function inlineFile(judged: JudgedDockerfile, imagePath: string): { text: string; firstLine: number } | null {
  for (const copy of judged.stage.copies.filter(({ inline }) => inline)) {
    for (const { name, body, line } of copy.instruction.heredocs) {
      const target = copy.toFolder ? `${copy.destination}/${name}` : copy.destination;
      if (target === imagePath) return { text: body, firstLine: line };
    }
  }
  return null;
}

/** The words of a command, those of a script given with `sh -c` included. */
export function wordsOf(command: ImageCommand): readonly string[] {
  return unfold(command.words);
}

/** `words` with the text after `sh -c`, `bash -lc` or `su -c` cut into its own words. */
export function unfold(words: readonly string[]): readonly string[] {
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = flag > 0 && SHELL.test(words.slice(0, flag).join(' ')) ? words[flag + 1] : undefined;
  if (script === undefined) return words;
  const inner = splitCommands(script).flatMap((command) => command.words.map(({ value }) => value));
  return [...words.slice(0, flag), ...inner, ...words.slice(flag + 2)];
}

/** The word that a shell command hands to `sh -c`, `bash -lc` or `su -c` as a script, or null. */
export function shellArgument({ words }: ShellCommand): ShellWord | null {
  const flag = words.findIndex(({ value }) => /^-[a-z]*c$/.test(value));
  const before = words.slice(0, Math.max(flag, 0)).map(({ value }) => value);
  return SHELL.test(before.join(' ')) ? (words[flag + 1] ?? null) : null;
}

const SHELL = /(?:^|[\s/])(?:sh|bash|dash|ash|su|runuser)(?:\s|$)/;

const USER_FIRST = new Set(['gosu', 'su-exec', 'chroot']);
const PLAIN = new Set([
  'exec',
  'command',
  'nohup',
  'setsid',
  'time',
  'builtin',
  'stdbuf',
  'nice',
  'ionice',
  'sudo',
  'env',
]);
const INIT = new Set(['tini', 'dumb-init', 'catatonit', 'docker-init']);

/** The command that wrappers such as `exec`, `env X=1`, `tini --`, `gosu claude` and `timeout 30` lead to. */
export function withoutWrappers(words: readonly string[]): readonly string[] {
  let rest = words;
  for (;;) {
    const name = nameOfCommand(rest);
    if (PLAIN.has(name)) rest = skipOptions(rest.slice(1), name === 'env' || name === 'sudo');
    else if (INIT.has(name)) rest = skipOptions(rest.slice(1), false);
    else if (USER_FIRST.has(name)) rest = rest.slice(2);
    else if (name === 'timeout') rest = skipOptions(rest.slice(1), false).slice(1);
    else return rest;
  }
}

function skipOptions(words: readonly string[], assignments: boolean): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at] as string;
    if (word === '--') return words.slice(at + 1);
    // Options of these programs that take their value as the next word.
    if (/^-[ukn]$/.test(word)) at += 2;
    else if (word.startsWith('-') || (assignments && /^[A-Za-z_]\w*=/.test(word))) at += 1;
    else break;
  }
  return words.slice(at);
}

/** The last part of the first word. */
export function nameOfCommand(words: readonly string[]): string {
  const [first = ''] = words;
  return first.slice(first.lastIndexOf('/') + 1);
}

/** How a command starts the server: by itself, by becoming its arguments, or not at all. */
export function serverStart(words: readonly string[], scripts: readonly StartScript[]): 'server' | 'arguments' | null {
  const command = withoutWrappers(words);
  const [first = ''] = command;
  if (first === '$@' || first === '$*' || /^\$\{@/.test(first) || /^\$\{?1\}?$/.test(first)) return 'arguments';
  if (command.some((word) => /^(?:--help|--version|-h|-V)$/.test(word))) return null;
  const name = nameOfCommand(command);
  if (/^(?:litellm|uvicorn|gunicorn|hypercorn)$/.test(name)) return 'server';
  if (!/^(?:python[\d.]*|uv|poetry)$/.test(name)) return null;
  if (command.some((word) => /^(?:litellm|uvicorn|gunicorn|hypercorn)$/.test(word))) return 'server';
  const python = scripts.find(
    ({ imagePath }) => imagePath.endsWith('.py') && command.some((word) => imagePath.endsWith(`/${tail(word)}`)),
  );
  return python !== undefined && /uvicorn\.run\(|run_server\(|hypercorn|gunicorn/.test(python.text) ? 'server' : null;
}

const tail = (word: string): string => word.slice(word.lastIndexOf('/') + 1);
