import { basename, dirname, resolve } from 'node:path';
import { MIGRATIONS } from '../../migrations/index.ts';
import type { RunContext } from '../apply/context.ts';
import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
import { type Checkout, type OpenOptions, openCheckout } from '../checkout/read.ts';
import {
  CONFIG_PATH,
  type CommandLineSettings,
  NO_CONFIG,
  paramsOf,
  readConfig,
  resolveSettings,
  type Setting,
  type Settings,
} from '../checks/config.ts';
import { anchoredFileSystem } from '../host/anchored-fs.ts';
import type { OutsideMigration } from '../host/outside/outside-migration.ts';
import { readOutsideWord } from '../host/outside/word.ts';
import { loadParsers } from '../host/parsers.ts';
import { readTemplate } from '../host/template.ts';
import { readVersion } from '../host/version.ts';
import type { Migration } from '../migration/define.ts';
import { type PlannedRun, parsersOf, planMigration } from '../migration/run.ts';
import type { PatchOptions } from '../plan/diff.ts';
import { diffStat } from '../plan/line-stats.ts';
import type { Plan, Selection } from '../plan/plan.ts';
import { printablePatch } from '../report/mask.ts';
import { type Report, reportedPlan } from '../report/report.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { CommandIo } from './io.ts';
import type { MigrationOptions, OutsideOptions } from './options.ts';

/** @throws RefitError with the nearest name when there is no such bundled migration. */
export async function loadMigration(id: string): Promise<Migration> {
  const entry = MIGRATIONS.find((migration) => migration.id === id);
  if (entry !== undefined) return entry.load();
  const ids = MIGRATIONS.map((migration) => migration.id);
  const { message, hint } = unknownName('migration', id, ids);
  throw new RefitError(message, { hint: `${hint}; one of your own: ./FILE, or a package refit-migration-NAME` });
}

/** On what, and with what leave, a migration is loaded. */
export interface LoadContext {
  readonly checkout: Checkout | null;
  readonly options: OutsideOptions & { readonly cwd: string };
  readonly io: CommandIo;
}

/**
 * Loads the migration that a word names: the id of a bundled one, or code from outside, once it is trusted.
 * @throws RefitError with the nearest name when there is no such migration; with exit code 4 for code that is not trusted.
 */
export async function loadNamed({ value, origin }: Setting<string>, context: LoadContext): Promise<Migration> {
  const outside = MIGRATIONS.some(({ id }) => id === value) ? null : readOutsideWord(value);
  if (outside === null) return loadMigration(value);
  return (await import('./load-outside.ts')).loadOutside(outside, origin, context);
}

/** What a run of a migration is asked for: from the command line, or from a saved plan. */
export interface PlanRequest {
  readonly migration: Migration;
  readonly params: Readonly<Record<string, unknown>>;
  readonly selection: Selection;
}

/** What the command line and the checkout's `.refit/config.yaml` ask for together. */
export async function requestOf(checkout: Checkout, options: MigrationOptions, io: CommandIo): Promise<PlanRequest> {
  const { only, skip, phases } = options;
  const settings = settingsOf(checkout, options);
  const migration = await loadNamed(settings.migration, { checkout, options, io });
  return { migration, params: paramsOf(settings), selection: { only, skip, phases } };
}

/**
 * Proves that what the migration requires has nothing left to do.
 * @throws RefitError (exit code 4) naming what is pending first.
 */
export async function requireEarlier(checkout: Checkout, request: PlanRequest): Promise<void> {
  const { requires = [] } = request.migration;
  if (requires.length > 0) await (await import('./plan-all.ts')).proveRequired(checkout, request);
}

/**
 * The request that a saved plan was made from.
 * @throws RefitError with exit code 4 when it was made by other code than there is now.
 */
export async function requestOfPlan(
  plan: Plan,
  context: LoadContext & { readonly options: Pick<MigrationOptions, 'migration'> },
): Promise<PlanRequest> {
  const { id, outside } = plan.migration;
  const migration =
    outside === undefined
      ? await loadMigration(id)
      : await (await import('./load-outside.ts')).loadPlanned(outside, context);
  return { migration, params: plan.params, selection: plan.selection };
}

/**
 * What is in force on `checkout`: the command line, then `.refit/config.yaml`, then defaults.
 * @throws RefitError when the file cannot be read or meant.
 */
export function settingsOf(checkout: Checkout, given: CommandLineSettings): Settings {
  const text = readOwnFile(checkout, CONFIG_PATH);
  return resolveSettings(given, text === null ? NO_CONFIG : readConfig(text));
}

/**
 * The text of a file of `.refit/`, or null when the checkout has none.
 * @throws RefitError when it is a link or not text.
 */
export function readOwnFile({ source }: Checkout, path: RepoPath): string | null {
  if (!source.list().includes(path)) return null;
  const text = source.mode(path) === 'link' ? null : decodeText(source.read(path));
  if (text === null) throw new RefitError(`${path} is not a text file`, { hint: 'replace or delete it' });
  return text;
}

