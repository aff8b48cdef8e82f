import { listRuns, nextCommands, type RunSummary } from '../apply/runs.ts';
import { makeReport, type NextCommand, type RecordedRun, type Report } from '../report/report.ts';
import type { CommandIo } from './io.ts';
import type { CommonOptions } from './options.ts';
import { openRepo, reportFields, repoWord, runContext } from './session.ts';

/** What was run on the checkout, interrupted runs first, what has drifted since, and the next commands. */
export async function runStatus(options: CommonOptions & { readonly repo: string }, io: CommandIo): Promise<Report> {
  const checkout = await openRepo(options);
  const runs = listRuns(runContext(checkout, io));
  const now = io.now();
  return makeReport({
    ...reportFields('status', checkout),
    ...(runs.length === 0 ? { outcome: { kind: 'nothing-to-do', why: 'there is no run on record' } as const } : {}),
    runs: runs.flatMap((run) => (run.kind === 'run' ? [recorded(run, now)] : [])),
    warnings: runs.flatMap((run) =>
      run.kind === 'unreadable' ? [`run ${run.id} cannot be read: ${run.why}`] : driftLines(run),
    ),
    next: runs.flatMap((run) => (run.kind === 'run' ? commandsFor(run, options) : [])).slice(0, 2),
  });
}

function recorded(run: Extract<RunSummary, { kind: 'run' }>, now: Date): RecordedRun {
  const unfinished = run.interrupted || run.pid !== null;
  const progress = unfinished ? ` (${run.begun} of ${run.total} paths)` : '';
  const atWork = run.pid === null ? '' : `, pid ${run.pid} is at work`;
  return {
    id: run.id,
    migration: run.migration + (run.scope === '' ? '' : ` in ${run.scope}`),
    status: `${run.interrupted ? 'interrupted while ' : ''}${run.state}${atWork}${progress}`,
    startedAt: run.createdAt,
    age: ageOf(run.createdAt, now),
    changes: run.changes.length,
    drifted: run.drifted.map(({ path }) => path),
  };
}

function driftLines(run: Extract<RunSummary, { kind: 'run' }>): readonly string[] {
  return run.drifted.map(({ path, how }) => `since run ${run.id}: ${path} ${how}`);
}

function commandsFor(
  run: Extract<RunSummary, { kind: 'run' }>,
  options: { readonly repo: string },
): readonly NextCommand[] {
  if (!run.interrupted && run.state !== 'applied') return [];
  return nextCommands(run.state).map((line) => {
    const [command = '', why = ''] = line.split(/ (?=to )/);
    return { command: `${command}${repoWord(options)}`, why };
  });
}

/** `3 minutes ago`, as a person says it; a clock that went backwards gives `just now`. */
export function ageOf(startedAt: string, now: Date): string {
  const seconds = Math.floor((now.getTime() - new Date(startedAt).getTime()) / 1000);
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const amount = Math.floor(seconds / length);
    if (amount >= 1) return `${amount} ${unit}${amount === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
