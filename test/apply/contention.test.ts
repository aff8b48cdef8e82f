import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { requireSettled } from '../../src/apply/settle.ts';
import { EXIT } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { tempFolder } from '../support/temp-repo.ts';
import { bundleEngine, type EngineChild, startEngine } from '../torture/engine.ts';
import { openScene, snapshot, writeManyCheckout, writeMixedCheckout } from './scene.ts';
import { inputFor, mixedWishes, type Wish } from './wishes.ts';

const folder = tempFolder();
let engine: string;
beforeAll(async () => {
  engine = await bundleEngine(folder);
});

const topOf = (context: RunContext): string => join(context.root, '..');

function manyScene(): RunContext {
  const context = openScene({ pid: process.pid });
  writeManyCheckout(context.root);
  return context;
}

/** Resolves once one of `children` stands in the middle of its run. */
async function untilHeld(context: RunContext): Promise<void> {
  while (!fs.existsSync(join(topOf(context), 'held'))) await new Promise((resolve) => setTimeout(resolve, 10));
}

const letGo = (context: RunContext): void => fs.writeFileSync(join(topOf(context), 'release'), '');

async function heldRun(context: RunContext): Promise<EngineChild> {
  const child = startEngine(engine, 'hold', topOf(context));
  await child.ready;
  child.begin();
  await untilHeld(context);
  return child;
}

