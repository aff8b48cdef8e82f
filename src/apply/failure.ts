import { RefitError } from '../base/errors.ts';
import { explainFsError, fsErrorCode } from '../host/fs.ts';

/** Any failure as an error of our own: a refusal stays one, a failure of the disk gets words. */
export function describeFailure(error: unknown): RefitError {
  if (error instanceof RefitError) return error;
  if (fsErrorCode(error) === undefined) return new RefitError(`the run failed: ${String(error)}`, { cause: error });
  const path = error instanceof Error && 'path' in error ? ` (${String(error.path)})` : '';
  return new RefitError(`the disk refused an operation: ${explainFsError(error)}${path}`, { cause: error });
}

/** Runs `act`, and turns failures of the disk into errors with words. @throws RefitError */
export function explained<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw describeFailure(error);
  }
}

/** What `act` gives, or null when it fails. */
export function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Whether `act` ended without a failure. */
export function succeeds(act: () => void): boolean {
  return (
    attempt(() => {
      act();
      return true;
    }) ?? false
  );
}
