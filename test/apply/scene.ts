import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ApplyInput } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import type { ChangeContent, FileChange } from '../../src/tree/changes.ts';
import type { FileMode, FileState } from '../../src/tree/tree.ts';

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
export function snapshot(root: string): readonly string[] {
  const lines: string[] = [];
  const walk = (folder: string, prefix: string): void => {
    for (const name of fs.readdirSync(folder).sort()) {
      const path = join(folder, name);
      const stat = fs.lstatSync(path);
      const bits = (stat.mode & 0o7777).toString(8);
      const shown = JSON.stringify(prefix + name);
      if (stat.isSymbolicLink()) lines.push(`${shown} link ${fs.readlinkSync(path)}`);
      else if (stat.isDirectory()) {
        lines.push(`${shown} folder ${bits}`);
        walk(path, `${prefix}${name}/`);
      } else lines.push(`${shown} file ${bits} ${createHash('sha256').update(fs.readFileSync(path)).digest('hex')}`);
    }
  };
  walk(root, '');
  return lines;
}

type Content = string | Uint8Array;
export interface Side {
  readonly content: Content;
  readonly mode?: FileMode;
}
/** What is to change, in short. */
export type Wish =
  | { readonly create: string; readonly to: Side }
  | { readonly update: string; readonly was: Side; readonly to: Side }
  | { readonly rename: string; readonly into: string; readonly was: Side; readonly to?: Side }
  | { readonly remove: string; readonly was: Side };

const bytesOf = (content: Content): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);
const stateOf = (side: Side): FileState => ({ sha256: sha256(side.content), mode: side.mode ?? '644' });

/** The input of `apply` for these wishes. */
export function inputFor(wishes: readonly Wish[], more: Partial<ApplyInput> = {}): ApplyInput {
  const contents = new Map<string, ChangeContent>();
  const changes = wishes.map((wish): FileChange => {
    const { change, was, to } = changeOf(wish);
    contents.set(change.path, {
      before: was === undefined ? undefined : bytesOf(was.content),
      after: to === undefined ? undefined : bytesOf(to.content),
    });
    return change;
  });
  return {
    migration: 'sample',
    stepHashes: { 'do-it': 'a'.repeat(64) },
    changes,
    content: (change) => contents.get(change.path) as ChangeContent,
    planJson: '{"formatVersion":1}\n',
    ...more,
  };
}

function changeOf(wish: Wish): { readonly change: FileChange; readonly was?: Side; readonly to?: Side } {
  const steps = ['do-it'];
  if ('create' in wish) {
    return { change: { kind: 'create', path: repoPath(wish.create), steps, after: stateOf(wish.to) }, to: wish.to };
  }
  if ('update' in wish) {
    const { was, to } = wish;
    const path = repoPath(wish.update);
    return { change: { kind: 'update', path, steps, before: stateOf(was), after: stateOf(to) }, was, to };
  }
  if ('rename' in wish) {
    const { was, to = was } = wish;
    const [path, from] = [repoPath(wish.into), repoPath(wish.rename)];
    return { change: { kind: 'rename', path, from, steps, before: stateOf(was), after: stateOf(to) }, was, to };
  }
  const { was } = wish;
  return { change: { kind: 'delete', path: repoPath(wish.remove), steps, before: stateOf(was) }, was };
}

const binary = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);

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

export const mixedWishes: readonly Wish[] = [
  { update: 'README.md', was: { content: 'one\r\ntwo' }, to: { content: 'one\r\nTWO' } },
  { update: 'run.sh', was: { content: '#!/bin/sh\n' }, to: { content: '#!/bin/sh\n', mode: '755' } },
  { update: 'tool.py', was: { content: 'print(1)\n', mode: '755' }, to: { content: 'print(2)\n', mode: '644' } },
  { remove: 'old/deep/only.txt', was: { content: 'gone soon\n' } },
  { rename: 'old/name.bin', into: 'new/place/name.bin', was: { content: binary } },
  { remove: 'swap', was: { content: 'a file that becomes a folder\n' } },
  { create: 'swap/inside.txt', to: { content: 'now inside\n' } },
  { remove: 'box/in.txt', was: { content: 'in a folder that becomes a file\n' } },
  { create: 'box', to: { content: 'now a file\n' } },
  { create: 'keep/start.sh', to: { content: 'exit 0\n', mode: '755' } },
  { create: 'new/empty', to: { content: '' } },
  { create: 'fresh', to: { content: 'keep/untouched.txt', mode: 'link' } },
  { update: 'pointer', was: { content: 'nowhere', mode: 'link' }, to: { content: 'README.md', mode: 'link' } },
  { remove: 'shortcut', was: { content: 'README.md', mode: 'link' } },
];
