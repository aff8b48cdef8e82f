import { randomBytes } from 'node:crypto';
import { type RefitError, refusal } from '../base/errors.ts';
import { fsErrorCode } from '../host/fs.ts';
import { type RunContext, throwIfStopped } from './context.ts';
import { makeFolders, removeFile, writeDurably } from './durable.ts';
import { listRunIds } from './journal-file.ts';
import { type Holder, isDead, type LockLook, linkNew, readHolder } from './lock-file.ts';
import { type ProcessTable, thisMachine } from './process-table.ts';

export interface Lock {
  /** Gives the lock back; quiet when somebody took it over because this process was thought dead. */
  release(): void;
}

const POLL_MS = 100;

/**
 * Takes the lock of `context.runFolder`, making the folder when needed. The lock is a file that appears whole, by a hard link, so a crash
 * leaves either no lock or one that names its holder; a holder that is dead for certain (same machine, same boot, and
 * no such process or another one under its pid) is replaced. Anything uncertain counts as alive.
 * @throws RefitError (exit 4) naming pid and age when another run holds it after `context.waitSeconds`.
 */
export async function takeLock(
  context: RunContext,
  doing: string,
  table: ProcessTable = thisMachine(context),
): Promise<Lock> {
  const made = makeFolders(context.fs, context.runFolder);
  // Records that this user may not read are told as that, before anything is written beside them.
  listRunIds(context);
  const mine: Holder = {
    nonce: randomBytes(16).toString('hex'),
    pid: context.pid,
    host: table.host,
    startTime: table.startTime(context.pid),
    boot: table.boot,
    namespace: table.namespace,
    doing,
    at: context.now().toISOString(),
  };
  const waits = pausesOf(context);
  for (let turn = 0, vanished = 0; ; ) {
    throwIfStopped(context.signal);
    const attempt = tryLock(context, mine, table);
    if (attempt.kind === 'ours') {
      hideFromGit(context);
      return { release: () => release(context, mine, made) };
    }
    if (attempt.kind === 'vanished' && vanished < MAX_VANISHED) vanished += 1;
    else if (turn >= waits) throw refuseHeld(context, attempt);
    else {
      turn += 1;
      await pause();
    }
  }
}

/** How often {@link pause} fits into the time that the caller is willing to wait. */
export function pausesOf(context: RunContext): number {
  return Math.ceil(((context.waitSeconds ?? 0) * 1000) / POLL_MS);
}

export async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** Who is at work on the checkout; null when nobody is: there is no lock, or its holder is dead. */
export function findHolder(context: RunContext, table: ProcessTable = thisMachine(context)): LockLook | null {
  const look = readHolder(context, `${context.runFolder}/lock`);
  return look.kind === 'vanished' || (look.kind === 'held' && isDead(look.holder, table)) ? null : look;
}

/** What one attempt gave. `vanished`: the holder ended between the attempt and the look, so the next one may do. */
type Attempt = { readonly kind: 'ours' } | LockLook;

// More than any real crowd of runs that end one after the other.
const MAX_VANISHED = 100;

function tryLock(context: RunContext, mine: Holder, table: ProcessTable): Attempt {
  const { fs, runFolder } = context;
  const lock = `${runFolder}/lock`;
  const draft = `${runFolder}/lock.${mine.nonce}`;
  removeFile(fs, draft);
  try {
    // The folder goes when the run that made it ends without a trace; so it may at any time until the draft is in it.
    makeFolders(fs, runFolder);
    writeDurably(fs, draft, Buffer.from(`${JSON.stringify(mine)}\n`));
  } catch (error) {
    if (fsErrorCode(error) === 'ENOENT') return { kind: 'vanished' };
    removeDraft(context, draft);
    throw error;
  }
  try {
    if (linkNew(context, draft, lock)) return { kind: 'ours' };
    const found = readHolder(context, lock);
    return found.kind === 'held' && isDead(found.holder, table) ? takeOver(context, draft, found.holder, table) : found;
  } finally {
    removeDraft(context, draft);
  }
}

