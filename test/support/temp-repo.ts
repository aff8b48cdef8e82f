import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { runScratchGit as runTestGit, snapshot } from '../../src/testing/scratch.ts';

export { runTestGit, snapshot };

/** Content of a file; `{ link }` is a symbolic link, `{ content, mode: '755' }` an executable one. */
export type TempFile =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly content: string | Uint8Array; readonly mode: '644' | '755' };

export interface TempRepoOptions {
  /** Runs `git init`; true by default. */
  readonly git?: boolean;
  /** Adds and commits all files, with a fixed author and date; true by default. */
  readonly commit?: boolean;
}

export interface TempRepo {
  /** Absolute, links resolved. */
  readonly root: string;
  /** Writes files, replacing what is there. */
  write(files: Readonly<Record<string, TempFile>>): void;
  read(path: string): string;
  /** Runs git in the root, or in `folder` below it, and returns its output. */
  git(...args: readonly string[]): string;
  commit(message?: string): string;
  /** See {@link snapshot}. */
  snapshot(): Readonly<Record<string, string>>;
}

/**
 * An empty folder of its own, removed after the test, or after the test file when made while the file is collected. A
 * `beforeAll` is neither: call it at the top of the `describe` instead.
 */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'refit-test-')));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    onTestFinished(remove);
  } catch {
    afterAll(remove);
  }
  return folder;
}

/** Makes a folder with `files`, by default as a git repository with one commit. */
export function tempRepo(files: Readonly<Record<string, TempFile>> = {}, options: TempRepoOptions = {}): TempRepo {
  const { git: withGit = true, commit = withGit } = options;
  const root = tempFolder();
  const repo: TempRepo = {
    root,
    write: (more) => {
      for (const [path, file] of Object.entries(more)) writeTempFile(join(root, path), file);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    git: (...args) => runTestGit(root, args),
    commit: (message = 'change') => {
      runTestGit(root, ['add', '--all']);
      runTestGit(root, ['commit', '--quiet', '--allow-empty', '-m', message]);
      return runTestGit(root, ['rev-parse', 'HEAD']).trim();
    },
    snapshot: () => snapshot(root),
  };
  repo.write(files);
  if (withGit) runTestGit(root, ['init', '--quiet', '--initial-branch=main']);
  if (commit) repo.commit('start');
  return repo;
}

function writeTempFile(path: string, file: TempFile): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  if (typeof file === 'object' && 'link' in file) {
    symlinkSync(file.link, path);
    return;
  }
  const plain = typeof file === 'string' || file instanceof Uint8Array;
  writeFileSync(path, plain ? file : file.content);
  chmodSync(path, !plain && file.mode === '755' ? 0o755 : 0o644);
}
