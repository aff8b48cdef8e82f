import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunContext } from '../../src/apply/context.ts';
import { sha256 } from '../../src/base/hash.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { binary, type Content, manyWishes } from './wishes.ts';

/** A process id that no process has, so that what it leaves counts as left by the dead. */
export const DEAD_PID = 2 ** 30;

/** A folder with a checkout in `work` and the runs beside it; removed when the test ends. */
export function openScene(more: Partial<RunContext> = {}): RunContext {
  const top = fs.realpathSync(fs.mkdtempSync(join(os.tmpdir(), 'refit-apply-')));
  onTestFinished(() => fs.rmSync(top, { recursive: true, force: true }));
  return contextIn(top, more);
}

export function contextIn(top: string, more: Partial<RunContext> = {}): RunContext {
  fs.mkdirSync(join(top, 'work'), { recursive: true });
  return {
    root: join(top, 'work'),
    runFolder: join(top, 'runs'),
    fs: nodeFileSystem,
    now: () => new Date(),
    pid: DEAD_PID,
    ...more,
  };
}

/** Every file, folder and link below `root`: kind, permission bits, content. Folders show even when empty. */
export function snapshot(root: string, disk: FileSystem = nodeFileSystem): readonly string[] {
  const lines: string[] = [];
  const walk = (folder: string, prefix: string): void => {
    const names = disk.readdir(folder).map(({ name }) => name);
    for (const name of names.sort()) {
      const path = join(folder, name);
      const stat = disk.lstat(path);
      const bits = (stat?.mode ?? 0).toString(8);
      const shown = JSON.stringify(prefix + name);
      if (stat?.kind === 'link') lines.push(`${shown} link ${disk.readlink(path).toString()}`);
      else if (stat?.kind === 'folder') {
        lines.push(`${shown} folder ${bits}`);
        walk(path, `${prefix}${name}/`);
      } else lines.push(`${shown} ${stat?.kind} ${bits} ${sha256(disk.readFile(path))}`);
    }
  };
  walk(root, '');
  return lines;
}

/** Writes the checkout that {@link mixedWishes} change: every kind of entry, with bits of its own. */
export function writeMixedCheckout(root: string): void {
  const write = (path: string, content: Content, bits: number): void => {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), content);
    fs.chmodSync(join(root, path), bits);
  };
  write('README.md', 'one\r\ntwo', 0o640);
  write('run.sh', '#!/bin/sh\n', 0o664);
  write('tool.py', 'print(1)\n', 0o755);
  write('old/deep/only.txt', 'gone soon\n', 0o600);
  write('old/name.bin', binary, 0o444);
  write('swap', 'a file that becomes a folder\n', 0o644);
  write('box/in.txt', 'in a folder that becomes a file\n', 0o644);
  write('keep/untouched.txt', 'stay\n', 0o604);
  fs.mkdirSync(join(root, 'empty'));
  fs.symlinkSync('README.md', join(root, 'shortcut'));
  fs.symlinkSync('nowhere', join(root, 'pointer'));
  fs.chmodSync(join(root, 'old'), 0o775);
  fs.chmodSync(join(root, 'old/deep'), 0o710);
  fs.chmodSync(join(root, 'empty'), 0o700);
}

/** Writes the checkout that {@link manyWishes} change. */
export function writeManyCheckout(root: string): void {
  for (const wish of manyWishes) {
    const path = 'update' in wish ? wish.update : 'remove' in wish ? wish.remove : null;
    if (path === null || !('was' in wish)) continue;
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), wish.was.content);
  }
}
