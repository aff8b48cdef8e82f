import { relative } from 'node:path';
import { MIGRATIONS } from '../../migrations/index.ts';
import { RefitError, refusal } from '../base/errors.ts';
import { COMMAND_LINE } from '../checks/config.ts';
import { type Covered, coverMigration } from '../host/outside/cover.ts';
import { type FoundMigration, findMigration } from '../host/outside/find.ts';
import { type OutsideMigration, openOutside } from '../host/outside/outside-migration.ts';
import { readTrust, rememberTrust, type Trust, trustFile } from '../host/outside/trust.ts';
import { type OutsideWord, readOutsideWord } from '../host/outside/word.ts';
import type { Plan } from '../plan/plan.ts';
import { escapeLines } from '../report/escape.ts';
import type { LoadContext } from './session.ts';

/** Seconds: the machine may be slow and the step thorough. */
const STEP_TIMEOUT = 120;
/** Hexadecimal digits that tell one hash from all others. */
const ENOUGH_DIGITS = 16;
/** A screen holds no more. */
const MAX_SHOWN = 12;

/**
 * Loads a migration from outside once the user agreed to run its code. What the command line names is found from the
 * caller's folder, what the checkout's own configuration names from the root of the checkout.
 * @throws RefitError with exit code 4 for code that is not trusted: none of it was run.
 */
export async function loadOutside(word: OutsideWord, origin: string, context: LoadContext): Promise<OutsideMigration> {
  const { checkout, options } = context;
  const from = origin === COMMAND_LINE || checkout === null ? options.cwd : checkout.root;
  return openTrusted(coverMigration(findMigration(word, from)), origin, context);
}

/**
 * Loads the migration that a saved plan was made by: from the word on the command line, else the one that the plan names, as
 * seen from the caller's folder or the root of the checkout.
 * @throws RefitError with exit code 4 when that is other code by now, or not trusted.
 */
export async function loadPlanned(
  outside: NonNullable<Plan['migration']['outside']>,
  context: LoadContext & { readonly options: { readonly migration: string | undefined } },
): Promise<OutsideMigration> {
  const { checkout, options } = context;
  const word = readOutsideWord(options.migration ?? outside.word);
  if (word === null)
    throw notOfThePlan(outside.word, [`--migration ${options.migration} is no file, folder or package`]);
  const covered = candidates(word, [options.cwd, ...(checkout === null ? [] : [checkout.root])]);
  const same = covered.find(({ hash }) => hash === outside.hash);
  if (same === undefined)
    throw notOfThePlan(outside.word, [
      `in the plan  ${outside.hash}`,
      ...covered.map(({ hash, found }) => `now          ${hash}  ${found.entry}`),
    ]);
  return openTrusted(same, options.migration === undefined ? 'the plan' : COMMAND_LINE, context);
}

function candidates(word: OutsideWord, folders: readonly string[]): readonly Covered[] {
  const found = new Map<string, FoundMigration>();
  let problem: unknown;
  for (const folder of folders) {
    try {
      const one = findMigration(word, folder);
      found.set(one.entry, one);
    } catch (error) {
      problem ??= error;
    }
  }
  if (found.size === 0) throw problem;
  return [...found.values()].map(coverMigration);
}

function notOfThePlan(word: string, details: readonly string[]): RefitError {
  return refusal(`the plan was made by other code than ${word} is now; nothing was written`, {
    details,
    hint: 'plan again, or name the code of the plan: --migration PATH',
  });
}

async function openTrusted(covered: Covered, origin: string, context: LoadContext): Promise<OutsideMigration> {
  await requireTrust(covered, origin, context);
  const { options, checkout, io } = context;
  const seconds = options.stepTimeout ?? STEP_TIMEOUT;
  if (seconds <= 0) throw new RefitError('--step-timeout needs a number of seconds above 0');
  const opened = await openOutside(
    {
      covered,
      cwd: options.cwd,
      stepTimeout: seconds * 1000,
      onOutput: (text) => io.stderr(linesOf(text, covered.found.word)),
    },
    checkout,
  );
  if (MIGRATIONS.some(({ id }) => id === opened.id))
    throw new RefitError(`${covered.found.word} has the id ${opened.id}, which is that of a bundled migration`, {
      hint: 'give it an id of its own: records and commits name a migration by it',
    });
  return opened;
}

