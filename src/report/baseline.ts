/** Pure: the findings that were there when a gate was introduced, so that only new ones fail. */
import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { comparePaths } from '../base/repo-path.ts';
import { maskSecrets } from '../base/secrets.ts';
import type { ReportedCheck } from './report.ts';
import { fingerprintsOf } from './set-aside.ts';

const BASELINE_FORMAT_VERSION = 1;

const baselineSchema = z.strictObject({
  formatVersion: z.literal(BASELINE_FORMAT_VERSION),
  findings: z.array(
    z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      check: z.string(),
      path: z.exactOptional(z.string()),
      message: z.string(),
    }),
  ),
});

/** The text of a baseline of every finding that counts now: JSON, sorted, secrets masked. */
export function baselineToJson(checks: readonly ReportedCheck[]): string {
  const findings = [...fingerprintsOf(checks)]
    .filter(([{ waived }]) => waived === undefined)
    .map(([{ check, path, message }, fingerprint]) => ({
      fingerprint,
      check,
      ...(path === undefined ? {} : { path }),
      message: maskSecrets(message),
    }))
    .sort(
      (a, b) =>
        comparePaths(a.check, b.check) ||
        comparePaths(a.path ?? '', b.path ?? '') ||
        comparePaths(a.fingerprint, b.fingerprint),
    );
  return `${JSON.stringify({ formatVersion: BASELINE_FORMAT_VERSION, findings }, null, 2)}\n`;
}

/**
 * The fingerprints in the text of a baseline; `name` is the file as the caller named it.
 * @throws RefitError for what is no baseline, and for one of a newer format.
 */
export function baselineFromJson(text: string, name: string): ReadonlySet<string> {
  const hint = 'write a new one: refit check --baseline FILE --write-baseline';
  const value = parseJson(text);
  const version =
    typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined;
  if (typeof version === 'number' && version > BASELINE_FORMAT_VERSION) {
    throw new RefitError(
      `the baseline ${name} has format version ${version}; this refit reads version ${BASELINE_FORMAT_VERSION} only`,
      { hint: 'use the refit that wrote it' },
    );
  }
  const result = baselineSchema.safeParse(value);
  if (!result.success) throw new RefitError(`${name} is not a baseline of refit`, { hint });
  return new Set(result.data.findings.map(({ fingerprint }) => fingerprint));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
