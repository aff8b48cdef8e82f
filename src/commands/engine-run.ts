import { basename } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { maskSecrets } from '../base/secrets.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Settings } from '../checks/config.ts';
import type { CheckSelection } from '../checks/run.ts';
import type { DatabaseChoice } from '../container/bench.ts';
import { BUILD, CONTAINER_CHECKS } from '../container/checks/index.ts';
import type { VerifyLevel } from '../container/define.ts';
import {
  closeSession,
  describeEngine,
  detectEngine,
  openSession,
  type Session,
  sweepDeadRuns,
} from '../container/engine.ts';
import type { OldSource } from '../container/old-image.ts';
import type { ContainerRun } from '../container/run-checks.ts';
import { skippedRun, verifyTree } from '../container/verify-tree.ts';
import type { Report } from '../report/report.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { CommandIo } from './io.ts';
import { judgeByRules, type Ruled } from './judge.ts';
import type { CommonOptions } from './options.ts';

/** What a caller may say of the engine and the image. */
export interface EngineOptions extends Pick<CommonOptions, 'quiet' | 'verbose'> {
  /** `docker` or `podman`; whichever answers unless given. */
  readonly engine: string | undefined;
  readonly baseImage: string | undefined;
}

export interface EngineRun extends EngineOptions {
  readonly checkout: Checkout;
  readonly settings: Settings;
  /** What is built: the checkout as it is, or as a plan leaves it. */
  readonly tree: ReadonlyTree;
  readonly level: VerifyLevel;
  readonly selection: CheckSelection;
  readonly database: DatabaseChoice;
  readonly cache: boolean;
  readonly keep: boolean;
  /** A real login for one request. */
  readonly login?: { readonly token: string };
  /** What the image is put beside, when that was asked for. */
  readonly old?: OldSource;
  readonly signal: AbortSignal;
}

export interface EngineAnswer {
  readonly runs: readonly ContainerRun[];
  readonly container?: NonNullable<Report['container']>;
  readonly warnings: readonly string[];
}

/**
 * Proves a tree in containers and removes all that it started, also when it is interrupted. Without an engine that
 * answers every check that was asked for is skipped with the reason.
 * @throws RefitError (exit 130 and the like) when interrupted; naming what could not be removed, when something stays.
 */
export async function runOnEngine(run: EngineRun, io: CommandIo): Promise<EngineAnswer> {
  const { level, selection, signal, checkout } = run;
  const notRun = (why: string) => [BUILD, ...CONTAINER_CHECKS].map((check) => skippedRun(check, why, level, selection));
  if (level === 'static') return { runs: notRun('left out by --level static'), warnings: [] };
  const detected = await detectEngine(run.engine);
  if (detected.kind === 'none') {
    return {
      runs: notRun(`${detected.reason}; ${detected.hint}`),
      warnings: [`no container was started: ${detected.reason}`],
    };
  }
  await sweepDeadRuns(detected.engine);
  const session = openSession(detected.engine, { signal });
  const say = speaker(run, io);
  say.stage(`engine: ${describeEngine(detected.engine)}`);
  try {
    const { runs, container } = await verifyTree(session, {
      tree: run.tree,
      dockerfile: run.settings.dockerfile.value as RepoPath | undefined,
      owner: ownerOf(checkout.root),
      level,
      selection,
      baseImage: run.baseImage,
      database: run.database,
      useCache: run.cache,
      ...(run.old === undefined ? {} : { old: run.old }),
      ...(run.login === undefined ? {} : { live: run.login }),
      onLine: say.build,
      onStage: say.stage,
      onDone: say.check,
    });
    return {
      runs,
      container: run.keep ? { ...container, kept: [`refit.run=${session.id}`] } : container,
      warnings:
        run.keep && run.database.kind === 'url'
          ? ['what was kept holds the address of the database: whoever may use the engine can read it']
          : [],
    };
  } finally {
    if (!run.keep || signal.aborted) await close(session);
  }
}

async function close(session: Session): Promise<void> {
  const left = await closeSession(session);
  if (left.length === 0) return;
  throw new RefitError('not everything that was started could be removed', {
    details: left,
    hint: `look for the label refit.run=${session.id}`,
  });
}

/** What is told while it runs: on standard error, one line an event. */
function speaker(options: Pick<EngineOptions, 'quiet'>, io: CommandIo) {
  const say = (text: string): void => {
    if (!options.quiet) io.stderr(`${text}\n`);
  };
  return {
    stage: say,
    // Never the start of a line: a runner of CI jobs takes some of them for commands.
    build: (line: string) => say(`build: ${maskSecrets(line)}`),
    check: ({ check, result, milliseconds }: ContainerRun) =>
      say(`${result.status.padEnd(14)} ${check.id}  ${(milliseconds / 1000).toFixed(1)} s`),
  };
}

/** Tells the checkouts of one machine apart in the names of their images. */
function ownerOf(root: string): string {
  const word = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${word === '' ? 'checkout' : word}-${sha256(root).slice(0, 8)}`;
}

/** @throws RefitError for any other word. */
export function databaseOf(word: string): DatabaseChoice {
  if (word === 'none' || word === 'compose') return { kind: word };
  if (/^postgres(?:ql)?:\/\//.test(word)) return { kind: 'url', url: word };
  // The word is not told: it may hold a password.
  throw new RefitError('--database is none, compose or a postgresql:// address', {
    hint: 'refit verify --database none',
  });
}

/** The results of container checks as a report lists them, once waivers and configuration are laid over them. */
export function judgeContainer(
  runs: readonly ContainerRun[],
  rules: Parameters<typeof judgeByRules>[1],
): Pick<Ruled, 'checks' | 'stale'> {
  const times = new Map(runs.map(({ check, milliseconds }) => [check.id, milliseconds]));
  const { checks, stale } = judgeByRules(runs, rules, 'image');
  const timed = checks.map((check) => {
    const milliseconds = times.get(check.id);
    const ran = !['not-asked', 'skipped'].includes(check.result.status);
    return milliseconds === undefined || !ran ? check : { ...check, milliseconds };
  });
  return { checks: timed, stale };
}
