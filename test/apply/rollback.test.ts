import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { EXIT } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { openScene, snapshot, writeMixedCheckout } from './scene.ts';
import { inputFor, mixedWishes, type Wish } from './wishes.ts';

const at = (context: RunContext, path: string): string => join(context.root, path);

async function applied(
  wishes: readonly Wish[] = mixedWishes,
): Promise<{ context: RunContext; before: readonly string[]; run: string }> {
  const context = openScene();
  writeMixedCheckout(context.root);
  const before = snapshot(context.root);
  const outcome = await apply(context, inputFor(wishes));
  return { context, before, run: outcome.kind === 'applied' ? outcome.run : '' };
}

describe('rollback', () => {
  it('brings back every byte, bit and folder, and nothing new', async () => {
    const { context, before, run } = await applied();
    const outcome = await rollback(context);
    expect(outcome).toMatchObject({ kind: 'rolled-back', run, kept: [], warnings: [] });
    expect(snapshot(context.root)).toEqual(before);
    expect(fs.existsSync(join(context.runFolder, run, 'backups'))).toBe(false);
  });

  it('says in words that there is nothing to undo', async () => {
    const { context, run } = await applied();
    await rollback(context);
    expect(await rollback(context)).toEqual({
      kind: 'nothing-to-undo',
      why: 'every run on this folder is undone or rolled back already',
    });
    expect(await rollback(context, { run })).toEqual({
      kind: 'nothing-to-undo',
      why: `run ${run} is rolled back already`,
    });
    const empty = openScene();
    expect(await rollback(empty)).toEqual({ kind: 'nothing-to-undo', why: 'there is no run on record' });
    expect(fs.existsSync(empty.runFolder)).toBe(false);
  });

  it('refuses files changed since, naming each, and changes nothing', async () => {
    const { context } = await applied();
    fs.writeFileSync(at(context, 'README.md'), 'mine');
    fs.rmSync(at(context, 'keep/start.sh'));
    fs.mkdirSync(at(context, 'keep/start.sh'));
    fs.writeFileSync(at(context, 'shortcut'), 'a file where a link was');
    fs.chmodSync(at(context, 'run.sh'), 0o600);
    const changed = snapshot(context.root);
    await expect(rollback(context)).rejects.toMatchObject({
      exitCode: EXIT.refused,
      details: ['README.md has other content', 'keep/start.sh is a folder now', 'shortcut is no longer a link'],
      hint: 'refit rollback --keep-changed restores the others and leaves these',
    });
    expect(snapshot(context.root)).toEqual(changed);
  });

  it('with keepChanged restores the others, leaves those and keeps their old content', async () => {
    const { context, before, run } = await applied();
    fs.writeFileSync(at(context, 'README.md'), 'mine');
    const outcome = await rollback(context, { keepChanged: true });
    expect(outcome).toMatchObject({ kind: 'rolled-back', kept: [{ path: 'README.md', how: 'has other content' }] });
    expect(snapshot(context.root).slice(1)).toEqual(before.slice(1));
    expect(fs.readFileSync(at(context, 'README.md'), 'utf8')).toBe('mine');
    const backups = join(context.runFolder, run, 'backups');
    expect(fs.readdirSync(backups).map((name) => fs.readFileSync(join(backups, name), 'utf8'))).toEqual(['one\r\ntwo']);
    expect(listRuns(context)).toMatchObject([{ state: 'rolled-back', kept: ['README.md'] }]);
    expect((await rollback(context)).kind).toBe('nothing-to-undo');
  });

  it('leaves a file of somebody else in a folder that the run made', async () => {
    const { context, before } = await applied();
    fs.writeFileSync(at(context, 'new/theirs.txt'), 'theirs');
    await rollback(context);
    expect(snapshot(context.root).filter((line) => !line.startsWith('"new'))).toEqual(before);
    expect(fs.readdirSync(at(context, 'new'))).toEqual(['theirs.txt']);
  });

  it('refuses when a folder made in place of a file holds a file of somebody else', async () => {
    const { context } = await applied();
    fs.writeFileSync(at(context, 'swap/theirs.txt'), 'theirs');
    const changed = snapshot(context.root);
    await expect(rollback(context)).rejects.toMatchObject({
      exitCode: EXIT.refused,
      details: ['swap is a folder now'],
    });
    expect(snapshot(context.root)).toEqual(changed);
  });

  it('never follows a link that took the place of a folder', async () => {
    const { context } = await applied();
    const outside = join(context.root, '..', 'outside');
    fs.renameSync(at(context, 'keep'), outside);
    fs.symlinkSync(outside, at(context, 'keep'));
    await expect(rollback(context)).rejects.toMatchObject({
      details: ['keep/start.sh cannot be reached: keep is a link, not a folder'],
    });
    expect(fs.readdirSync(outside).sort()).toEqual(['start.sh', 'untouched.txt']);
  });

  it('makes folders again that were removed since', async () => {
    const { context, before } = await applied([mixedWishes[3] as Wish]);
    fs.rmSync(at(context, 'old'), { recursive: true });
    await rollback(context);
    expect(fs.readFileSync(at(context, 'old/deep/only.txt'), 'utf8')).toBe('gone soon\n');
    expect(snapshot(context.root)).toContain('"old/deep" folder 710');
    expect(before).toContain('"old/deep" folder 710');
  });

  it('rolls back newest first, and no run below a newer one on the same files', async () => {
    const { context, before, run } = await applied([mixedWishes[0] as Wish]);
    const first = snapshot(context.root);
    const again: Wish = { update: 'README.md', was: { content: 'one\r\nTWO' }, to: { content: 'three' } };
    // The clock goes back a year between the two.
    const later = { ...context, now: () => new Date('2025-01-01T00:00:00Z') };
    const second = await apply(later, inputFor([again]));
    const newer = second.kind === 'applied' ? second.run : '';
    expect(newer > run).toBe(true);
    await expect(rollback(context, { run })).rejects.toMatchObject({
      message: `run ${newer} is newer than ${run} and touched the same files`,
      exitCode: EXIT.refused,
      details: ['README.md'],
    });
    expect(await rollback(context)).toMatchObject({ run: newer });
    expect(snapshot(context.root)).toEqual(first);
    expect(await rollback(context)).toMatchObject({ run });
    expect(snapshot(context.root)).toEqual(before);
  });

  it('rolls back an older run that shares no file with a newer one', async () => {
    const { context, run } = await applied([mixedWishes[0] as Wish]);
    await apply(context, inputFor([{ create: 'other', to: { content: 'x' } }]));
    expect(await rollback(context, { run })).toMatchObject({ kind: 'rolled-back', run });
    expect(fs.readFileSync(at(context, 'README.md'), 'utf8')).toBe('one\r\ntwo');
    expect(fs.existsSync(at(context, 'other'))).toBe(true);
  });

  it('refuses an unknown run, and one of another folder', async () => {
    const { context, run } = await applied();
    await expect(rollback(context, { run: 'nope' })).rejects.toMatchObject({ exitCode: EXIT.refused });
    await expect(rollback({ ...context, scope: 'sub' }, { run })).rejects.toMatchObject({
      message: `run ${run} belongs to the top of the work tree`,
    });
  });

  it('refuses a damaged backup before it changes anything', async () => {
    const { context, run } = await applied();
    const after = snapshot(context.root);
    const backups = join(context.runFolder, run, 'backups');
    fs.writeFileSync(join(backups, '000000'), 'altered');
    await expect(rollback(context)).rejects.toMatchObject({
      exitCode: EXIT.refused,
      details: [`README.md has a damaged backup: ${backups}/000000`],
    });
    expect(snapshot(context.root)).toEqual(after);
  });

  it('copies where the runs lie on another file system', async () => {
    const { context, before } = await applied();
    const apart = (from: string, to: string): void => {
      if (from.startsWith(context.runFolder) === to.startsWith(context.runFolder)) return;
      throw Object.assign(new Error('EXDEV'), { code: 'EXDEV' });
    };
    const disk = {
      ...nodeFileSystem,
      rename: (from: string, to: string) => {
        apart(from, to);
        nodeFileSystem.rename(from, to);
      },
      link: (from: string, to: string) => {
        apart(from, to);
        nodeFileSystem.link(from, to);
      },
    };
    await rollback({ ...context, fs: disk });
    expect(snapshot(context.root)).toEqual(before);
  });
});

