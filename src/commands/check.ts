import { resolve } from 'node:path';
import { RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import type { Checkout } from '../checkout/read.ts';
import { openCheckout } from '../checkout/read.ts';
import { COMMAND_LINE, CONFIG_PATH, type Settings } from '../checks/config.ts';
import type { Finding, Severity } from '../checks/define.ts';
import { type CheckSelection, searchWordsOf, validateCheckSelection } from '../checks/run.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../host/fs.ts';
import { listCommittedSince } from '../host/git.ts';
import { writeOutputFile } from '../host/output-file.ts';
import type { Migration } from '../migration/define.ts';
import { baselineFromJson, baselineToJson } from '../report/baseline.ts';
import { placedFindings } from '../report/findings.ts';
import { isPendingCheck } from '../report/pending-check.ts';
import {
  isPending,
  makeReport,
  type NextCommand,
  outcomeOfError,
  type Report,
  type ReportedCheck,
} from '../report/report.ts';
import { fingerprintsOf, setAside } from '../report/set-aside.ts';
import type { TextAnswer } from './answer.ts';
import { applyMends } from './apply-mends.ts';
import { gateChecks } from './gate-checks.ts';
import type { CommandIo } from './io.ts';
import { dayOf, type Judgement, judge } from './judge.ts';
import type { CommonOptions, OutsideOptions } from './options.ts';
import { describeSettings } from './print-config.ts';
import { againWords, loadNamed, openToPlan, planFields, reportFields, repoWord, settingsOf } from './session.ts';
import { findStepsVersion } from './steps-version.ts';

export interface CheckOptions extends CommonOptions, OutsideOptions {
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
  readonly since: string | undefined;
  readonly baseline: string | undefined;
  readonly writeBaseline: boolean;
  readonly fix: boolean;
  readonly printConfig: boolean;
}

/**
 * The gate for CI: is the checkout migrated, was it done by a known version of the steps, and do the static checks hold?
 * Writes nothing but, when asked, a baseline or the mends of `--fix`.
 */
export async function runCheck(options: CheckOptions, io: CommandIo): Promise<Report | TextAnswer> {
  const checkout = await openToPlan(options, (tree, { checks }) =>
    searchWordsOf(tree, options, gateChecks('', [], checks)),
  );
  const settings = settingsOf(checkout, options);
  if (options.printConfig) return describeSettings(settings);
  const migration = await loadNamed(settings.migration, { checkout, options, io });
  validateCheckSelection(options, gateChecks('', [], migration.checks));
  const first = await look(options, io, checkout, settings, migration);
  if (!options.fix) return first.report;
  const mends = await applyMends({ checkout, settings, io, checks: first.report.checks });
  if (mends.kind === 'nothing') return { ...first.report, warnings: [...first.report.warnings, mends.why] };
  const mended = await openCheckout(checkout.root);
  const again = await loadNamed(settings.migration, { checkout: mended, options, io });
  const { report } = await look(options, io, mended, settings, again);
  return {
    ...report,
    run: mends.run,
    warnings: [...report.warnings, ...mends.told],
    next: [
      ...report.next.filter(({ command }) => !command.includes('--fix')),
      { command: `refit rollback${repoWord(options)}`, why: 'take the mends back' },
    ],
  };
}

async function look(
  options: CheckOptions,
  io: CommandIo,
  checkout: Checkout,
  settings: Settings,
  migration: Migration,
) {
  const selection: CheckSelection = { only: options.only, skip: options.skip };
  const available = gateChecks(io.env['PATH'], checkout.source.leftAlone, migration.checks);
  const judgement = await judge({ checkout, migration, settings, selection, available, today: dayOf(io.now()) });
  const files: { what: string; path: string }[] = [];
  let checks = judgement.checks;
  const baseline = baselineOf(settings, checkout, options.cwd);
  if (options.writeBaseline) files.push(writeBaseline(baseline, checks));
  if (baseline !== null) checks = withoutKnown(checks, baseline);
  if (options.since !== undefined) checks = await onlyChangedSince(checks, options.since, checkout);
  const report = await reportOf(options, io, checkout, settings, { ...judgement, checks });
  return { report: { ...report, files } };
}

async function reportOf(
  options: CheckOptions,
  io: CommandIo,
  checkout: Checkout,
  settings: Settings,
  { migration, migrated, checks }: Judgement,
): Promise<Report> {
  const fields = reportFields('check', checkout, migration);
  const report = makeReport({
    ...fields,
    versions: { ...fields.versions, steps: await findStepsVersion(checkout, io, migration) },
    ...(migrated.kind === 'planned'
      ? planFields(migrated.run, checkout, false)
      : { outcome: outcomeOfError(migrated.error) }),
    gate: { failOn: settings.failOn.value, strict: settings.strict.value, exitCode: false },
    checks,
    ...anchorIn(checkout, settings),
  });
  return { ...report, next: nextCommands(options, report) };
}

/** Where services show a finding of no file: what most of them are about. */
function anchorIn(checkout: Checkout, settings: Settings): { readonly anchor?: RepoPath } {
  const path = (settings.dockerfile.value ?? 'Dockerfile') as RepoPath;
  return checkout.source.list().includes(path) ? { anchor: path } : {};
}

function nextCommands(options: CheckOptions, report: Report): readonly NextCommand[] {
  const open = openFindings(report.checks);
  // Worst first.
  const first = placedFindings(report).find(({ waived, check }) => waived === undefined && !isPendingCheck(check.id));
  const repo = againWords(options);
  return [
    ...(isPending(report)
      ? [
          { command: `refit plan${repo}`, why: 'see what is pending' },
          { command: `refit apply${repo}`, why: 'write it, after a question' },
        ]
      : []),
    ...(open.some(({ fix }) => fix !== undefined)
      ? [{ command: `refit check${repo} --fix`, why: 'write the mends that need no person' }]
      : []),
    ...(first === undefined
      ? []
      : [{ command: `refit explain ${first.check.id}`, why: 'why it matters, with an example' }]),
  ];
}

function openFindings(checks: readonly ReportedCheck[]): readonly Finding[] {
  return checks.flatMap(({ result }) =>
    result.status === 'failed' ? result.findings.filter(({ waived }) => waived === undefined) : [],
  );
}

/** A baseline as it is called, and where it lies. */
interface BaselineFile {
  readonly name: string;
  readonly path: string;
}

function baselineOf({ baseline }: Settings, { root }: Checkout, cwd: string): BaselineFile | null {
  const { value, origin } = baseline;
  return value === null ? null : { name: value, path: resolve(origin === COMMAND_LINE ? cwd : root, value) };
}

function writeBaseline(file: BaselineFile | null, checks: readonly ReportedCheck[]): { what: string; path: string } {
  if (file === null) {
    throw new RefitError('--write-baseline needs the file to write', {
      hint: `--baseline FILE --write-baseline, or baseline: FILE in ${CONFIG_PATH}`,
    });
  }
  // What is pending is no finding to get used to.
  const kept = checks.filter(({ id }) => !isPendingCheck(id));
  writeOutputFile(file.path, baselineToJson(kept));
  return { what: 'baseline', path: file.name };
}

function withoutKnown(checks: readonly ReportedCheck[], file: BaselineFile): readonly ReportedCheck[] {
  const known = baselineFromJson(readBaseline(file), file.name);
  const names = fingerprintsOf(checks);
  return setAside(checks, (finding) => {
    const isKnown = !isPendingCheck(finding.check) && known.has(names.get(finding) ?? '');
    return isKnown ? { reason: `in the baseline ${file.name}` } : null;
  });
}

function readBaseline({ path, name }: BaselineFile): string {
  try {
    return nodeFileSystem.readFile(path).toString('utf8');
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot read the baseline ${name}: ${explainFsError(error)}`, {
      cause: error,
      hint: `write one: refit check --baseline ${name} --write-baseline`,
    });
  }
}

/** What is committed since `ref` and what is not committed yet; a finding of no file stays. */
async function onlyChangedSince(
  checks: readonly ReportedCheck[],
  ref: string,
  checkout: Checkout,
): Promise<readonly ReportedCheck[]> {
  if (checkout.git === null) throw new RefitError('--since needs a git repository');
  const dirty = await checkout.dirty();
  const changed = new Set<string>([...(await listCommittedSince(checkout.git, ref)), ...dirty.map(({ path }) => path)]);
  return setAside(checks, ({ check, path }) => {
    const counts = path === undefined || changed.has(path) || isPendingCheck(check);
    return counts ? null : { reason: `not changed since ${ref}` };
  });
}
