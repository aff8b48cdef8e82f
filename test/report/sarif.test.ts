import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, describe, expect, test } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { renderReport } from '../../src/report/index.ts';
import { makeReport } from '../../src/report/report.ts';
import { check, everyReport, failed, finding, fullReport, hugeReport, WIDE } from './sample.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly justification: string }[];
}
interface Log {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: {
          readonly rules: readonly { readonly id: string; readonly fullDescription: { readonly text: string } }[];
        };
      };
      readonly results: readonly Result[];
      readonly invocations: readonly [
        {
          readonly executionSuccessful: boolean;
          readonly exitCode: number;
          readonly toolExecutionNotifications?: readonly { readonly message: { readonly text: string } }[];
        },
      ];
    },
  ];
}

const sarif = (report: Parameters<typeof renderReport>[0]): Log => JSON.parse(renderReport(report, 'sarif', WIDE));

const folder = mkdtempSync(join(tmpdir(), 'refit-sarif-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The validator of the SARIF SDK, where its package has a binary for this machine. */
function findMultitool(): { readonly program: string; readonly schema: string } | null {
  const { platform } = process;
  const name = { linux: 'linux', darwin: 'darwin', win32: 'win32' }[platform as string];
  if (name === undefined) return null;
  try {
    const program: unknown = createRequire(import.meta.url)(`@microsoft/sarif-multitool-${name}`);
    if (typeof program !== 'string') return null;
    const file = [program, `${program}.exe`].find((each) => existsSync(each));
    return file === undefined ? null : { program: file, schema: join(program, '../sarif-2.1.0.json') };
  } catch {
    return null;
  }
}

const multitool = findMultitool();

describe.skipIf(multitool === null)('the SARIF SDK', () => {
  test('accepts every report without an error', { timeout: 120_000 }, () => {
    const program = join(folder, 'multitool');
    copyFileSync(multitool?.program ?? '', program);
    chmodSync(program, 0o755);
    const config = join(folder, 'config.json');
    // The rule that would ask the network for the address of the schema.
    writeFileSync(config, '{"SARIF2006.UrisShouldBeReachable.Options": {"RuleEnabled": "Disabled"}}');
    for (const [name, report] of Object.entries(everyReport())) {
      writeFileSync(join(folder, `${name}.sarif`), renderReport(report, 'sarif', WIDE));
    }
    const output = join(folder, 'answer.json');
    const args = [
      'validate',
      join(folder, '*.sarif'),
      '--config',
      config,
      '--output',
      output,
      '--log',
      'ForceOverwrite',
    ];
    execFileSync(program, [...args, '--level', 'Error;Warning', '--rule-kind', 'Sarif;Gh'], {
      env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', DOTNET_BUNDLE_EXTRACT_BASE_DIR: folder, HOME: folder },
      stdio: 'pipe',
    });
    const answer: Log = JSON.parse(readFileSync(output, 'utf8').replace(/^\ufeff/, ''));
    const told = answer.runs[0].results.map(({ ruleId }) => ruleId);
    // The project has no public page to name.
    expect([...new Set(told)]).toEqual(['SARIF2005']);
    expect(told).toHaveLength(Object.keys(everyReport()).length);
  });

  test('its schema accepts every report', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats['default'](ajv);
    const schema: Record<string, unknown> = JSON.parse(readFileSync(multitool?.schema ?? '', 'utf8'));
    // The document names a draft that ajv does not bundle; nothing in it needs that draft.
    const { $schema: _draft, $id: _id, id: _oldId, ...body } = schema;
    const validate = ajv.compile(body);
    for (const report of Object.values(everyReport())) {
      validate(sarif(report));
      expect(validate.errors).toBeNull();
    }
    expect(validate({ version: '2.1.0' })).toBe(false);
  });
});

describe('renderSarif', () => {
  const log = sarif(fullReport());
  const [run] = log.runs;

  test('worst first, the pending migration among the errors, the waived last', () => {
    expect(run.results.map(({ ruleId, level }) => `${level} ${ruleId}`)).toEqual([
      'error S05-pip-quoting',
      'error refit-pending',
      'error S05-pip-quoting',
      'warning S05-pip-quoting',
      'note S10-script-mode',
      'error S02-base-pinned',
    ]);
  });

  test('one result in full', () => {
    expect(run.results[2]).toEqual({
      ruleId: 'S05-pip-quoting',
      ruleIndex: 2,
      level: 'error',
      message: {
        text: 'a version operator is not quoted\nExpected: "litellm>=1.40"\nSeen: litellm>=1.40\nFailure mode: FM-14\nNext: refit check --fix.',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'Dockerfile' },
            region: { startLine: 12, startColumn: 1, endLine: 12, endColumn: 2 },
          },
        },
      ],
      partialFingerprints: {
        primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{16}:1$/),
        'refit/v1': expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  test('each result names its rule, and a finding of no file stands at line 1 of the anchor', () => {
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run.results[4]?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'Dockerfile' },
      region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 },
    });
  });

  test('a waiver is a suppression; what could not run is a notification', () => {
    expect(run.results[5]?.suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'pinned elsewhere.' },
    ]);
    expect(run.invocations[0].toolExecutionNotifications?.map(({ message }) => message.text)).toEqual([
      'S28-linters skipped: hadolint is not installed.',
      'S15-shadow errored: compose.yaml is not YAML: line 3.',
    ]);
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
  });

  test('a failed S27 is the pending answer already', () => {
    const s27 = check('S27-idempotent', failed(finding({ check: 'S27-idempotent' })));
    expect(sarif(fullReport({ checks: [s27] })).runs[0].results.map(({ ruleId }) => ruleId)).toEqual([
      'S27-idempotent',
    ]);
  });

  test('odd paths are encoded and stay relative', () => {
    const report = makeReport({
      command: 'check',
      repo: 'r',
      versions: { refit: '1.0.0' },
      checks: [check('S05', failed(finding({ path: repoPath('a b/é"%\n#?[x]') })))],
    });
    expect(sarif(report).runs[0].results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      'a%20b/%C3%A9%22%25%0A%23%3F%5Bx%5D',
    );
  });

  test('30,000 findings: the 25,000 worst, and the rest is told', () => {
    const big = sarif(hugeReport(30_000)).runs[0];
    expect(big.results).toHaveLength(25_000);
    const levels = big.results.map(({ level }) => level);
    expect(levels.filter((level) => level === 'error')).toHaveLength(15_001);
    expect(levels.filter((level) => level === 'warning')).toHaveLength(7_500);
    expect(big.invocations[0].toolExecutionNotifications?.map(({ message }) => message.text)).toContain(
      '5001 further findings are left out.',
    );
  });

  test('long findings stay under ten megabytes after gzip', () => {
    const text = renderReport(hugeReport(25_000, 2_000), 'sarif', WIDE);
    expect(gzipSync(text).length).toBeLessThanOrEqual(10_000_000);
    for (const { message } of (JSON.parse(text) as Log).runs[0].results.slice(0, 100))
      expect(message.text.length).toBeLessThanOrEqual(1001);
  });
});
