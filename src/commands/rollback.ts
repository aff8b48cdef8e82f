import { rollback } from '../apply/rollback.ts';
import { makeReport, type Report } from '../report/report.ts';
import type { CommandIo } from './io.ts';
import type { CommonOptions } from './options.ts';
import { openRepo, reportFields, repoWord, runContext } from './session.ts';
import { underSignals } from './under-signals.ts';

export interface RollbackCommandOptions extends CommonOptions {
  readonly repo: string;
  readonly run: string | undefined;
  readonly keepChanged: boolean;
  readonly wait: number;
}

/** Restores the exact bytes and modes from before a run. */
export async function runRollback(options: RollbackCommandOptions, io: CommandIo): Promise<Report> {
  const checkout = await openRepo(options);
  const fields = reportFields('rollback', checkout);
  return underSignals(io, async (signal) => {
    const context = runContext(checkout, io, { waitSeconds: options.wait, signal });
    const outcome = await rollback(context, {
      keepChanged: options.keepChanged,
      ...(options.run === undefined ? {} : { run: options.run }),
    });
    if (outcome.kind === 'nothing-to-undo')
      return makeReport({ ...fields, outcome: { kind: 'nothing-to-do', why: outcome.why } });
    return makeReport({
      ...fields,
      run: {
        id: outcome.run,
        written: [...outcome.restored, ...outcome.removed].sort(),
        kept: outcome.kept.map(({ path }) => path),
      },
      warnings: [...outcome.kept.map(({ path, how }) => `left alone: ${path} ${how}`), ...outcome.warnings],
      next: [{ command: `refit plan${repoWord(options)}`, why: 'see what a new run would change' }],
    });
  });
}
