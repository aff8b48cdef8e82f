import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

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

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Test Author',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_AUTHOR_DATE: '2024-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Test Author',
  GIT_COMMITTER_EMAIL: 'author@example.org',
  GIT_COMMITTER_DATE: '2024-01-02T03:04:05Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

/** Runs git for the set-up of a test, apart from the caller's settings and from any repository it stands in. */
export function runTestGit(folder: string, args: readonly string[], input?: string): string {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(own), ...IDENTITY, LC_ALL: 'C' };
  return execFileSync('git', [...args], { cwd: folder, env, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
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

/**
 * All below `folder`, for a comparison before and after: path → `644 <sha256>`, `link <target>`, `folder 755`, or
 * `other 644`; the content of every `.git` at the top is left out. Names that are not UTF-8 show as U+FFFD.
 */
export function snapshot(folder: string): Readonly<Record<string, string>> {
  const entries: Record<string, string> = {};
  const visit = (prefix: string): void => {
    for (const name of readdirSync(join(folder, prefix), { encoding: 'buffer' })) {
      const path = prefix === '' ? name.toString() : `${prefix}/${name.toString()}`;
      if (path === '.git') continue;
      const place = Buffer.concat([Buffer.from(`${join(folder, prefix)}/`), name]);
      const stats = lstatSync(place);
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) entries[path] = `link ${readlinkSync(place)}`;
      else if (stats.isFile())
        entries[path] = `${mode} ${createHash('sha256').update(readFileSync(place)).digest('hex')}`;
      else if (!stats.isDirectory()) entries[path] = `other ${mode}`;
      else {
        entries[path] = `folder ${mode}`;
        visit(path);
      }
    }
  };
  visit('');
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
