/** Builds the image of a tree and proves it: from the base that it stands on to the last check. */
import { cpus } from 'node:os';
import { EXIT, RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { CheckResult } from '../checks/define.ts';
import { type JudgedDockerfile, judgedDockerfile, readProject } from '../checks/project.ts';
import type { CheckSelection } from '../checks/run.ts';
import type { ReportedContainer } from '../report/report.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { findBase } from './base-image.ts';
import { type Bench, type DatabaseChoice, openBench } from './bench.ts';
import { buildTree } from './build-tree.ts';
import { BUILD, CONTAINER_CHECKS } from './checks/index.ts';
import { liveChat } from './checks/live-chat.ts';
import { compareImages } from './compare.ts';
import type { ContainerCheckWords, VerifyLevel } from './define.ts';
import { describeEngine, type Session } from './engine.ts';
import { failedBuild } from './failed-build.ts';
import { liveRequest } from './live.ts';
import { type OldSource, openOldImage } from './old-image.ts';
import { type ContainerRun, runContainerChecks, whyNotAsked } from './run-checks.ts';
import { imageVersions } from './versions.ts';

type Compared = Pick<ReportedContainer, 'old' | 'comparison'>;

/** How many checks run at a time: most of them wait for a container. */
const WIDTH = Math.max(2, Math.min(4, cpus().length));

export interface VerifyTreeOptions {
  readonly tree: ReadonlyTree;
  /** The Dockerfile to build when the caller named one. */
  readonly dockerfile: RepoPath | undefined;
  /** Tells the checkouts of one machine apart in the names of their images. */
  readonly owner: string;
  readonly level: VerifyLevel;
  readonly selection: CheckSelection;
  /** An image to build on in the place of the one that FROM names. */
  readonly baseImage: string | undefined;
  readonly database: DatabaseChoice;
  readonly useCache: boolean;
  /** A real login for one request. */
  readonly live?: { readonly token: string };
  /** What the image is put beside, when that was asked for. */
  readonly old?: OldSource;
  /** What the builder writes. */
  readonly onLine: (line: string) => void;
  /** What is worked with, once it is known: `base: …`. */
  readonly onStage: (line: string) => void;
  readonly onDone: (run: ContainerRun) => void;
}

export interface TreeVerification {
  readonly runs: readonly ContainerRun[];
  readonly container: ReportedContainer;
  /** What ran, for a caller who goes on with it; null when there is no image. */
  readonly bench: Bench | null;
}

/**
 * Looks for the base, builds, starts and checks. What cannot be had is in the results: a build that fails is a finding of
 * I01, and everything that needs its image is skipped with that reason.
 * @throws RefitError for a fault of the engine outside a check, or when the run was interrupted (exit 130).
 */
export async function verifyTree(session: Session, options: VerifyTreeOptions): Promise<TreeVerification> {
  const { tree, dockerfile, database } = options;
  const nothing = { engine: describeEngine(session.engine), contents: {}, database: describeDatabase(database) };
  const project = readProject(tree, dockerfile === undefined ? {} : { dockerfile });
  const judged = judgedDockerfile(project);
  if (judged.kind === 'skip') return without(nothing, options, judged.why);
  const base = await findBase(session, judged, options.baseImage, options.onLine);
  if (base.kind === 'missing') return without(nothing, options, `${base.reason}; ${base.hint}`);
  const found = { name: base.name, facts: base.facts };
  options.onStage(`base: ${base.name} (${base.facts.digests[0] ?? base.facts.id})`);
  const built = await buildTree(session, {
    ...options,
    judged,
    base: { name: base.name, id: base.facts.id, replaces: base.replaces },
    buildArgs: buildArguments(judged, database),
  });
  const told = { ...nothing, base: toldBase(found) };
  if (built.kind !== 'built') {
    const build = failedBuild(session, built, judged, buildArguments(judged, database));
    options.onDone(build);
    return without(told, options, 'the image could not be built', build);
  }
  const { image } = built;
  options.onStage(
    `image: ${image.name} (${image.facts.id}${image.reused ? ', nothing changed since it was built' : ''})`,
  );
  const bench = openBench({
    session,
    tree,
    project,
    judged,
    image,
    base: found,
    database,
    ...(options.live && { live: options.live }),
  });
  const build: ContainerRun = {
    check: BUILD,
    result: { check: BUILD.id, status: 'passed' },
    milliseconds: image.milliseconds,
  };
  options.onDone(build);
  let compared: Compared = {};
  const beforeLast = async () => {
    if (options.old !== undefined) compared = await compareWith(bench, options.old, options);
  };
  const runs = await runContainerChecks(bench, CONTAINER_CHECKS, { ...options, width: WIDTH, beforeLast });
  return {
    runs: [build, ...runs],
    container: { ...told, ...(await toldImage(bench)), ...compared, ...(await toldLive(bench, runs)) },
    bench,
  };
}

/** Nothing of it is judged, so what stands in its way is told and fails nothing. */
async function compareWith(bench: Bench, source: OldSource, options: VerifyTreeOptions): Promise<Compared> {
  try {
    const old = await openOldImage(bench, source, options);
    options.onStage(`before: ${old.told}`);
    if (old.kind === 'none') return { old: old.told };
    const comparison = await compareImages(old.bench, bench, { asks: options.level === 'service' });
    return { old: old.told, comparison };
  } catch (error) {
    if (!(error instanceof RefitError) || error.exitCode === EXIT.interrupted) throw error;
    return { old: `could not be compared: ${bench.safe(error.message)}` };
  }
}

/** `WITH_DATABASE=0` where the Dockerfile knows it and no database is asked for: its engines are fetched at build. */
function buildArguments(judged: JudgedDockerfile, database: DatabaseChoice): Readonly<Record<string, string>> {
  const knows = judged.stage.args.some(({ name }) => name === 'WITH_DATABASE');
  return knows && database.kind === 'none' ? { WITH_DATABASE: '0' } : {};
}

function describeDatabase(database: DatabaseChoice): string {
  switch (database.kind) {
    case 'none':
      return 'not asked for: nothing that needs one is proved (--database compose or URL)';
    case 'compose':
      return 'from the image of the database service in compose, with a login of its own (H03, R06)';
    case 'url':
      return 'the one whose address was given; the address is told nowhere (H03, R06)';
  }
}

function toldBase({ name, facts }: Bench['base']): NonNullable<ReportedContainer['base']> {
  const [digest] = facts.digests;
  return { name, id: facts.id, ...(digest === undefined ? {} : { digest }) };
}

async function toldImage(bench: Bench): Promise<Pick<ReportedContainer, 'image' | 'contents'>> {
  const { name, facts, reused, milliseconds } = bench.image;
  const { python, packages, cli } = await imageVersions(bench).catch(() => ({ python: null, packages: {}, cli: null }));
  return {
    image: { name, id: facts.id, size: facts.size, reused, milliseconds },
    contents: {
      ...(python === null ? {} : { Python: python }),
      ...packages,
      ...(cli === null ? {} : { 'claude (PATH)': cli }),
    },
  };
}

/** What the request with the real login cost, where it was made. */
async function toldLive(bench: Bench, runs: readonly ContainerRun[]): Promise<Pick<ReportedContainer, 'live'>> {
  const run = runs.find(({ check }) => check.id === liveChat.id);
  if (run === undefined || !['passed', 'failed'].includes(run.result.status)) return {};
  const outcome = await liveRequest(bench);
  return outcome.kind === 'answered' ? { live: outcome.told } : {};
}

/** Nothing could be run: every check that was asked for is skipped with the reason. */
function without(
  container: ReportedContainer,
  { selection, level }: VerifyTreeOptions,
  why: string,
  build?: ContainerRun,
): TreeVerification {
  const runs = (build === undefined ? [BUILD, ...CONTAINER_CHECKS] : CONTAINER_CHECKS).map((check) =>
    skippedRun(check, why, level, selection),
  );
  return { runs: build === undefined ? runs : [build, ...runs], container, bench: null };
}

/** The result of a check that nothing could be run for. */
export function skippedRun(
  check: ContainerCheckWords,
  why: string,
  level: VerifyLevel,
  selection: CheckSelection,
): ContainerRun {
  const left = whyNotAsked(check, level, selection);
  const result: CheckResult =
    left === null ? { check: check.id, status: 'skipped', why } : { check: check.id, status: 'not-asked', why: left };
  return { check, result, milliseconds: 0 };
}