describe('a record that cannot be trusted', () => {
  const tamper: readonly (readonly [string, (file: string) => void])[] = [
    ['cut short', (file) => fs.truncateSync(file, fs.statSync(file).size - 2)],
    ['edited by hand', (file) => fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('README', 'README2'))],
    ['emptied', (file) => fs.truncateSync(file, 0)],
    ['removed', (file) => fs.rmSync(file)],
  ];
  it.each(tamper)('%s: nothing acts on it, and it says how to recover by hand', async (_, damage) => {
    const { context, run } = await applied();
    damage(join(context.runFolder, run, 'journal'));
    const after = snapshot(context.root);
    const expected = { exitCode: EXIT.refused, message: expect.stringContaining(`cannot act on run ${run}`) };
    const folder = join(context.runFolder, run);
    await expect(rollback(context)).rejects.toMatchObject({
      ...expected,
      details: expect.arrayContaining([
        'last recorded state: applied',
        `the old content of files it changed is in ${folder}/backups, numbered by sorted path`,
      ]),
    });
    expect(listRuns(context)).toMatchObject([{ kind: 'unreadable', id: run }]);
    expect(snapshot(context.root)).toEqual(after);
  });

  it('stops apply and resume when its state is unknown', async () => {
    const { context, run } = await applied();
    fs.truncateSync(join(context.runFolder, run, 'progress'), 10);
    const expected = { exitCode: EXIT.refused, message: expect.stringContaining(`cannot act on run ${run}`) };
    await expect(apply(context, inputFor([{ create: 'x', to: { content: 'x' } }]))).rejects.toMatchObject(expected);
    await expect(resume(context)).rejects.toMatchObject(expected);
  });

  it('is refused by name when a newer version wrote it', async () => {
    const { context, run } = await applied();
    const file = join(context.runFolder, run, 'journal');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('refit-journal 1 ', 'refit-journal 7 '));
    await expect(rollback(context)).rejects.toMatchObject({
      message: `cannot act on run ${run}: its journal has format 7, written by a newer version of refit`,
    });
  });

  it('is not mixed up with the progress of another run', async () => {
    const { context, run } = await applied([mixedWishes[0] as Wish]);
    const second = await apply(context, inputFor([{ create: 'x', to: { content: 'x' } }]));
    const newer = second.kind === 'applied' ? second.run : '';
    fs.copyFileSync(join(context.runFolder, run, 'progress'), join(context.runFolder, newer, 'progress'));
    await expect(rollback(context)).rejects.toMatchObject({ exitCode: EXIT.refused });
  });
});

describe('listRuns', () => {
  it('tells what was changed and what has drifted since', async () => {
    const { context, run } = await applied();
    fs.writeFileSync(at(context, 'README.md'), 'mine');
    const [summary] = listRuns(context);
    expect(summary).toMatchObject({
      kind: 'run',
      id: run,
      migration: 'sample',
      stepHashes: { 'do-it': 'a'.repeat(64) },
      state: 'applied',
      interrupted: false,
      total: 15,
      drifted: [{ path: 'README.md', how: 'has other content' }],
    });
    expect(summary?.kind === 'run' && summary.changes).toContainEqual({
      kind: 'rename',
      path: 'new/place/name.bin',
      from: 'old/name.bin',
    });
    expect(summary?.kind === 'run' && summary.changes.length).toBe(mixedWishes.length);
  });
});
