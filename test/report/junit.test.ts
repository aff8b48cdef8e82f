import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderReport } from '../../src/report/index.ts';
import type { Report } from '../../src/report/report.ts';
import { check, everyReport, failed, finding, fullReport, hugeReport, WIDE } from './sample.ts';

const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');
const junit = (report: Report): string => renderReport(report, 'junit', WIDE);

async function problemsOf(xml: string): Promise<readonly string[]> {
  const result = await validateXML({ xml: { fileName: 'report.xml', contents: xml }, schema, maxMemoryPages: 4096 });
  return result.errors.map(({ message }) => message);
}

describe('renderJunit', () => {
  test('every report is valid against the schema', { timeout: 120_000 }, async () => {
    for (const report of Object.values(everyReport())) expect(await problemsOf(junit(report))).toEqual([]);
    expect(await problemsOf(junit(fullReport()).replace('tests="', 'test="'))).not.toEqual([]);
  });

  test('failure is checked and wrong, error could not be checked, skipped is the rest', () => {
    const text = junit(fullReport());
    expect(text).toContain('<testsuites name="refit" tests="14" failures="2" errors="1">\n');
    expect(text).toContain(
      '<testsuite name="refit.check.oauth-only" tests="14" failures="2" errors="1" skipped="5">\n',
    );
    expect(text).toContain(
      '    <testcase classname="checks.S" name="S15-shadow: Title of S15-shadow">\n' +
        '      <error message="compose.yaml is not YAML: line 3" type="errored">compose.yaml is not YAML: line 3</error>\n' +
        '    </testcase>\n',
    );
    expect(text).toContain('<testcase classname="checks.S" name="S01-base-ref: Title of S01-base-ref"/>\n');
    expect(text).toContain('<skipped message="not-asked: level static"></skipped>');
    expect(text).toContain('<skipped message="waived: 1 finding waived: pinned elsewhere, until 2030-01-01">');
    expect(text).toContain(
      '      <failure message="3 findings" type="error">ci/Dockerfile:2: blocker: a version operator is not quoted\n' +
        'Expected: &quot;litellm&gt;=1.40&quot;\nSeen: litellm&gt;=1.40\n\nDockerfile:12: error:',
    );
  });

  test('a finding below the threshold is output of a passed case', () => {
    expect(junit(fullReport())).toContain(
      '<testcase classname="checks.S" name="S10-script-mode: Title of S10-script-mode">\n' +
        '      <system-out>Dockerfile:1: info: no script\nExpected: one\nSeen: none</system-out>\n    </testcase>\n',
    );
  });

  test('a refusal is an error of the command', () => {
    expect(junit(everyReport()['refused'] as Report)).toContain(
      '<error message="the work tree is dirty" type="refused">the work tree is dirty\na\nb\ncommit first</error>',
    );
  });

  test('controls are spelled out, forbidden characters are gone, nothing ends early', () => {
    const message = '\x1b[31m]]>&<a b="c">\x00\ufffe\ud800\ttab';
    const text = junit(fullReport({ checks: [check('S05', failed(finding({ message })))] }));
    expect(text).toContain('\\x1b[31m]]&gt;&amp;&lt;a b=&quot;c&quot;&gt;\\x00\\ufffe\\ud800\ttab');
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|\]\]>/);
  });

  test('30,000 findings of one check: the worst thousand, and the rest is told', () => {
    const text = junit(hugeReport(30_000));
    expect(text).toContain('29000 further findings left out</failure>');
    expect(text.length).toBeLessThan(1_000_000);
  });
});
