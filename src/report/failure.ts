import { RefitError } from '../base/errors.ts';
import { maskSecrets } from '../base/secrets.ts';
import { escapeLine, escapeLines, neutraliseCommands } from './escape.ts';

/**
 * What standard error gets of a failure: message, details and way out of a known one; the stack of any other, which is a
 * defect. Secrets are masked, and text from the repository cannot steer a terminal or a CI runner.
 */
export function renderFailure(error: unknown): string {
  if (!(error instanceof RefitError)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return neutraliseCommands(`refit: unexpected fault, please report it\n${escapeLines(maskSecrets(told))}\n`);
  }
  const lines = [`refit: ${error.message}`, ...error.details.map((detail) => `  ${detail}`)];
  if (error.hint !== undefined) lines.push(`  → ${error.hint}`);
  return neutraliseCommands(`${lines.map((line) => escapeLine(maskSecrets(line))).join('\n')}\n`);
}
