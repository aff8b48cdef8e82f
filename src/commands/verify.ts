import { basename } from 'node:path';
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Settings } from '../checks/config.ts';
import type { Severity } from '../checks/define.ts';
import { type CheckSelection, validateCheckSelection } from '../checks/run.ts';
import type { DatabaseChoice } from '../container/bench.ts';
import { BUILD, CONTAINER_CHECKS } from '../container/checks/index.ts';
import type { VerifyLevel } from '../container/define.ts';
import { closeSession, detectEngine, openSession, type Session, sweepDeadRuns } from '../container/engine.ts';
import type { ContainerRun } from '../container/run-checks.ts';
import { skippedRun, verifyTree } from '../container/verify-tree.ts';
import { makeReport, type NextCommand, type Report, type ReportedCheck } from '../report/report.ts';
import { openTree } from '../tree/memory-tree.ts';
import { gateChecks } from './gate-checks.ts';
import type { CommandIo } from './io.ts';
import { dayOf, judge, judgeByRules } from './judge.ts';
import type { CommonOptions } from './options.ts';
import { openRepo, planFields, reportFields, repoWord, settingsOf } from './session.ts';
import { underSignals } from './under-signals.ts';

export interface VerifyOptions extends CommonOptions {
  /** As given; relative to `cwd`. */
  readonly repo: string;
  readonly migration: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly failOn: Severity | undefined;
  readonly strict: boolean | undefined;
  /** Ids of checks or the start of them. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly dockerfile: string | undefined;
  readonly level: VerifyLevel;
  readonly engine: string | undefined;
  readonly baseImage: string | undefined;
  /** `none`, `compose` or a URL. */
  readonly database: string;
  readonly cache: boolean;
  readonly keep: boolean;
}

/** Builds the image of the checkout, starts it and proves every claim; the checkout itself is never written. */
export async function runVerify(options: VerifyOptions, io: CommandIo): Promise<Report> {
  const checkout = await openRepo(options);
  const settings = settingsOf(checkout, options);
  const selection: CheckSelection = { only: options.only, skip: options.skip };
  validateCheckSelection(selection, [...gateChecks(), BUILD, ...CONTAINER_CHECKS]);
  const judgement = await judge({
    checkout,
    settings,
    selection,
    available: gateChecks(io.env['PATH'], checkout.source.leftAlone),
    today: dayOf(io.now()),
  });
  const proved = await underSignals(io, (signal) =>
    proveCheckout({ checkout, settings, options, selection, io, signal }),
  );
  const { migration, migrated, checks } = judgement;
  const report = makeReport({
    ...reportFields('verify', checkout, migration),
    ...(migrated.kind === 'planned' ? { dirty: planFields(migrated.run, checkout, false).dirty ?? [] } : {}),
    gate: { failOn: settings.failOn.value, strict: settings.strict.value, exitCode: false },
    checks: [...checks, ...judgeContainer(proved.runs, { checkout, settings, today: dayOf(io.now()) })],
    ...(proved.container === undefined ? {} : { container: proved.container }),
    warnings: proved.warnings,
  });
  return { ...report, next: nextCommands(options, report) };
}

interface Proving {
  readonly checkout: Checkout;
  readonly settings: Settings;
  readonly options: VerifyOptions;
  readonly selection: CheckSelection;
  readonly io: CommandIo;
  readonly signal: AbortSignal;
}

interface Proved {
  readonly runs: readonly ContainerRun[];
  readonly container?: NonNullable<Report['container']>;
  readonly warnings: readonly string[];
}

async function proveCheckout({ checkout, settings, options, selection, io, signal }: Proving): Promise<Proved> {
  const { level } = options;
  const notRun = (why: string) => [BUILD, ...CONTAINER_CHECKS].map((check) => skippedRun(check, why, level, selection));
  if (level === 'static') return { runs: notRun('left out by --level static'), warnings: [] };
  const detected = await detectEngine(options.engine);
  if (detected.kind === 'none') {
    return {
      runs: notRun(`${detected.reason}; ${detected.hint}`),
      warnings: [`no container was started: ${detected.reason}`],
    };
  }
  await sweepDeadRuns(detected.engine);
  const session = openSession(detected.engine, { signal });
  const say = speaker(options, io);
  let kept: readonly string[] = [];
  try {
    const verification = await verifyTree(session, {
      tree: openTree(checkout.source),
      dockerfile: settings.dockerfile.value as RepoPath | undefined,
      owner: ownerOf(checkout.root),
      level,
      selection,
      baseImage: options.baseImage,
      database: databaseOf(options.database),
      useCache: options.cache,
      onLine: say.build,
      onDone: say.check,
    });
    if (options.keep) kept = [`refit.run=${session.id}`];
    const { runs, container } = verification;
    return { runs, container: options.keep ? { ...container, kept } : container, warnings: [] };
  } finally {
    if (!options.keep || signal.aborted) await close(session);
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
function speaker(options: VerifyOptions, io: CommandIo) {
  const say = (text: string): void => {
    if (!options.quiet) io.stderr(`${text}\n`);
  };
  return {
    build: (line: string) => {
      if (options.verbose || io.stderrIsTerminal) say(`build: ${line}`);
    },
    check: ({ check, result, milliseconds }: ContainerRun) =>
      say(`${result.status.padEnd(14)} ${check.id}  ${(milliseconds / 1000).toFixed(1)} s`),
  };
}

/** Tells the checkouts of one machine apart in the names of their images. */
export function ownerOf(root: string): string {
  const word = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${word === '' ? 'checkout' : word}-${sha256(root).slice(0, 8)}`;
}

export function databaseOf(word: string): DatabaseChoice {
  if (word === 'none' || word === 'compose') return { kind: word };
  if (/^postgres(?:ql)?:\/\//.test(word)) return { kind: 'url', url: word };
  throw new RefitError('--database is none, compose or a postgresql:// address', {
    hint: 'refit verify --database none',
  });
}

/** The results of container checks as a report lists them, once waivers and configuration are laid over them. */
export function judgeContainer(
  runs: readonly ContainerRun[],
  rules: Parameters<typeof judgeByRules>[1],
): readonly ReportedCheck[] {
  const times = new Map(runs.map(({ check, milliseconds }) => [check.id, milliseconds]));
  return judgeByRules(runs, rules).checks.map((check) => {
    const milliseconds = times.get(check.id);
    const ran = !['not-asked', 'skipped'].includes(check.result.status);
    return milliseconds === undefined || !ran ? check : { ...check, milliseconds };
  });
}

function nextCommands(options: VerifyOptions, { checks }: Report): readonly NextCommand[] {
  const first = checks.find(({ result }) => result.status === 'failed');
  if (first === undefined) return [];
  return [
    { command: `refit explain ${first.id}`, why: 'why it matters' },
    { command: `refit verify${repoWord(options)} --keep`, why: 'leave the containers, to look inside' },
  ];
}
