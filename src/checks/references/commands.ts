/** Pure: files that scripts, make rules and workflows run. */
import { nameOf, parentOf, type RepoPath } from '../../base/repo-path.ts';
import type { ShellCommand } from '../../editors/shell-words.ts';
import { type LiveFile, liveFiles } from '../live-files.ts';
import { readShellScript } from '../project/shell-script.ts';
import { type WorkflowJob, workflowJobs } from '../workflow-files.ts';
import { type DeadReference, type FileLookup, ownGlobs, removedName } from './reference.ts';

/** Programs that may name a file that is not there, or that make it. */
const HARMLESS = new Set([
  'echo',
  'printf',
  'rm',
  'test',
  '[',
  '[[',
  'ls',
  'mkdir',
  'touch',
  'grep',
  'find',
  'git',
  'if',
  'for',
  'case',
  'read',
]);
/** Programs after which files are there that the checkout does not have, or the folder is another one. */
const MOVING = new Set([
  'cd',
  'pushd',
  'curl',
  'wget',
  'tar',
  'unzip',
  'cp',
  'mv',
  'tee',
  'ln',
  'install',
  'envsubst',
  'npm',
  'make',
  'cmake',
  'docker',
  'podman',
  'ssh',
]);
const RUNNERS = /^(?:(?:ba|da|z|k)?sh|source|\.|python[\d.]*|exec|sudo|env|time|nohup)$/;

interface Placed {
  readonly command: ShellCommand;
  readonly line: number;
}

/** Dead references of the shell scripts and make files. */
export function deadInScripts(files: FileLookup): readonly DeadReference[] {
  const scripts = liveFiles(files.tree, ...ownGlobs(files.context, '*.{sh,bash}'));
  const rules = liveFiles(files.tree, ...ownGlobs(files.context, '{Makefile,makefile,GNUmakefile}')).map(onlyRecipes);
  return [...scripts, ...rules].flatMap(({ path, text }) =>
    deadCommands(path, readShellScript(text).commands, [null, parentOf(path)], files),
  );
}

/** The recipe lines of a make file as shell text, every line in its place. */
function onlyRecipes({ path, text }: LiveFile): LiveFile {
  const lines = text
    .split('\n')
    .map((line) => (line.startsWith('\t') ? line.replace(/^\t[@+-]*/, '').replaceAll('$$', '$') : ''));
  return { path, text: lines.join('\n') };
}

/** Dead references of the workflows and composite actions. */
export function deadInWorkflows(files: FileLookup): readonly DeadReference[] {
  return workflowJobs(files.tree).flatMap((job) => deadInJob(job, files));
}

function deadInJob({ path, steps }: WorkflowJob, files: FileLookup): readonly DeadReference[] {
  // What another checkout or an artifact brings cannot be known.
  const isOpen = steps.some(
    ({ uses, inputs }) => /download-artifact|cache@/.test(uses?.text ?? '') || inputs.has('repository'),
  );
  return steps.flatMap(({ uses, inputs, commands, workingDirectory }) => {
    const folders = [
      workingDirectory === null || workingDirectory.includes('$') ? null : (workingDirectory as RepoPath),
      null,
    ];
    const found = [...deadCommands(path, commands, isOpen ? null : folders, files)];
    const file = inputs.get('file');
    const isBuild = uses?.text.startsWith('docker/build-push-action@') === true;
    const given = [
      ...(uses?.text.startsWith('./') === true ? [uses] : []),
      ...(file !== undefined && isBuild ? [file] : []),
    ].filter(({ text }) => !text.includes('$'));
    for (const { text, line } of isOpen ? [] : given) {
      const folder = isBuild ? (inputs.get('context')?.text ?? '.') : '.';
      if (files.exists(null, text) || files.exists(null, `${folder}/${text}`)) continue;
      found.push({ path, line, target: text, effect: 'the workflow fails', breaks: true });
    }
    return found;
  });
}

/** `folders` are where relative paths may start; null when only removed files can be told. */
function deadCommands(
  path: RepoPath,
  commands: readonly Placed[],
  folders: readonly (RepoPath | null)[] | null,
  files: FileLookup,
): readonly DeadReference[] {
  const isPlain =
    folders !== null && !commands.some(({ command }) => MOVING.has(nameIn(command)) || makesFiles(command));
  return commands.flatMap(({ command, line }) => {
    if (HARMLESS.has(nameIn(command))) return [];
    const removed = command.words.find(({ value }) => removedName(files, value) !== null)?.value;
    const run = isPlain ? scriptOf(command) : null;
    const isDead =
      run !== null &&
      !files.knowsName(nameOf(run as RepoPath)) &&
      !folders?.some((folder) => files.exists(folder, run) || files.ignores(folder, run));
    const target = removed ?? (isDead ? run : null);
    return target == null ? [] : [{ path, line, target, effect: 'the command fails', breaks: true }];
  });
}

const nameIn = ({ words }: ShellCommand): string => words[0]?.value.replace(/^.*\//, '') ?? '';

const makesFiles = ({ redirections }: ShellCommand): boolean =>
  redirections.some(({ operator, target }) => operator.includes('>') && /\.(?:sh|py)$/.test(target?.value ?? ''));

/** The relative script that a command runs: itself, or the first argument of a shell or Python. */
function scriptOf({ words }: ShellCommand): string | null {
  const values = words.map(({ value }) => value);
  const at = values.findIndex((value, place) => !RUNNERS.test(value) && !(place > 0 && value.startsWith('-')));
  const value = values[at];
  if (value === undefined || values.slice(0, at).some((one) => /^-\w*[cm]$/.test(one))) return null;
  const isPath = /^[\w.][\w./-]*\.(?:sh|bash|py)$/.test(value) && !value.startsWith('~');
  return isPath && (at > 0 || value.includes('/')) ? value : null;
}
