import { RefitError, refusal } from '../base/errors.ts';
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
import { dayOf, judge, withStaleWaivers } from './judge.ts';
import type { CommonOptions, OutsideOptions } from './options.ts';
import { againWords, loadNamed, openRepo, planFields, reportFields, settingsOf } from './session.ts';
import { underSignals } from './under-signals.ts';

export interface VerifyOptions extends CommonOptions, OutsideOptions, EngineOptions {
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
  /** One request with the real token of the environment. */
  readonly live: boolean;
  /** Goes on without the question. */
  readonly yes: boolean;
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
  const login = options.live ? await realLogin(options, io) : undefined;
  const selection: CheckSelection = { only: options.only, skip: options.skip };
  validateCheckSelection(selection, [...gateChecks(), BUILD, ...CONTAINER_CHECKS]);
  const judgement = await judge({
    checkout,
    migration: await loadNamed(settings.migration, { checkout, options, io }),
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
        ...(login === undefined ? {} : { login }),
        signal,
      },
      io,
    ),
  );
  const { migration, migrated, checks } = judgement;
  const contained = judgeContainer(proved.runs, { checkout, settings, today: dayOf(io.now()) });
  const report = makeReport({
    ...reportFields('verify', checkout, migration),
    ...(migrated.kind === 'planned' ? { dirty: planFields(migrated.run, checkout, false).dirty ?? [] } : {}),
    gate: { failOn: settings.failOn.value, strict: settings.strict.value, exitCode: false },
    checks: [...withStaleWaivers(checks, contained.stale), ...contained.checks],
    ...(proved.container === undefined ? {} : { container: proved.container }),
    warnings: proved.warnings,
  });
  return { ...report, next: nextCommands(options, report) };
}

const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';

/**
 * The token of the environment, once the caller agreed to a request on its account.
 * @throws RefitError (exit 4) without a token, without a yes, and where the level leaves such a request out.
 */
async function realLogin({ level, yes }: VerifyOptions, io: CommandIo): Promise<{ readonly token: string }> {
  const token = io.env[TOKEN] ?? '';
  if (token === '') throw refusal(`--live takes a real token from ${TOKEN}, and it is not set`);
  if (level !== 'service') throw refusal(`--live asks a running server, which --level ${level} leaves out`);
  if (yes) return { token };
  const what = `--live sends one small request to the real service, on the account of ${TOKEN}`;
  if (!io.stdinIsTerminal || !io.stderrIsTerminal)
    throw refusal(`${what}, and there is no terminal to ask on`, { hint: 'refit verify --live --yes' });
  if (!(await io.confirm(`${what}. Go on?`))) throw refusal('nothing was sent: the answer was no');
  return { token };
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
    { command: `refit verify${againWords(options)} --keep`, why: 'leave the containers, to look inside' },
  ];
}
