import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

export const repository = resolve(import.meta.dirname, '../..');

/** A folder of an author's, with the package as npm packs it installed in its `node_modules`. */
export interface AuthorFolder {
  /** Absolute. */
  readonly folder: string;
  /** Absolute: what npm packed. */
  readonly tarball: string;
  /** Runs a program there, apart from the caller's settings; standard error is part of the output. */
  run(
    program: string,
    args: readonly string[],
    cwd?: string,
  ): { readonly code: number | null; readonly output: string };
  /** Type-checks the project in `cwd`, strictly, with the compiler of this repository; returns what it says. */
  typecheck(cwd: string): string;
}

/**
 * Packs this repository and installs the tarball in a new folder, once for a test file: this is what an author gets.
 * @throws Error with the words of npm when the packages that it depends on cannot be installed.
 */
export function installPacked(): AuthorFolder {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'refit-author-')));
  afterAll(() => rmSync(top, { recursive: true, force: true }));
  const npm = (cwd: string, ...args: readonly string[]) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const folder = join(top, 'author');
  mkdirSync(folder);
  npm(repository, 'pack', '--pack-destination', top);
  const tarball = join(top, String(readdirSync(top).find((name) => name.endsWith('.tgz'))));
  writeFileSync(join(folder, 'package.json'), '{ "name": "author", "private": true, "type": "module" }\n');
  npm(folder, 'install', '--prefer-offline', tarball);
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:GIT_|npm_|VITEST|NODE_)/.test(name))),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    NO_COLOR: '1',
    // Trust that is given here stays here.
    XDG_STATE_HOME: join(top, 'state'),
  };
  const run: AuthorFolder['run'] = (program, args, cwd = folder) => {
    const result = spawnSync(program, args, { cwd, env, encoding: 'utf8', input: '' });
    return { code: result.status, output: `${result.stdout}${result.stderr}` };
  };
  return {
    folder,
    tarball,
    run,
    typecheck: (cwd) => {
      const types = join(repository, 'node_modules/@types');
      const tsc = join(repository, 'node_modules/typescript/bin/tsc');
      return run(process.execPath, [tsc, '-p', cwd, '--typeRoots', types, '--types', 'node'], cwd).output;
    },
  };
}

/** Copies a folder of this repository to the author's; returns where it lies. */
export function copyTo(author: AuthorFolder, from: string, name: string): string {
  const target = join(author.folder, name);
  cpSync(join(repository, from), target, { recursive: true });
  return target;
}
