import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunContext } from '../../src/apply/context.ts';
import { findInterrupted, listRuns } from '../../src/apply/runs.ts';
import { RefitError } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { contextIn } from '../apply/scene.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { runTestGit } from '../support/temp-repo.ts';
import { fastFolder } from './kills.ts';
import { type Files, firstFiles, isSame, type Model, type ModelFile } from './model.ts';

// Nothing here pulls the plug, so a flush does nothing.
const disk = { ...nodeFileSystem, fsync: () => undefined, syncFileSystem: () => Promise.resolve() };

/** A real checkout with git, and the runs beside it. */
export interface Real {
  readonly context: RunContext;
  git(...args: readonly string[]): string;
  /** Steps taken on it. */
  steps: number;
}

export function openReal(): { readonly real: Real; readonly model: Model; close(): void } {
  const top = fs.realpathSync(fs.mkdtempSync(join(fastFolder, 'refit-model-')));
  const context = contextIn(top, { fs: disk });
  const real: Real = { context, git: (...args) => runTestGit(context.root, args), steps: 0 };
  const files = firstFiles();
  for (const [path, file] of files) writeReal(real, path, file);
  real.git('init', '--quiet', '--initial-branch=main');
  real.git('config', 'user.name', 'Test Author');
  real.git('config', 'user.email', 'author@example.org');
  commitReal(real);
  const model: Model = { files, head: files, planned: null, runs: [], cut: null, branches: 0 };
  return { real, model, close: () => fs.rmSync(top, { recursive: true, force: true }) };
}

export function writeReal({ context }: Real, path: string, file: ModelFile | null): void {
  const place = join(context.root, path);
  fs.rmSync(place, { force: true });
  if (file === null) return;
  fs.mkdirSync(dirname(place), { recursive: true });
  fs.writeFileSync(place, file.content);
  fs.chmodSync(place, file.mode === '755' ? 0o755 : 0o644);
}

export function commitReal(real: Real): void {
  real.git('add', '--all');
  real.git('commit', '--quiet', '--allow-empty', '-m', 'change');
}

/** The files of a commit, as git holds them. */
export function filesOf(real: Real, commit: string): Files {
  const lines = real
    .git('ls-tree', '-r', '-z', commit)
    .split('\0')
    .filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, mode, object, path] = /^100(\d{3}) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      const content = execFileSync('git', ['cat-file', 'blob', object ?? ''], {
        cwd: real.context.root,
        encoding: 'utf8',
      });
      return [path ?? '', { content, mode: mode === '755' ? '755' : '644' }] as const;
    }),
  );
}

/** The files of the work tree, those that a run left waiting included. */
export function realFiles({ context }: Real): Files {
  const files = new Map<string, ModelFile>();
  const walk = (prefix: string): void => {
    for (const { name, kind } of nodeFileSystem.readdir(join(context.root, prefix))) {
      if (name === '.git') continue;
      if (kind === 'folder') walk(`${prefix}${name}/`);
      else {
        const place = join(context.root, prefix, name);
        const mode = (fs.statSync(place).mode & 0o100) === 0 ? '644' : '755';
        files.set(prefix + name, { content: fs.readFileSync(place, 'utf8'), mode });
      }
    }
  };
  walk('');
  return files;
}

export function requireSame(what: string, real: Files, model: Files): void {
  const paths = [...new Set([...real.keys(), ...model.keys()])].sort();
  const differs = paths.filter((path) => !isSame(real.get(path) ?? null, model.get(path) ?? null));
  if (differs.length === 0) return;
  const show = (path: string) =>
    `${path}: ${JSON.stringify(real.get(path))}, in the model ${JSON.stringify(model.get(path))}`;
  throw new Error(`${what}: ${differs.map(show).join('; ')}`);
}

/** Runs `act`, cut off before operation `at` as if killed; 0 for not at all. Null when it came to its end. */
export async function cutAt(
  real: Real,
  at: number,
  act: (context: RunContext) => Promise<unknown>,
): Promise<RefitError | null> {
  const cut = faultyFs(disk, { fault: { at, how: 'crash', code: 'EIO' } });
  try {
    await act({ ...real.context, fs: at === 0 ? disk : cut.fs });
    return null;
  } catch (error) {
    if (error instanceof RefitError) return error;
    throw error;
  }
}

export const interruptedState = (real: Real) => findInterrupted(real.context)?.progress.state ?? null;

export function newestState(real: Real) {
  const [newest] = listRuns(real.context);
  return newest?.kind === 'run' ? newest.state : null;
}
