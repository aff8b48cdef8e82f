import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { advanceHead, type CommitEntry, createBranch, writeCommits } from '../../src/apply/commit.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { RefitError } from '../../src/base/errors.ts';
import { type RepoPath, repoPath } from '../../src/base/repo-path.ts';
import { findWorkTree, type WorkTree } from '../../src/host/git.ts';
import { type TempRepo, tempFolder, tempRepo } from '../support/temp-repo.ts';
import { contextIn, snapshot } from './scene.ts';
import { inputFor, type Wish } from './wishes.ts';

const wishes: readonly Wish[] = [
  { update: 'a', was: { content: 'one\n' }, to: { content: 'two\n' } },
  { remove: 'b', was: { content: 'gone\n' } },
  { create: 'c/d', to: { content: 'new\n', mode: '755' } },
];
const entries: ReadonlyMap<RepoPath, CommitEntry> = new Map([
  [repoPath('a'), { bytes: Buffer.from('two\n'), mode: '644' }],
  [repoPath('b'), null],
  [repoPath('c/d'), { bytes: Buffer.from('new\n'), mode: '755' }],
]);
const drafts = [{ message: 'run', entries }];

type How = 'refuse' | 'late' | 'crash';
const realGit = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
const realPath = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = realPath;
});

/** Puts a git on PATH of which the call number `at` fails; returns how often it was called. */
function breakGit(at: number, how: How): () => number {
  const folder = tempFolder();
  const count = join(folder, 'count');
  fs.writeFileSync(count, '0');
  const fails = how === 'crash' ? '-ge' : '-eq';
  const act = how === 'late' ? `'${realGit}' "$@"; exit 128` : 'exit 128';
  const lines = [
    '#!/bin/sh',
    `n=$(($(cat '${count}') + 1)); echo $n > '${count}'`,
    `if [ $n ${fails} ${at} ] && [ ${at} -gt 0 ]; then ${act}; fi`,
    `exec '${realGit}' "$@"`,
  ];
  fs.writeFileSync(join(folder, 'git'), `${lines.join('\n')}\n`, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${realPath}`;
  return () => Number(fs.readFileSync(count, 'utf8'));
}

interface Scene {
  readonly repo: TempRepo;
  readonly context: RunContext;
  readonly workTree: WorkTree;
}

async function openRepo(): Promise<Scene> {
  const repo = tempRepo({ a: 'one\n', b: 'gone\n', other: 'stays\n' });
  repo.git('config', 'user.name', 'Test Author');
  repo.git('config', 'user.email', 'author@example.org');
  repo.write({ other: 'staged\n' });
  repo.git('add', 'other');
  const workTree = await findWorkTree(repo.root);
  if (workTree === null) throw new Error('there is no work tree');
  return { repo, context: { ...contextIn(tempFolder()), root: repo.root }, workTree };
}

const treeOf = ({ repo }: Scene) => snapshot(repo.root).filter((line) => !line.startsWith('".git'));

/** As `apply --commit` does it. */
async function applyAndCommit({ context, workTree }: Scene): Promise<void> {
  const commit = await writeCommits(workTree, drafts);
  await apply(context, inputFor(wishes));
  await advanceHead(workTree, commit, entries);
}

async function onBranch({ workTree }: Scene): Promise<void> {
  await createBranch(workTree, 'side', await writeCommits(workTree, drafts));
}

async function failureOf(promise: Promise<void>): Promise<RefitError | null> {
  return promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof RefitError) return error;
      throw error;
    },
  );
}

async function everyCall(
  act: (scene: Scene) => Promise<void>,
  check: (scene: Scene, failure: RefitError | null, where: string) => Promise<void>,
): Promise<number> {
  const calls = breakGit(0, 'refuse');
  await act(await openUnbroken());
  const total = calls();
  for (const how of ['refuse', 'late', 'crash'] as const) {
    for (let at = 1; at <= total; at += 1) {
      const scene = await openUnbroken();
      breakGit(at, how);
      const failure = await failureOf(act(scene));
      process.env['PATH'] = realPath;
      await check(scene, failure, `call ${at} (${how}): ${failure?.message ?? 'done'}`);
      fs.rmSync(scene.repo.root, { recursive: true, force: true });
    }
  }
  return total;
}

async function openUnbroken(): Promise<Scene> {
  const path = process.env['PATH'];
  process.env['PATH'] = realPath;
  const scene = await openRepo();
  process.env['PATH'] = path;
  return scene;
}

describe('every call of git fails once', { timeout: 600_000 }, () => {
  it('--commit: the files are as before, or as after and at worst staged and not committed', async () => {
    const first = await openRepo();
    const before = treeOf(first);
    await applyAndCommit(first);
    const after = treeOf(first);
    const total = await everyCall(applyAndCommit, async (scene, failure, where) => {
      const tree = treeOf(scene);
      const committed = scene.repo.git('log', '--format=%s').startsWith('run');
      const staged = scene.repo
        .git('diff', '--cached', '--name-only')
        .split('\n')
        .filter((line) => line !== '');
      expect([where, tree]).toEqual([
        where,
        tree.length === before.length && tree.join() === before.join() ? before : after,
      ]);
      if (failure === null) expect([where, committed, tree]).toEqual([where, true, after]);
      // What the user had staged stays so; the paths of the run are staged all together or not at all, never taken back.
      const own = tree.join() === after.join() && !committed && staged.length > 1 ? ['a', 'b', 'c/d'] : [];
      expect([where, staged]).toEqual([where, [...own, 'other']]);
      if (committed) expect([where, scene.repo.git('show', 'HEAD:a')]).toEqual([where, 'two\n']);
      expect(fs.readdirSync(join(scene.repo.root, '.git')).filter((name) => name.startsWith('refit-index'))).toEqual(
        [],
      );
      await rollback(scene.context);
      expect([where, treeOf(scene)]).toEqual([where, before]);
    });
    process.stdout.write(`--commit: ${total} calls of git, ${total * 3} faults\n`);
  });

  it('--branch: the branch is there as a whole, or not at all, and nothing else changed', async () => {
    const total = await everyCall(onBranch, async (scene, failure, where) => {
      const { repo } = scene;
      const made = repo.git('branch', '--list', 'side') !== '';
      if (failure === null) expect([where, made]).toEqual([where, true]);
      if (made) expect([where, repo.git('show', 'side:a')]).toEqual([where, 'two\n']);
      expect([where, repo.git('log', '--format=%s')]).toEqual([where, 'start\n']);
      expect([where, repo.git('status', '--porcelain')]).toEqual([where, 'M  other\n']);
      expect(fs.readdirSync(join(repo.root, '.git')).filter((name) => name.startsWith('refit-index'))).toEqual([]);
    });
    process.stdout.write(`--branch: ${total} calls of git, ${total * 3} faults\n`);
  });
});
