import { dirname, join, resolve } from 'node:path';
import { RefitError } from '../../base/errors.ts';
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
  /** Settings that switch off every filter program that the configuration names. */
  readonly filtersOff: readonly string[];
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
  const [asked, head, filters] = await Promise.all([
    tryGit(folder, ['rev-parse', ...FACTS, ...PLACES.flat()]),
    tryGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    tryGit(folder, ['config', '-z', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$']),
  ]);
  if (asked.end === 'not-found' && !liesUnderDotGit(folder, fs)) return null;
  if (/^fatal: not a git repository \(or any/m.test(asked.stderr)) return null;
  const answers = asked.stdout.toString('utf8').split('\n').slice(0, -1);
  const [bare, insideGitDir, insideWorkTree, format] = answers;
  if (insideWorkTree === 'false') throw notAWorkTree(folder, bare === 'true', insideGitDir === 'true');
  for (const result of [asked, head, filters]) {
    const nothing = result !== asked && result.exitCode === 1;
    if (result.failed && !nothing) throw explainGitFailure(result, folder);
  }
  const inOneCall = answers.length === FACTS.length + PLACES.length;
  const places = inOneCall ? answers.slice(FACTS.length) : await askEach(folder);
  const [root = '', gitDir = '', commonDir = '', prefix = '', stateFolder = ''] = places;
  return {
    folder,
    root,
    gitDir,
    commonDir: resolve(folder, commonDir),
    prefix: prefix.replace(/\/$/, ''),
    headCommit: head.failed ? null : head.stdout.toString('utf8').trim(),
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    stateFolder: resolve(folder, stateFolder),
    filtersOff: switchFiltersOff(filters.stdout.toString('utf8')),
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

function liesUnderDotGit(folder: string, fs: FileSystem): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (fs.lstat(join(at, '.git')) !== null) return true;
    if (at === dirname(at)) return false;
  }
}

function switchFiltersOff(names: string): readonly string[] {
  const drivers = new Set<string>();
  for (const name of names.split('\0')) {
    const driver = /^filter\.(.*)\.[a-z]+$/s.exec(name)?.[1];
    if (driver !== undefined) drivers.add(driver);
  }
  return [...drivers].flatMap((driver) => {
    // `-c` ends the key at the first `=`, so this one would keep running.
    if (driver.includes('=')) {
      throw new RefitError(`the git filter ${JSON.stringify(driver)} cannot be switched off: its name holds "="`, {
        hint: 'rename it in the git configuration and in .gitattributes',
      });
    }
    return ['clean=', 'smudge=', 'process=', 'required=false'].map((rest) => `filter.${driver}.${rest}`);
  });
}
