import { RefitError } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Severity } from '../checks/define.ts';
import { type CheckSelection, validateCheckSelection } from '../checks/run.ts';
import { BUILD, CONTAINER_CHECKS } from '../container/checks/index.ts';
import type { VerifyLevel } from '../container/define.ts';
import type { OldSource } from '../container/old-image.ts';
import { readCommitted } from '../host/git.ts';
import { makeReport, type NextCommand, type Report } from '../report/report.ts';
import { memorySource } from '../tree/memory-source.ts';
import { openTree } from '../tree/memory-tree.ts';
import { databaseOf, type EngineOptions, judgeContainer, runOnEngine } from './engine-run.ts';
import { gateChecks } from './gate-checks.ts';
import type { CommandIo } from './io.ts';
import { dayOf, judge } from './judge.ts';
import type { CommonOptions } from './options.ts';
import { openRepo, planFields, reportFields, repoWord, settingsOf } from './session.ts';
import { underSignals } from './under-signals.ts';

export interface VerifyOptions extends CommonOptions, EngineOptions {
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
  /** `none`, `compose` or a URL. */
  readonly database: string;
  readonly cache: boolean;
  readonly keep: boolean;
  /** An image from before the migration, to be put beside the new one. */
  readonly oldImage: string | undefined;
  /** The commit whose files give that image. */
  readonly compare: string | undefined;
  /** Only tell the line that pins the base image. */
  readonly pin: boolean;
}

/** Builds the image of the checkout, starts it and proves every claim; the checkout itself is never written. */
export async function runVerify(options: VerifyOptions, io: CommandIo): Promise<Report> {
  if (options.pin) return (await import('./verify-pin.ts')).runPin(options, io);
  const checkout = await openRepo(options);
  const settings = settingsOf(checkout, options);
  const old = await oldSource(options, checkout);
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
    runOnEngine(
      {
        ...options,
        checkout,
        settings,
        tree: openTree(checkout.source),
        selection,
        database: databaseOf(options.database),
        ...(old === undefined ? {} : { old }),
        signal,
      },
      io,
    ),
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

/** @throws RefitError when both are given. */
async function oldSource({ oldImage, compare }: VerifyOptions, checkout: Checkout): Promise<OldSource | undefined> {
  if (oldImage !== undefined && compare !== undefined)
    throw new RefitError('--old-image and --compare both name the image from before', { hint: 'give one of them' });
  if (oldImage !== undefined) return { kind: 'image', name: oldImage };
  if (compare === undefined) return undefined;
  if (checkout.git === null)
    return {
      kind: 'none',
      why: 'the checkout is no git repository, so there is no earlier state of it: --old-image IMAGE',
    };
  const { commit, files } = await readCommitted(checkout.git, compare);
  return { kind: 'tree', tree: openTree(memorySource(files)), label: `${compare} (${commit.slice(0, 8)})` };
}

function nextCommands(options: VerifyOptions, { checks }: Report): readonly NextCommand[] {
  const first = checks.find(({ result }) => result.status === 'failed');
  if (first === undefined) return [];
  return [
    { command: `refit explain ${first.id}`, why: 'why it matters' },
    { command: `refit verify${repoWord(options)} --keep`, why: 'leave the containers, to look inside' },
  ];
}
