import { type RunContext, throwIfStopped } from './context.ts';
import { explained } from './failure.ts';
import { findHolder, pause, pausesOf, refuseHeld } from './lock.ts';
import { findInterrupted, refuseInterrupted } from './runs.ts';

/**
 * Makes sure that the checkout is not half written, before a command looks at it. A run at work and one that was left
 * are alike on record; the lock tells them apart. Waits up to `context.waitSeconds` for one at work; true when it
 * had to, so that what was read of the checkout before is out of date.
 * @throws RefitError (exit 4) naming the process that is at work, or the run that was interrupted.
 */
export async function requireSettled(context: RunContext): Promise<boolean> {
  const pauses = pausesOf(context);
  for (let turn = 0; ; ) {
    throwIfStopped(context.signal);
    const found = findInterrupted(context);
    if (found === null) return turn > 0;
    const holder = explained(() => findHolder(context));
    if (holder === null) {
      // It may have come to its end between the two looks.
      if (findInterrupted(context)?.id === found.id) throw refuseInterrupted(found);
      continue;
    }
    if (turn >= pauses) throw refuseHeld(context, holder);
    turn += 1;
    await pause();
  }
}
