import assert from 'node:assert/strict';
import { RefitError } from '../base/errors.ts';
import { expectText, withCase } from './case-checkout.ts';
import type { CaseContext, FixtureTest } from './fixture-tests.ts';
import type { PlannedFiles } from './plan-files.ts';

/** The test of a case that the migration must refuse. */
export function refusalTests(one: CaseContext): readonly FixtureTest[] {
  return [
    {
      name: 'is refused with its reasons, and nothing is touched',
      run: () =>
        withCase(one, async (checkout) => {
          expectText(one, 'expected.refusal.txt', await refusalOf(checkout.plan()));
          checkout.proveUntouched();
        }),
    },
  ];
}

async function refusalOf(planning: Promise<PlannedFiles>): Promise<string> {
  const error: unknown = await planning.then(
    () => assert.fail('not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RefitError) || error.exitCode !== 4) throw error;
  return `${[error.message, ...error.details.map((detail) => `  ${detail}`), `  → ${error.hint}`].join('\n')}\n`;
}
