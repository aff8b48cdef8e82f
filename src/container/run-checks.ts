/** Runs container checks on a bench: those that share nothing side by side, those that end something last. */
import { RefitError } from '../base/errors.ts';
import type { CheckResult } from '../checks/define.ts';
import { type CheckSelection, whyLeftOut } from '../checks/run.ts';
import type { Bench } from './bench.ts';
import { refuseInterrupted } from './bench.ts';
import { stack } from './compose-stack.ts';
import { type ContainerCheck, type ContainerCheckWords, reaches, type VerifyLevel } from './define.ts';
import { imageFiles } from './image-files.ts';
import { loaded } from './load.ts';
import { service } from './service.ts';

/** A container check and how it ended. */
export interface ContainerRun {
  readonly check: ContainerCheckWords;
  readonly result: CheckResult;
  /** How long it took, waiting for what it shares included. */
  readonly milliseconds: number;
}

export interface RunChecksOptions {
  readonly level: VerifyLevel;
  readonly selection: CheckSelection;
  /** How many run at a time. */
  readonly width: number;
  readonly onDone: (run: ContainerRun) => void;
  /** Done once all but the `last` checks are: the server still runs then. */
  readonly beforeLast?: () => Promise<void>;
}

/**
 * Runs every check of the level. One that throws is errored, never passed, and the others still run.
 * @throws RefitError (exit 130) when the run was interrupted.
 */
export async function runContainerChecks(
  bench: Bench,
  checks: readonly ContainerCheck[],
  { level, selection, width, onDone, beforeLast }: RunChecksOptions,
): Promise<readonly ContainerRun[]> {
  const done = new Map<ContainerCheck, ContainerRun>();
  const runOne = async (check: ContainerCheck): Promise<void> => {
    const start = Date.now();
    const left = whyNotAsked(check, level, selection);
    const result: CheckResult =
      left === null ? await resultOf(check, bench) : { check: check.id, status: 'not-asked', why: left };
    refuseInterrupted(bench.session);
    const run = { check, result, milliseconds: Date.now() - start };
    done.set(check, run);
    if (left === null) onDone(run);
  };
  const asked = (check: ContainerCheck) => whyNotAsked(check, level, selection) === null;
  // What takes long begins first, and the checks that wait for nothing run meanwhile.
  const waits = new Set(
    checks.filter((check) => check.last !== true && asked(check)).flatMap((check) => sharedOf(check) ?? []),
  );
  for (const shared of ORDER) if (waits.has(shared)) BEGIN[shared](bench).catch(() => undefined);
  const [first, last] = [checks.filter((check) => check.last !== true), checks.filter((check) => check.last === true)];
  await inParallel(byWait(first), width, runOne);
  await beforeLast?.();
  for (const check of last) await runOne(check);
  return checks.flatMap((check) => done.get(check) ?? []);
}

/** Why a check is not run at this level and selection, or null. */
export function whyNotAsked(
  check: Pick<ContainerCheckWords, 'id' | 'level'>,
  level: VerifyLevel,
  selection: CheckSelection,
): string | null {
  return whyLeftOut(check.id, selection) ?? (reaches(level, check.level) ? null : `left out by --level ${level}`);
}

type Shared = NonNullable<ContainerCheck['reads']> | 'server';

/** In the order in which they are ready, as a rule. */
const ORDER: readonly Shared[] = ['files', 'loaded', 'server', 'stack'];

const BEGIN: Readonly<Record<Shared, (bench: Bench) => Promise<unknown>>> = {
  files: imageFiles,
  loaded,
  server: service,
  stack,
};

function sharedOf({ level, reads }: ContainerCheck): Shared | null {
  return reads ?? (level === 'service' ? 'server' : null);
}

// Those that wait stand behind the others, so that none of them keeps a place from one that need not.
function byWait(checks: readonly ContainerCheck[]): readonly ContainerCheck[] {
  const wait = (check: ContainerCheck): number => {
    const shared = sharedOf(check);
    return shared === null ? -1 : ORDER.indexOf(shared);
  };
  return [...checks].sort((a, b) => wait(a) - wait(b));
}

async function inParallel<T>(items: readonly T[], width: number, act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, work));
}

async function resultOf(check: ContainerCheck, bench: Bench): Promise<CheckResult> {
  try {
    const answer = await check.run(bench);
    switch (answer.kind) {
      case 'holds':
        return { check: check.id, status: 'passed' };
      case 'findings': {
        const findings = answer.findings.map((finding) => ({ severity: check.severity, ...finding, check: check.id }));
        return { check: check.id, status: 'failed', findings };
      }
      case 'cannot':
        return { check: check.id, status: 'skipped', why: answer.why };
      case 'not-applicable':
      case 'not-asked':
        return { check: check.id, status: answer.kind, why: answer.why };
    }
  } catch (error) {
    if (error instanceof RefitError) {
      const message = [error.message, ...error.details].map((line) => bench.safe(line)).join('; ');
      return { check: check.id, status: 'errored', message };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { check: check.id, status: 'errored', message: `the check itself failed: ${bench.safe(message)}` };
  }
}
