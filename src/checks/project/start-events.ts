/** Follows what an image runs at start, path by path: where the server starts, and what ran before it. Pure. */
import type { RepoPath } from '../../base/repo-path.ts';
import type { ImageCommand } from '../../editors/dockerfile.ts';
import type { ShellCommand } from '../../editors/shell-words.ts';
import type { JudgedDockerfile } from './dockerfile.ts';
import { fillVariables, readShellScript, type ShellNode, type ShellScript } from './shell-script.ts';
import { type ImageStart, nameOfCommand, type StartScript, serverStart, withoutWrappers } from './start.ts';

/** A place where the container becomes, or starts, something. */
export interface StartEvent {
  /** `server`: a known server; `arguments`: whatever CMD says; `other`: `exec` of anything else; `end`: a script ran out. */
  readonly kind: 'server' | 'arguments' | 'other' | 'end';
  /** How often the base's entrypoint has run, on the way here that calls it most. */
  readonly chained: number;
  readonly path: RepoPath;
  /** From 1. */
  readonly line: number;
  /** With variables as written. */
  readonly raw: readonly string[];
  /** With known variables and defaults put in. */
  readonly words: readonly string[];
  /** Whether the shell becomes it; true for a command of the Dockerfile in JSON form. */
  readonly exec: boolean;
  /** The command in its script; null for a command of the Dockerfile. */
  readonly command: ShellCommand | null;
  readonly script: StartScript | null;
}

/** What following the start gives. */
export interface StartEvents {
  readonly events: readonly StartEvent[];
  /** Lines at which the base's entrypoint is called, with their file. */
  readonly calls: readonly { readonly path: RepoPath; readonly line: number }[];
  /** What ENTRYPOINT names that no file of the checkout stands for, or null. */
  readonly unknown: string | null;
}

interface Walk {
  readonly judged: JudgedDockerfile;
  readonly start: ImageStart;
  readonly events: StartEvent[];
  readonly calls: { path: RepoPath; line: number }[];
  /** Image paths of the scripts on the way here. */
  readonly inside: readonly string[];
}

interface Frame {
  readonly path: RepoPath;
  readonly firstLine: number;
  readonly script: StartScript | null;
  readonly shell: ShellScript | null;
  readonly depth: number;
  readonly inFunction: boolean;
}

/** How often the base's entrypoint has run at most; null when no way leads on. */
type State = number | null;

interface Step {
  readonly raw: readonly string[];
  readonly words: readonly string[];
  readonly line: number;
  readonly exec: boolean;
  readonly command: ShellCommand | null;
}

const DEPTH = 6;

/** Follows ENTRYPOINT and CMD through every script of the checkout. */
export function followStart(judged: JudgedDockerfile, start: ImageStart): StartEvents {
  const walk: Walk = { judged, start, events: [], calls: [], inside: [] };
  const { entrypoint, cmd } = start;
  const frame: Frame = { path: judged.path, firstLine: 1, script: null, shell: null, depth: 0, inFunction: false };
  if (entrypoint === null) {
    if (cmd !== null) runCommand(walk, cmd, 1, frame, []);
    return { events: walk.events, calls: walk.calls, unknown: null };
  }
  runCommand(walk, entrypoint, 0, frame, cmd?.words ?? []);
  const [first = ''] = withoutWrappers(entrypoint.words);
  const told = walk.calls.length > 0 || walk.events.some(({ kind }) => kind !== 'other');
  const script = start.scripts.some(({ runBy }) => runBy === 'entrypoint');
  // A program of the system is what it is; a file of another place may be a script.
  const mayBeScript = first.includes('/') && !/^\/(?:usr\/)?s?bin\/|^\/opt\/venv\/bin\//.test(first);
  return { events: walk.events, calls: walk.calls, unknown: told || script || !mayBeScript ? null : first };
}

function runCommand(walk: Walk, command: ImageCommand, state: State, frame: Frame, more: readonly string[]): State {
  const { line } = command;
  if (command.form === 'json') {
    const words = [...command.words, ...more];
    return runStep(walk, { raw: words, words, line, exec: true, command: null }, state, frame);
  }
  const shell = readShellScript(command.text);
  return walkNodes(walk, shell.body, state, { ...frame, firstLine: line, shell, depth: frame.depth + 1 });
}

function walkNodes(walk: Walk, nodes: readonly ShellNode[], from: State, frame: Frame): State {
  let state = from;
  for (const node of nodes) {
    if (state === null) return null;
    if (node.kind === 'command') state = walkCommand(walk, node, state, frame);
    else if (node.kind === 'loop') state = join([state, walkNodes(walk, node.body, state, frame)]);
    else {
      const before: State = state;
      const arms = node.arms.map((arm) => walkNodes(walk, arm, before, frame));
      state = join(node.exhaustive ? arms : [...arms, before]);
    }
  }
  return state;
}

function join(states: readonly State[]): State {
  const alive = states.filter((state) => state !== null);
  return alive.length === 0 ? null : Math.max(...alive);
}

