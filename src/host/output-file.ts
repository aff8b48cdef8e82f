import { constants } from 'node:fs';
import { RefitError } from '../base/errors.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from './fs.ts';

/**
 * Writes or replaces a file that the caller named.
 * @throws RefitError when it cannot be written.
 */
export function writeOutputFile(path: string, text: string, how: 'replace' | 'append' = 'replace'): void {
  const fs = nodeFileSystem;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | (how === 'append' ? constants.O_APPEND : constants.O_TRUNC);
    const descriptor = fs.open(path, flags, 0o666);
    try {
      fs.write(descriptor, Buffer.from(text, 'utf8'));
    } finally {
      fs.close(descriptor);
    }
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot write ${path}: ${explainFsError(error)}`, {
      cause: error,
      hint: 'choose another file',
    });
  }
}
