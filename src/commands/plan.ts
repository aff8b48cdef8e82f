import { resolve } from 'node:path';
import type { RunContext } from '../apply/context.ts';
import { findHolder } from '../apply/lock.ts';
import { findInterrupted, nextCommands } from '../apply/runs.ts';
import { RefitError } from '../base/errors.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { writeOutputFile } from '../host/output-file.ts';
import { formatPatch } from '../plan/diff.ts';
import { planToJson } from '../plan/plan-file.ts';
import { DEFAULT_GATE, makeReport, type NextCommand, type Report } from '../report/report.ts';
import type { CommandIo } from './io.ts';
import type { MigrationOptions } from './options.ts';
import { showProgress } from './progress.ts';
import {
  againWords,
  openToPlan,
  patchOptions,
  planFields,
  planOn,
  reportFields,
  repoWord,
  requestOf,
  requireEarlier,
  runContext,
} from './session.ts';

export interface PlanOptions extends MigrationOptions {
  readonly out: string | undefined;
  readonly patch: string | undefined;
  readonly diff: boolean | undefined;
  readonly exitCode: boolean;
}

export function warnOfInterrupted(context: RunContext): readonly string[] {
  const found = findInterrupted(context);
  if (found === null) return [];
  const holder = findHolder(context);
  if (holder !== null) {
    const who = holder.kind === 'held' ? `pid ${holder.holder.pid}` : 'another run';
    return [`${who} is at work on run ${found.id}, so this plan may be of a half-written checkout`];
  }
  const ways = nextCommands(found.progress.state).join(', or ');
  return [
    `run ${found.id} was interrupted while ${found.progress.state}, so this plan is of a half-written checkout: ${ways}`,
  ];
}

/** Shows what a migration would change. Touches nothing in the checkout, git's index included. */
export async function runPlan(options: PlanOptions, io: CommandIo): Promise<Report> {
  if (options.all) return (await import('./run-all.ts')).runPlanAll(options, io);
  const checkout = await openToPlan(options);
  const request = await requestOf(checkout, options, io);
  await requireEarlier(checkout, request);
  const progress = showProgress(io, options);
  const planned = await planOn(checkout, request, (step) => progress.say(`plan: ${step}`)).finally(progress.end);
  const { plan, tree } = planned;
  const files: { what: string; path: string }[] = [];
  if (options.out !== undefined) {
    writeOutputFile(resolve(options.cwd, options.out), planToJson(plan));
    files.push({ what: 'plan', path: options.out });
  }
  if (options.patch !== undefined) {
    // The whole patch may hold secrets that the printed one leaves out: for the user's eyes only.
    writePrivateFile(
      resolve(options.cwd, options.patch),
      formatPatch(plan.changes, tree.content, patchOptions(checkout)),
    );
    files.push({ what: 'patch', path: options.patch });
  }
  const empty = plan.changes.length === 0;
  return makeReport({
    ...reportFields('plan', checkout, request.migration),
    ...planFields(planned, checkout, options.diff ?? true),
    outcome: empty ? { kind: 'nothing-to-do', why: 'the checkout is already in the target state' } : { kind: 'done' },
    gate: { ...DEFAULT_GATE, exitCode: options.exitCode },
    files,
    warnings: warnOfInterrupted(runContext(checkout, io)),
    next: empty ? [] : nextAfterPlan(options),
  });
}

function nextAfterPlan(options: PlanOptions): readonly NextCommand[] {
  if (options.out !== undefined)
    return [{ command: `refit apply --plan ${options.out}${repoWord(options)}`, why: 'execute exactly this plan' }];
  return [
    { command: `refit apply${againWords(options)}`, why: 'write it, after a question' },
    { command: `refit plan${againWords(options)} --out plan.json`, why: 'save the plan for review' },
  ];
}

export function writePrivateFile(path: string, text: string): void {
  const fs = nodeFileSystem;
  try {
    if (fs.lstat(path) !== null) fs.unlink(path);
    fs.writeFile(path, Buffer.from(text, 'utf8'), 0o600);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot write ${path}: ${explainFsError(error)}`, {
      cause: error,
      hint: 'choose another file',
    });
  }
}
