import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { EXIT, RefitError } from '../../src/base/errors.ts';
import { type FileSystem, nodeFileSystem } from '../../src/host/fs.ts';
import { type Fault, faultyFs } from '../support/faulty-fs.ts';
import { contextIn, snapshot, writeMixedCheckout } from './scene.ts';
import { inputFor, mixedWishes } from './wishes.ts';

// Nothing here pulls the plug, so a flush only has to be counted.
const disk: FileSystem = { ...nodeFileSystem, fsync: () => undefined, syncFileSystem: () => Promise.resolve() };
// Each in its turn: `every-fault.test.ts` has all of them at every operation, on a disk in memory.
const HOWS = ['refuse', 'late', 'short'] as const;
const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'] as const;

// Thousands of small checkouts: memory where the machine offers it.
const fastFolder = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();

let top: string;
let before: readonly string[];
let after: readonly string[];
let count = 0;

/** A fresh checkout, of which `make` has the context; its folder goes afterwards. */
async function inFreshCheckout<T>(act: (context: RunContext) => Promise<T>): Promise<T> {
  count += 1;
  const folder = join(top, String(count));
  const context = contextIn(folder, { fs: disk });
  writeMixedCheckout(context.root);
  try {
    return await act(context);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const failing = (context: RunContext, fault: Fault): RunContext => ({ ...context, fs: faultyFs(disk, { fault }).fs });
const run = (context: RunContext) => apply(context, inputFor(mixedWishes));

/** Counts the operations of `act`, after `prepare` on the same checkout. */
function countOperations(
  prepare: (context: RunContext) => Promise<unknown>,
  act: (context: RunContext) => Promise<unknown>,
): Promise<number> {
  return inFreshCheckout(async (context) => {
    await prepare(context);
    const counted = faultyFs(disk);
    await act({ ...context, fs: counted.fs });
    return counted.log.length;
  });
}

async function failureOf(promise: Promise<unknown>): Promise<RefitError | null> {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof RefitError) return error;
    throw error;
  }
}

/** Brings an interrupted or untouched checkout to `after`, as the command does. */
async function finish(context: RunContext): Promise<void> {
  const outcome = await resume(context);
  const [newest] = listRuns(context);
  if (outcome.kind !== 'applied' && !(newest?.kind === 'run' && newest.state === 'applied')) await run(context);
}

// Every operation of a run is one checkout; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000 });

beforeAll(async () => {
  top = fs.realpathSync(fs.mkdtempSync(join(fastFolder, 'refit-faults-')));
  await inFreshCheckout(async (context) => {
    before = snapshot(context.root);
    await run(context);
    after = snapshot(context.root);
  });
});
afterAll(() => {
  fs.rmSync(top, { recursive: true, force: true });
  vi.resetConfig();
});

const nothing = (): Promise<void> => Promise.resolve();
const each = async (total: number, act: (at: number) => Promise<void>): Promise<void> => {
  expect(total).toBeGreaterThan(20);
  for (let at = 1; at <= total; at += 1) await act(at);
};

describe('one operation of an apply fails', () => {
  it('undone before the answer, or applied', async () => {
    const total = await countOperations(nothing, run);
    await each(total, (at) =>
      inFreshCheckout(async (context) => {
        const failure = await failureOf(
          run(
            failing(context, { at, how: HOWS[at % HOWS.length] ?? 'refuse', code: CODES[at % CODES.length] ?? 'EIO' }),
          ),
        );
        const where = `operation ${at}: ${failure?.message ?? 'applied'}`;
        expect([where, snapshot(context.root)]).toEqual([where, failure === null ? after : before]);
        if (failure !== null) expect(failure.exitCode).toBe(EXIT.fault);
        await rollback(context);
        expect([where, snapshot(context.root)]).toEqual([where, before]);
        await run(context);
        expect([where, snapshot(context.root)]).toEqual([where, after]);
      }),
    );
  });
});

describe('the process ends before an operation of an apply', () => {
  it('resume gives after', async () => {
    const total = await countOperations(nothing, run);
    await each(total, (at) =>
      inFreshCheckout(async (context) => {
        const failure = await failureOf(run(failing(context, { at, how: 'crash', code: 'EIO' })));
        if (failure !== null) await finish(context);
        expect([at, snapshot(context.root)]).toEqual([at, after]);
        await rollback(context);
        expect([at, snapshot(context.root)]).toEqual([at, before]);
      }),
    );
  });
});
