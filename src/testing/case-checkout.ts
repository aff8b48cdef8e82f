import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from '../apply/context.ts';
import { openCheckout } from '../checkout/read.ts';
import { nodeFileSystem } from '../host/fs.ts';
import type { CaseContext } from './fixture-tests.ts';
import { type PlannedFiles, planSource } from './plan-files.ts';
import { runScratchGit, snapshot, withScratchFolder } from './scratch.ts';

/** A committed copy of a case's `before/` on disk. */
export interface CaseCheckout {
  /** Absolute: the top of the repository. */
  readonly top: string;
  plan(): Promise<PlannedFiles>;
  readonly context: RunContext;
  /** Fails when a file, a mode or git's index differs from the start. */
  proveUntouched(): void;
}

/** Calls `use` with a checkout of the case, its own ignore files notwithstanding; it is removed afterwards. */
export function withCase<T>(one: CaseContext, use: (checkout: CaseCheckout) => Promise<T>): Promise<T> {
  return withScratchFolder(async (top) => {
    cpSync(join(one.fixture.folder, 'before'), top, { recursive: true, verbatimSymlinks: true });
    runScratchGit(top, ['init', '--quiet', '--initial-branch=main']);
    runScratchGit(top, ['add', '--all', '--force']);
    runScratchGit(top, ['commit', '--quiet', '-m', 'start']);
    const state = () => ({ files: snapshot(top), index: readFileSync(join(top, '.git/index')).toString('base64') });
    const start = state();
    const root = join(top, one.fixture.scope);
    return use({
      top,
      plan: async () =>
        planSource(one.migration, (await openCheckout(root)).source, {
          params: one.fixture.params,
          folder: one.fixture.scope,
          ...(one.templates === undefined ? {} : { templates: one.templates }),
        }),
      context: {
        root,
        runFolder: join(top, '.git/refit/runs'),
        scope: one.fixture.scope,
        fs: nodeFileSystem,
        now: () => new Date(0),
        pid: process.pid,
      },
      proveUntouched: () => {
        assert.deepEqual(state(), start);
        assert.equal(existsSync(join(top, '.git/refit')), false, 'planning left a record of a run');
      },
    });
  });
}

/** Compares with the file of the fixture, or writes it. */
export function expectText({ fixture, update }: CaseContext, name: string, actual: string): void {
  const file = join(fixture.folder, name);
  if (update) writeFileSync(file, actual);
  assert.equal(
    actual,
    existsSync(file) ? readFileSync(file, 'utf8') : `(there is no ${name}: UPDATE_FIXTURES=1 writes it)`,
  );
}
