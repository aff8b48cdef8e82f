import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { resume } from '../../src/apply/recover.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { openScene, snapshot, writeManyCheckout } from './scene.ts';
import { inputFor, manyWishes } from './wishes.ts';

const child = fileURLToPath(new URL('kill-child.ts', import.meta.url));

/** Starts an apply in another process and kills it once `isThere` holds. */
function killWhen(context: RunContext, isThere: () => boolean): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const started = spawn(process.execPath, ['--import', 'jiti/register', child, join(context.root, '..')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const timer = setInterval(() => isThere() && started.kill('SIGKILL'), 1);
    started.once('error', reject);
    started.once('exit', (_, signal) => {
      clearInterval(timer);
      resolve(signal);
    });
  });
}

const runFile = (context: RunContext, name: string): boolean => {
  if (!fs.existsSync(context.runFolder)) return false;
  return fs.readdirSync(context.runFolder).some((run) => fs.existsSync(join(context.runFolder, run, name)));
};
const made = (context: RunContext, path: string): boolean => fs.existsSync(join(context.root, path));

const MOMENTS: readonly (readonly [string, (context: RunContext) => boolean])[] = [
  ['at once', (context) => fs.existsSync(context.runFolder)],
  ['with the journal written', (context) => runFile(context, 'journal')],
  ['with backups made', (context) => runFile(context, 'backups/000250')],
  ['with the moves begun', (context) => runFile(context, 'moved')],
  ['with a file deleted', (context) => !made(context, 'gone/0/0.txt')],
  ['with a folder made', (context) => made(context, 'made/1')],
];

describe('apply killed with SIGKILL', () => {
  it.each(MOMENTS)('%s: rollback gives before, or resume gives after', async (_, isThere) => {
    for (const way of ['rollback', 'resume'] as const) {
      const context = openScene({ pid: process.pid });
      writeManyCheckout(context.root);
      const before = snapshot(context.root);
      await killWhen(context, () => isThere(context));
      if (way === 'rollback') {
        await rollback(context);
        expect(snapshot(context.root)).toEqual(before);
        continue;
      }
      const outcome = await resume(context);
      const [newest] = listRuns(context);
      const isApplied = newest?.kind === 'run' && newest.state === 'applied';
      if (outcome.kind !== 'applied' && !isApplied) await apply(context, inputFor(manyWishes));
      expect(made(context, 'gone')).toBe(false);
      expect(snapshot(join(context.root, 'made')).length).toBe(107);
      expect(fs.readFileSync(join(context.root, 'src/4/99.txt'), 'utf8')).toBe('changed 99\n');
      expect(fs.readdirSync(context.root).sort()).toEqual(['made', 'src']);
      await rollback(context);
      expect(snapshot(context.root)).toEqual(before);
    }
  });
});