// A draft that stays is a few bytes that nobody reads; failing because of it would leave the lock taken.
function removeDraft(context: RunContext, draft: string): void {
  try {
    removeFile(context.fs, draft);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
  }
}

/**
 * Replaces a dead holder's lock. Several runs may find it dead at once: the right to follow one holder is a link named
 * after its nonce, which only one of them can make. Should that one die before it uses the right, the right to follow
 * it is won the same way. Whoever wins looks once more: if the lock is no longer the dead holder's, the race was over
 * before it began.
 */
function takeOver(context: RunContext, draft: string, dead: Holder, table: ProcessTable): Attempt {
  const { fs, runFolder } = context;
  const claims: string[] = [];
  for (let last = dead; ; ) {
    const claim = `${runFolder}/lock.after-${last.nonce}`;
    claims.push(claim);
    if (linkNew(context, draft, claim)) break;
    const rival = readHolder(context, claim);
    if (rival.kind !== 'held' || !isDead(rival.holder, table)) return rival;
    last = rival.holder;
  }
  let taken = false;
  try {
    const now = readHolder(context, `${runFolder}/lock`);
    if (now.kind !== 'held' || now.holder.nonce !== dead.nonce) return now;
    fs.rename(draft, `${runFolder}/lock`);
    taken = true;
    return { kind: 'ours' };
  } finally {
    // A right that is not used goes back, else this process, alive, would keep all others off.
    for (const claim of taken ? claims : claims.slice(-1)) removeDraft(context, claim);
  }
}

/** The refusal of a run that finds another at work. */
export function refuseHeld(context: RunContext, attempt: LockLook): RefitError {
  const lock = `${context.runFolder}/lock`;
  if (attempt.kind !== 'held') {
    return refusal('another run may be working on this checkout: its lock cannot be read', {
      hint: `when no other run is working here, remove ${lock}`,
    });
  }
  const { holder } = attempt;
  const seconds = Math.max(0, Math.round((context.now().getTime() - Date.parse(holder.at)) / 1000));
  return refusal(
    `another run holds this checkout: ${holder.doing}, pid ${holder.pid} on ${holder.host}, for ${seconds} s`,
    {
      hint: `wait for it (--wait SECONDS); if that process is gone, remove ${lock}`,
    },
  );
}

function release(context: RunContext, mine: Holder, made: readonly string[]): void {
  const { fs, runFolder } = context;
  const found = readHolder(context, `${runFolder}/lock`);
  if (found.kind !== 'held' || found.holder.nonce !== mine.nonce) return;
  fs.unlink(`${runFolder}/lock`);
  removeUnused(context, made);
}

/** A refused run leaves no trace: the folders made for its lock go again when nothing was put on record in them. */
function removeUnused(context: RunContext, made: readonly string[]): void {
  const { fs, runFolder } = context;
  if (!made.includes(runFolder)) return;
  const left = fs.readdir(runFolder).filter(({ name }) => name !== '.gitignore');
  if (left.length > 0) return;
  removeFile(fs, `${runFolder}/.gitignore`);
  for (const folder of [...made].reverse()) {
    try {
      fs.rmdir(folder);
    } catch (error) {
      // Somebody else uses it by now.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(fsErrorCode(error) ?? '')) throw error;
      if (fs.lstat(runFolder) !== null) hideFromGit(context);
      return;
    }
  }
}

/** Without git the run folder lies in the checkout: a later `git init` and `git add -A` must not take it in. */
function hideFromGit(context: RunContext): void {
  const { fs, root, runFolder } = context;
  const inside = runFolder.startsWith(`${root}/`) && !runFolder.slice(root.length).split('/').includes('.git');
  const path = `${runFolder}/.gitignore`;
  if (!inside || fs.lstat(path) !== null) return;
  try {
    fs.writeFile(path, Buffer.from('*\n'), 0o600);
  } catch (error) {
    if (fsErrorCode(error) !== 'EEXIST') throw error;
  }
}
