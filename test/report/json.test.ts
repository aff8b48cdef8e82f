import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { reportJsonSchema } from '../../src/report/json-schema.ts';
import { everyReport, fullReport, hugeReport, WIDE } from './sample.ts';

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(reportJsonSchema());

describe('renderJson', () => {
  for (const [name, report] of Object.entries(everyReport())) {
    test(`the published schema accepts the report "${name}"`, () => {
      validate(JSON.parse(renderReport(report, 'json', WIDE)));
      expect(validate.errors).toBeNull();
    });
  }

  test('the schema refuses an unknown key, another version and a lost fingerprint', () => {
    const value: Record<string, unknown> = JSON.parse(renderReport(fullReport(), 'json', WIDE));
    expect(validate({ ...value, extra: 1 })).toBe(false);
    expect(validate({ ...value, formatVersion: 2 })).toBe(false);
    expect(validate({ ...value, findings: [{}] })).toBe(false);
  });

  test('tells exit code, what is pending, and each check with its status', () => {
    const value = JSON.parse(renderReport(fullReport(), 'json', WIDE));
    expect(value).toMatchObject({ formatVersion: 1, exitCode: 2, pending: true, repo: 'proxy', hidden: ['.env'] });
    expect(
      value.checks.map(({ id, status, failing, missing }: Record<string, unknown>) => [id, status, failing, missing]),
    ).toEqual([
      ['S01-base-ref', 'passed', false, false],
      ['S05-pip-quoting', 'failed', true, false],
      ['S10-script-mode', 'failed', false, false],
      ['S02-base-pinned', 'waived', false, false],
      ['S14-compose', 'not-applicable', false, false],
      ['I01-build', 'not-asked', false, false],
      ['S28-linters', 'skipped', false, false],
      ['S15-shadow', 'errored', false, true],
    ]);
  });

  test('leaves out no finding, however many there are', () => {
    const value = JSON.parse(renderReport(hugeReport(30_000), 'json', WIDE));
    expect(value.findings).toHaveLength(30_000);
    expect(new Set(value.findings.map(({ fingerprint }: { readonly fingerprint: string }) => fingerprint)).size).toBe(
      30_000,
    );
  });
});