function walkCommand(walk: Walk, node: Extract<ShellNode, { kind: 'command' }>, state: State, frame: Frame): State {
  const { command } = node;
  const raw = command.words.map(({ value }) => value);
  const words = raw.map((word) => fillVariables(word, frame.shell?.variables ?? new Map()));
  const line = frame.firstLine + node.line - 1;
  const inner = frame.shell?.text.slice(command.start, command.end) ?? '';
  let now = state;
  // A call whose output is taken: `out=$(/usr/local/bin/docker-entrypoint.sh true)`.
  if (/\$\([^()]*docker-entrypoint\.sh[^()]*\)/.test(inner)) now = called(walk, now, frame.path, line);
  return runStep(walk, { raw, words, line, exec: words[0] === 'exec', command }, now, frame);
}

function called(walk: Walk, state: State, path: RepoPath, line: number): State {
  walk.calls.push({ path, line });
  return state === null ? null : state + 1;
}

function runStep(walk: Walk, step: Step, state: State, frame: Frame): State {
  if (state === null || frame.depth > DEPTH) return state;
  const words = withoutWrappers(step.words);
  const name = nameOfCommand(words);
  if (name === 'exit') return null;
  const left = (after: State): State => (step.exec ? null : after);
  const text = scriptArgument(words);
  if (text !== null) {
    const shell = readShellScript(text);
    return left(walkNodes(walk, shell.body, state, { ...frame, firstLine: step.line, shell, depth: frame.depth + 1 }));
  }
  const program = /^(?:\.|source|bash|sh|dash)$/.test(name) ? words.slice(1).filter((word) => !/^-/.test(word)) : words;
  if (nameOfCommand(program) === 'docker-entrypoint.sh') {
    const after = called(walk, state, frame.path, step.line);
    const rest = program.slice(1);
    return rest.length === 0 || rest[0] === 'true' ? left(after) : left(runRest(walk, step, rest, after, frame));
  }
  const body = words.length === 1 || !step.exec ? frame.shell?.functions.get(words[0] ?? '') : undefined;
  if (body !== undefined) {
    return walkNodes(walk, body, state, { ...frame, depth: frame.depth + 1, inFunction: true });
  }
  const script = findScript(walk, program[0] ?? '');
  if (script !== null && script.shell !== null) return left(walkScript(walk, script, state, frame));
  return left(startOf(walk, step, state, frame));
}

function runRest(walk: Walk, step: Step, rest: readonly string[], state: State, frame: Frame): State {
  const raw = step.raw.slice(step.raw.length - rest.length);
  return runStep(walk, { ...step, raw, words: rest }, state, { ...frame, depth: frame.depth + 1 });
}

function walkScript(walk: Walk, script: StartScript, state: State, frame: Frame): State {
  if (walk.inside.includes(script.imagePath) || script.shell === null) return state;
  const inner: Frame = { ...frame, path: script.path, firstLine: script.firstLine, script, shell: script.shell };
  const deeper = { ...inner, depth: frame.depth + 1, inFunction: false };
  const after = walkNodes({ ...walk, inside: [...walk.inside, script.imagePath] }, script.shell.body, state, deeper);
  if (after !== null && frame.script === null) {
    const last = script.shell.commands.at(-1);
    const line = script.firstLine + (last?.line ?? 1) - 1;
    const event = { raw: [], words: [], exec: false, command: null, path: script.path, script };
    walk.events.push({ ...event, kind: 'end', chained: after, line });
  }
  return after;
}

function startOf(walk: Walk, step: Step, state: number, frame: Frame): State {
  const { raw, words, line, exec, command } = step;
  const event = { chained: state, path: frame.path, line, raw, words, exec, command, script: frame.script };
  const kind = serverStart(words, walk.start.scripts);
  if (kind === 'server') walk.events.push({ ...event, kind });
  // In a function they are its own arguments.
  else if (kind === 'arguments' && !frame.inFunction) {
    walk.events.push({ ...event, kind });
    const { cmd } = walk.start;
    const outside: Frame = { ...frame, path: walk.judged.path, firstLine: 1, script: null, shell: null };
    if (cmd !== null) runCommand(walk, cmd, state, { ...outside, depth: frame.depth + 1 }, []);
  } else if (exec && kind === null && words.some((word) => word !== 'exec'))
    walk.events.push({ ...event, kind: 'other' });
  return state;
}

/** The text of `sh -c 'text'`, `bash -lc` or `su user -c`. */
function scriptArgument(words: readonly string[]): string | null {
  if (!/^(?:ba|da|a)?sh$|^(?:su|runuser)$/.test(nameOfCommand(words))) return null;
  const flag = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  return flag === -1 ? null : (words[flag + 1] ?? null);
}

function findScript(walk: Walk, word: string): StartScript | null {
  const name = word.slice(word.lastIndexOf('/') + 1);
  if (name === '') return null;
  return walk.start.scripts.find(({ imagePath }) => imagePath.endsWith(`/${name}`)) ?? null;
}