/** What the migration printed, each line marked as its own: a runner of CI jobs takes some lines for commands. */
function linesOf(text: string, word: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${word}: ${escapeLines(line)}\n`)
    .join('');
}

async function requireTrust(covered: Covered, origin: string, { options, io }: LoadContext): Promise<void> {
  const file = trustFile(io.env);
  const { hash, found } = covered;
  const { trust } = options;
  const pinned = trust === undefined || trust === 'yes' ? undefined : trust.toLowerCase();
  if (pinned !== undefined && (pinned.length < ENOUGH_DIGITS || !hash.startsWith(pinned)))
    throw refusal(`the code of ${found.word} is not the one that --trust=${trust} names; nothing of it was run`, {
      details: describeCode(covered, origin, options.cwd),
      hint: `look at what changed; --trust takes ${ENOUGH_DIGITS} digits of the hash or more`,
    });
  const known = readTrust(covered, file);
  if (known.kind === 'trusted') return;
  // What a checkout names itself could be anything by the time of the next pull.
  const bare = trust === 'yes' && origin === COMMAND_LINE;
  if (pinned === undefined && !bare) await askForTrust(covered, known, origin, { options, io });
  rememberTrust(covered, file);
}

async function askForTrust(
  covered: Covered,
  known: Trust,
  origin: string,
  { options, io }: Pick<LoadContext, 'options' | 'io'>,
): Promise<void> {
  const { word } = covered.found;
  const changes = known.kind === 'changed' ? known.changes.map((change) => `since then ${change}`) : [];
  const details = [...describeCode(covered, origin, options.cwd), ...shorten(changes)];
  const what =
    known.kind === 'changed'
      ? `the code of ${word} has changed since you trusted it`
      : `the code of ${word} is not trusted yet`;
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) {
    const way = origin === COMMAND_LINE ? '--trust' : `--trust=${covered.hash.slice(0, ENOUGH_DIGITS)}`;
    throw refusal(`${what}; nothing of it was run`, { details, hint: `read it, then say so: ${way}` });
  }
  io.stderr(escapeLines(`${what}\n${details.map((line) => `  ${line}\n`).join('')}`));
  if (!(await io.confirm('Run this code, with the right to read what you can read?')))
    throw refusal(`the code of ${word} was not run: the answer was no`);
}

function describeCode({ found, hash, files, packages }: Covered, origin: string, cwd: string): readonly string[] {
  const id = idIn(files.find(({ path }) => path === found.entry)?.bytes);
  return [
    `file      ${found.entry}`,
    ...(id === null ? [] : [`says      it is ${id}`]),
    ...(origin === COMMAND_LINE ? [] : [`named by  ${origin}`]),
    `hash      ${hash}`,
    ...shorten(files.map(({ path, sha256 }) => `covers    ${relative(cwd, path) || path}  ${sha256.slice(0, 12)}`)),
    ...shorten(
      packages.map(({ name, version, integrity }) => `covers    ${name}@${version}  ${integrity.slice(0, 12)}`),
    ),
  ];
}

/** The id as it is written, for a reader: nothing is decided by it. */
function idIn(bytes: Uint8Array | undefined): string | null {
  const text = bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
  return /defineMigration\s*(?:<[^>]*>)?\(\s*\{[^{}]*?\bid:\s*(["'])([a-z0-9-]+)\1/.exec(text)?.[2] ?? null;
}

function shorten(lines: readonly string[]): readonly string[] {
  return lines.length <= MAX_SHOWN ? lines : [...lines.slice(0, MAX_SHOWN), `… and ${lines.length - MAX_SHOWN} more`];
}
