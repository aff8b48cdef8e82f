import { basename, dirname, join, resolve } from 'node:path';
import { RefitError, refusal } from '../../base/errors.ts';
import { type FileSystem, nodeFileSystem } from '../fs.ts';
import { explainGitFailure, runGit, tryGit } from './run.ts';

/** A folder inside a git work tree. All paths are absolute. */
export interface WorkTree {
  /** The folder asked for; names in listings are relative to it. */
  readonly folder: string;
  /** Top of the work tree. */
  readonly root: string;
  readonly gitDir: string;
  /** Shared by all linked work trees of the repository. */
  readonly commonDir: string;
  /** `folder` relative to `root`, with `/` between parts; empty at the top. */
  readonly prefix: string;
  /** Null before the first commit. */
  readonly headCommit: string | null;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Where git keeps what belongs to this work tree under the name `refit`. */
  readonly stateFolder: string;
  /** Settings that switch off every filter program and every hook that the configuration names. */
  readonly programsOff: readonly string[];
}

/** What is asked of `git rev-parse`, in this order; only the places can hold a newline. */
const FACTS = ['--is-bare-repository', '--is-inside-git-dir', '--is-inside-work-tree', '--show-object-format'];
const PLACES = [
  ['--show-toplevel'],
  ['--absolute-git-dir'],
  ['--git-common-dir'],
  ['--show-prefix'],
  ['--git-path', 'refit'],
];

/**
 * Finds the work tree that holds `folder` (an existing folder, absolute, links resolved); null when it is in none.
 * @throws RefitError for a bare repository, a folder inside `.git`, a repository that git does not trust or cannot
 *   read, and when git is missing though the folder lies in a git checkout.
 */
export async function findWorkTree(folder: string, fs: FileSystem = nodeFileSystem): Promise<WorkTree | null> {
  const [asked, head, programs] = await Promise.all([
    tryGit(folder, ['rev-parse', ...FACTS, ...PLACES.flat()]),
    tryGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    tryGit(folder, ['config', '-z', '--name-only', '--get-regexp', PROGRAM_KEYS]),
  ]);
  if (asked.end === 'not-found' && !liesUnderDotGit(folder, fs)) return null;
  if (/^fatal: not a git repository \(or any/m.test(asked.stderr)) return null;
  const answers = asked.stdout.toString('utf8').split('\n').slice(0, -1);
  const [bare, insideGitDir, insideWorkTree, format] = answers;
  if (insideWorkTree === 'false') throw notAWorkTree(folder, bare === 'true', insideGitDir === 'true');
  for (const result of [asked, head, programs]) {
    const nothing = result !== asked && result.exitCode === 1;
    if (result.failed && !nothing) throw explainGitFailure(result, folder);
  }
  const inOneCall = answers.length === FACTS.length + PLACES.length;
  const places = inOneCall ? answers.slice(FACTS.length) : await askEach(folder);
  const [root = '', gitDir = '', commonDir = '', prefix = '', stateFolder = ''] = places;
  refuseBorrowed(root, gitDir, resolve(folder, commonDir), fs);
  const state = resolve(folder, stateFolder);
  return {
    folder,
    root,
    gitDir,
    commonDir: resolve(folder, commonDir),
    prefix: prefix.replace(/\/$/, ''),
    headCommit: head.failed ? null : head.stdout.toString('utf8').trim(),
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    // The git folder itself may be a link; nothing below it may.
    stateFolder: join(fs.realpath(dirname(state)), basename(state)),
    programsOff: switchProgramsOff(programs.stdout.toString('utf8')),
  };
}

/** A newline in the name of a folder makes the answers run together, so that each needs a call of its own. */
function askEach(folder: string): Promise<readonly string[]> {
  return Promise.all(
    PLACES.map(async (flags) => (await runGit(folder, ['rev-parse', ...flags])).toString('utf8').replace(/\n$/, '')),
  );
}

function notAWorkTree(folder: string, bare: boolean, insideGitDir: boolean): RefitError {
  if (bare) {
    return new RefitError(`${folder} is a bare git repository: it has no files to migrate`, {
      hint: 'name a checkout of it: git clone, or git worktree add',
    });
  }
  if (insideGitDir) {
    return new RefitError(`${folder} lies inside a .git folder`, { hint: 'name the checkout that it belongs to' });
  }
  return new RefitError(`the repository of ${folder} keeps its files elsewhere (core.worktree)`, {
    hint: 'name the folder that core.worktree points at',
  });
}

/**
 * Refuses a checkout whose `.git` leads to what is the git folder of another one: its index would be read and its branch
 * moved. A linked work tree is told by its git folder, which leads back to it. A `.git` that leads to a bare repository
 * (`git init --separate-git-dir`) cannot be told from a borrowed one and is taken.
 */
function refuseBorrowed(root: string, gitDir: string, commonDir: string, fs: FileSystem): void {
  const own = join(root, '.git');
  if (fs.lstat(own)?.kind === 'folder') return;
  const real = (path: string): string => (fs.lstat(path) === null ? path : fs.realpath(path));
  const owner = real(gitDir);
  const linked = owner !== real(commonDir);
  const borrowed = linked
    ? real(dirname(readBackLink(owner, fs))) !== real(root)
    : basename(owner) === '.git' && dirname(owner) !== real(root);
  if (!borrowed) return;
  throw refusal(`${own} leads to the git folder of another checkout: ${gitDir}`, {
    hint: 'after a move of a linked work tree: git worktree repair; else remove that .git',
  });
}

/** The `.git` that a linked work tree's git folder belongs to. */
function readBackLink(gitDir: string, fs: FileSystem): string {
  const file = join(gitDir, 'gitdir');
  return fs.lstat(file)?.kind === 'file'
    ? resolve(gitDir, fs.readFile(file).toString('utf8').replace(/\n$/, ''))
    : gitDir;
}

function liesUnderDotGit(folder: string, fs: FileSystem): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (fs.lstat(join(at, '.git')) !== null) return true;
    if (at === dirname(at)) return false;
  }
}

/**
 * Filters run where files are compared or hashed. Hooks in the configuration (git 2.54 and later, `git help hook`) run
 * whatever `core.hooksPath` says, where references or the index are written.
 */
const PROGRAM_KEYS = '^(filter\\..*\\.(clean|smudge|process|required)|hook\\..*\\.(command|event))$';
const OFF: Readonly<Record<string, readonly string[]>> = {
  filter: ['clean=', 'smudge=', 'process=', 'required=false'],
  hook: ['enabled=false'],
};

function switchProgramsOff(keys: string): readonly string[] {
  const named = new Set<string>();
  for (const key of keys.split('\0')) {
    const name = /^((?:filter|hook)\..*)\.[a-z]+$/s.exec(key)?.[1];
    if (name !== undefined) named.add(name);
  }
  return [...named].flatMap((name) => {
    const [kind = ''] = name.split('.');
    // `-c` ends the key at the first `=`, so this one would keep running.
    if (name.includes('=')) {
      const shown = JSON.stringify(name.slice(kind.length + 1));
      throw new RefitError(`the git ${kind} ${shown} cannot be switched off: its name holds "="`, {
        hint:
          kind === 'filter'
            ? 'rename it in the git configuration and in .gitattributes'
            : 'rename it in the git configuration',
      });
    }
    return (OFF[kind] ?? []).map((rest) => `${name}.${rest}`);
  });
}
