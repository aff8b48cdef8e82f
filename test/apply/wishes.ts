// What is to change, for tests and for the processes that they start.
import type { ApplyInput } from '../../src/apply/apply.ts';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import type { ChangeContent, FileChange } from '../../src/tree/changes.ts';
import type { FileMode, FileState } from '../../src/tree/tree.ts';

export type Content = string | Uint8Array;
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

export const binary = Uint8Array.from({ length: 300 }, (_, index) => (index * 7) % 256);

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

/** 100 files each to create, update and delete. */
export const manyWishes: readonly Wish[] = Array.from({ length: 100 }, (_, index): readonly Wish[] => [
  { create: `made/${index % 7}/${index}.txt`, to: { content: `new ${index}\n` } },
  {
    update: `src/${index % 5}/${index}.txt`,
    was: { content: `old ${index}\n` },
    to: { content: `changed ${index}\n` },
  },
  { remove: `gone/${index % 3}/${index}.txt`, was: { content: `old ${index}\n` } },
]).flat();

/** What a process that is killed applies. */
export const twoHundredWishes: readonly Wish[] = manyWishes.slice(0, 200);