describe('several runs on one checkout', () => {
  it('of twenty applies at once one writes, and nineteen name its pid and end with 4', async () => {
    const context = manyScene();
    const children = Array.from({ length: 20 }, () => startEngine(engine, 'hold', topOf(context)));
    await Promise.all(children.map(({ ready }) => ready));
    for (const child of children) child.begin();
    let open = children.length;
    const ends = children.map(async ({ pid, end }) => {
      const ended = await end;
      open -= 1;
      // The winner stays in the middle of its run until all others have their answer.
      if (open === 1) letGo(context);
      return { pid, ...ended };
    });
    const ended = await Promise.all(ends);
    const winners = ended.filter(({ code }) => code === 0);
    expect(winners.map(({ said }) => said)).toEqual(['applied']);
    const losers = ended.filter(({ code }) => code === EXIT.refused);
    expect(losers.length).toBe(19);
    for (const { said } of losers) {
      expect(said).toMatch(`another run holds this checkout: apply sample, pid ${winners[0]?.pid} on `);
    }
    expect(listRuns(context).map((run) => run.kind === 'run' && run.state)).toEqual(['applied']);
    expect(fs.readdirSync(context.runFolder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('a run at work is not taken for an interrupted one, and nobody waits unasked', async () => {
    const context = manyScene();
    const child = await heldRun(context);
    const message = expect.stringContaining(`another run holds this checkout: apply sample, pid ${child.pid} on `);
    await expect(requireSettled(context)).rejects.toMatchObject({ exitCode: EXIT.refused, message });
    expect(listRuns(context)).toMatchObject([{ state: 'applying', interrupted: false, pid: child.pid }]);
    letGo(context);
    expect((await child.end).said).toBe('applied');
    expect(await requireSettled(context)).toBe(false);
    expect(listRuns(context)).toMatchObject([{ state: 'applied', interrupted: false, pid: null }]);
  });

  it('a run that was killed is: the next command says so and names no process', async () => {
    const context = manyScene();
    const child = await heldRun(context);
    child.kill('SIGKILL');
    await child.end;
    const message = expect.stringMatching(/^run \S+ was interrupted while applying$/);
    await expect(requireSettled(context)).rejects.toMatchObject({ exitCode: EXIT.refused, message });
    expect(listRuns(context)).toMatchObject([{ state: 'applying', interrupted: true, pid: null }]);
  });

  it('with --wait a rollback follows the run that it waited for', async () => {
    const context = manyScene();
    const before = snapshot(context.root);
    const child = await heldRun(context);
    const waiting = rollback({ ...context, waitSeconds: 600 });
    const settled = requireSettled({ ...context, waitSeconds: 600 });
    letGo(context);
    expect((await child.end).said).toBe('applied');
    expect(await settled).toBe(true);
    expect((await waiting).kind).toBe('rolled-back');
    expect(snapshot(context.root)).toEqual(before);
  });

  it('takes over the lock of a dead process whose pid was given to a living one', async () => {
    const context = manyScene();
    const child = await heldRun(context);
    child.kill('SIGKILL');
    await child.end;
    const lock = join(context.runFolder, 'lock');
    const left = JSON.parse(fs.readFileSync(lock, 'utf8')) as Record<string, unknown>;
    // This very process has that pid now, and started at another time.
    if (left['startTime'] === null) return expect(process.platform).not.toBe('linux');
    fs.writeFileSync(lock, JSON.stringify({ ...left, pid: process.pid, startTime: '1' }));
    expect((await rollback(context)).kind).toBe('undone');
  });

  it('refuses the runs of another user, naming them', async () => {
    const context = manyScene();
    await apply(context, inputFor([{ create: 'x', to: { content: 'x' } }]));
    const before = snapshot(context.root);
    if (process.getuid?.() !== 0) {
      fs.chmodSync(context.runFolder, 0);
      const failure = await rollback(context).catch((error: unknown) => error);
      fs.chmodSync(context.runFolder, 0o700);
      expect(failure).toMatchObject({ message: expect.stringContaining('permission denied') });
    } else {
      for (const open of [topOf(context), folder, join(folder, 'engine')]) fs.chmodSync(open, 0o755);
      const through = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
      const child = startEngine(engine, 'rollback', topOf(context), { through });
      await child.ready;
      child.begin();
      const words = `the records of this checkout belong to another user (0): ${context.runFolder}`;
      expect(await child.end).toMatchObject({ code: EXIT.refused, said: words });
    }
    expect(snapshot(context.root)).toEqual(before);
  });
});

describe('another program at work between the look and the write', () => {
  type Meddle = (path: string) => void;
  const meddles: readonly (readonly [string, Meddle])[] = [
    ['saved by an editor', (path) => fs.writeFileSync(path, 'edited\n')],
    [
      'saved by an editor that renames',
      (path) => {
        fs.writeFileSync(`${path}~`, fs.readFileSync(path));
        fs.renameSync(`${path}~`, path);
      },
    ],
    ['made read-only', (path) => fs.chmodSync(path, 0o444)],
    ['removed', (path) => fs.rmSync(path)],
    [
      'replaced by a folder',
      (path) => {
        fs.rmSync(path);
        fs.mkdirSync(path);
      },
    ],
    [
      'replaced by a link',
      (path) => {
        fs.rmSync(path);
        fs.symlinkSync('README.md', path);
      },
    ],
  ];

  it.each(meddles)('a file %s: refused by name, that change kept, the rest undone', async (_, meddle) => {
    const wishes = mixedWishes.filter((wish) => !('update' in wish) || wish.update !== 'tool.py');
    const touching: Wish = {
      update: 'tool.py',
      was: { content: 'print(1)\n', mode: '755' },
      to: { content: 'print(2)\n', mode: '755' },
    };
    const context = openScene();
    writeMixedCheckout(context.root);
    const path = join(context.root, 'tool.py');
    let meddled: readonly string[] = [];
    const watched = faultyFs(nodeFileSystem, {
      before: (_at, what) => {
        if (meddled.length > 0 || !what.endsWith('/moved') || !what.startsWith('open')) return;
        meddle(path);
        meddled = snapshot(context.root).filter((line) => !line.includes('.refit-'));
      },
    });
    await expect(apply({ ...context, fs: watched.fs }, inputFor([...wishes, touching]))).rejects.toMatchObject({
      message: 'tool.py was changed by another program in the middle of the run',
      exitCode: EXIT.refused,
    });
    expect(meddled.length).toBeGreaterThan(0);
    expect(snapshot(context.root)).toEqual(meddled);
    expect(listRuns(context)).toMatchObject([{ state: 'undone' }]);
  });

  it('a clock that goes back: runs keep their order, and each is rolled back', async () => {
    const times = [2e12, 1e12, 1.5e12, 0].map((time) => new Date(time));
    const context = openScene();
    writeMixedCheckout(context.root);
    const states = [snapshot(context.root)];
    for (const [index, time] of times.entries()) {
      await apply({ ...context, now: () => time }, inputFor([{ create: `f${index}`, to: { content: 'x' } }]));
      states.push(snapshot(context.root));
    }
    for (let index = times.length - 1; index >= 0; index -= 1) {
      await rollback({ ...context, now: () => new Date(-1e12) });
      expect(snapshot(context.root)).toEqual(states[index]);
    }
  });
});