/** Plans on an opened checkout; touches nothing. */
export async function planOn(
  checkout: Checkout,
  request: PlanRequest,
  onStep?: (step: string) => void,
): Promise<PlannedRun> {
  const base = baseOf(checkout);
  // A plan that fails first never looks at it.
  base.catch(() => undefined);
  const { outside } = request.migration as Partial<OutsideMigration>;
  if (outside !== undefined) return outside.plan(checkout, request, base, onStep);
  return planMigration({
    ...request,
    source: checkout.source,
    base,
    readTemplate: (name) => readTemplate(request.migration.id, name),
    loadParsers,
    ...(onStep === undefined ? {} : { onStep }),
  });
}

async function baseOf(checkout: Checkout): Promise<Plan['base']> {
  const dirty = await checkout.dirty();
  return {
    commit: checkout.commit,
    dirty: dirty.filter(({ state }) => state !== 'untracked').map(({ path }) => path),
  };
}

/** Opens the folder that the command line names. */
export function openRepo(
  options: { readonly cwd: string; readonly repo: string },
  open: Pick<OpenOptions, 'searchWords'> = {},
): Promise<Checkout> {
  return openCheckout(resolve(options.cwd, options.repo), open);
}

/**
 * As {@link openRepo}, and loads what a plan on it takes while git answers. `moreWords` are what the command itself will
 * search for beside the migration.
 */
export function openToPlan(
  options: CommandLineSettings & Parameters<typeof openRepo>[0],
  moreWords: (tree: ReadonlyTree, migration: Migration) => readonly string[] = () => [],
): Promise<Checkout> {
  // The checkout's own file may yet ask for another migration, and what stands in the way of this one is told by the plan.
  const id = resolveSettings(options, NO_CONFIG).migration.value;
  const searchWords = async (tree: ReadonlyTree): Promise<readonly string[]> => {
    const migration = await loadMigration(id);
    return [...moreWords(tree, migration), ...(migration.searchWords?.(tree) ?? [])];
  };
  const opening = openRepo(options, { searchWords });
  loadMigration(id)
    .then((migration) => loadParsers(parsersOf(migration, { only: [], skip: [], phases: [] })))
    .catch(() => undefined);
  return opening;
}

/** The context of a run on `checkout`; runs of all folders of one work tree share a record and a lock. */
export function runContext(
  checkout: Checkout,
  io: CommandIo,
  extra: Pick<RunContext, 'waitSeconds' | 'signal' | 'onProgress'> = {},
): RunContext {
  return {
    root: checkout.root,
    runFolder: checkout.recordFolder,
    scope: checkout.git?.prefix ?? '',
    // Git's own folder may be a link, or lie elsewhere.
    fs: anchoredFileSystem(checkout.root, checkout.git === null ? {} : { except: dirname(checkout.stateFolder) }),
    now: io.now,
    pid: io.pid,
    ...extra,
  };
}

/** The fields of a report that every command on a checkout fills the same way. */
export function reportFields(
  command: string,
  checkout: Checkout,
  migration?: Migration,
): Pick<Report, 'command' | 'repo' | 'versions' | 'leftAlone'> & Partial<Report> {
  return {
    command,
    repo: basename(checkout.root),
    ...(checkout.git === null || checkout.git.prefix === '' ? {} : { scope: checkout.git.prefix }),
    versions: { refit: readVersion() },
    leftAlone: checkout.source.leftAlone,
    ...(migration === undefined ? {} : { migration: { id: migration.id, title: migration.title } }),
  };
}

/** The plan as a report shows it, with the printable part of its patch when a diff is asked for. */
export function planFields(
  planned: PlannedRun,
  checkout: Checkout,
  withDiff: boolean,
): Pick<Report, 'plan'> & Partial<Report> {
  const { plan, tree } = planned;
  const shown = withDiff ? printablePatch(plan.changes, tree.content, patchOptions(checkout)) : undefined;
  return {
    plan: reportedPlan(plan, diffStat(plan.changes, tree.content)),
    dirty: plan.base.dirty,
    ...(shown === undefined ? {} : shown),
  };
}

/** What a patch has to know of the repository that it is for. */
export function patchOptions({ git }: Checkout): PatchOptions {
  return git === null ? {} : { objectFormat: git.objectFormat, folder: git.prefix };
}

/** The folder argument that repeats the command on the same checkout. */
export function repoWord({ repo }: { readonly repo: string }): string {
  return repo === '.' ? '' : ` ${quoted(repo)}`;
}

/** As {@link repoWord}, with the migration that the command line named: for the commands that take one. */
export function againWords(options: { readonly repo: string; readonly migration: string | undefined }): string {
  return `${repoWord(options)}${options.migration === undefined ? '' : ` --migration ${quoted(options.migration)}`}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
