import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callEngine } from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';
import { type HereResult, runHere } from '../support/run-here.ts';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/oauth-only/noop-published-base/before');
const BASE = 'ghcr.io/cabinlab/claude-code-sdk:python';
const WAIVERS = ['S05', 'I03', 'I10', 'R01'].map(
  (check) => `  - check: ${check}\n    reason: not yet\n    permanent: true\n`,
);

interface Answer {
  readonly container: {
    readonly image: { readonly name: string; readonly id: string };
    readonly base: { readonly id: string };
  };
  readonly findings: readonly { readonly check: string; readonly message: string }[];
}

describeLab('what verify tells', (lab) => {
  const repo = mkdtempSync(join(tmpdir(), 'refit-tells-'));
  const files = mkdtempSync(join(tmpdir(), 'refit-tells-files-'));
  let told: HereResult;
  let answer: Answer;
  const read = (name: string) => readFileSync(join(files, name), 'utf8');

  beforeAll(async () => {
    await lab.base('july-2025');
    cpSync(FIXTURE, repo, { recursive: true });
    // No label of a run before: it is built for certain.
    writeFileSync(join(repo, 'Dockerfile'), `FROM ${BASE}\nLABEL built=${Date.now()}\nUSER claude\n`);
    mkdirSync(join(repo, '.refit'));
    writeFileSync(join(repo, '.refit/waivers.yaml'), `waivers:\n${WAIVERS.join('')}`);
    const formats = ['json', 'junit', 'sarif', 'markdown', 'text'];
    const outputs = formats.flatMap((format) => ['--format', format, '--output', join(files, format)]);
    const only = ['--only', 'I01', '--only', 'I03', '--only', 'I10', '--only', 'S05'];
    told = await runHere(['verify', repo, '--level', 'image', ...only, ...outputs]);
    answer = JSON.parse(read('json')) as Answer;
  });
  afterAll(async () => {
    await callEngine(lab.engine, ['rmi', answer.container.image.name]);
    for (const folder of [repo, files]) rmSync(folder, { recursive: true, force: true });
  });

  test('the engine, each line of the build, then each check with its time, on standard error', () => {
    const lines = told.stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^engine: \w+ \d/);
    const checks = lines.slice(-3);
    expect(lines[1]).toBe(`base: ${BASE} (${answer.container.base.id})`);
    expect(lines.at(-4)).toBe(`image: ${answer.container.image.name} (${answer.container.image.id})`);
    const build = lines.slice(2, -4);
    expect(build.length).toBeGreaterThan(2);
    for (const line of build) expect(line).toMatch(/^build: /);
    expect(build.join('\n')).toMatch(/LABEL built=/);
    expect(checks[0]).toMatch(/^passed {9}I01-build {2}\d+\.\d s$/);
    expect(
      checks
        .slice(1)
        .sort()
        .map((line) => line.replace(/\d+\.\d s$/, 'N s')),
    ).toEqual(['passed         I03-user  N s', 'passed         I10-history-clean  N s']);
  });

  test('waivers that nothing needs, of the tree and of the image alike; not those of what did not run', () => {
    expect(answer.findings.map(({ check, message }) => [check, message])).toEqual([
      ['refit-waivers', 'the waiver for S05 waives nothing'],
      ['refit-waivers', 'the waiver for I03 waives nothing'],
      ['refit-waivers', 'the waiver for I10 waives nothing'],
    ]);
    expect(told.code).toBe(0);
  });

  test('the image, its base and what is in them, in every format that has room for it', () => {
    const { image, base } = answer.container;
    expect(image.id).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const format of ['text', 'markdown', 'junit', 'sarif', 'json']) {
      // Text is wrapped, Markdown and XML are escaped.
      const text = read(format).replaceAll(/\s+/g, ' ').replaceAll('&#58;', ':').replaceAll('&#46;', '.');
      for (const word of [image.id, base.id, 'Python', 'claude-code-sdk', '1.0.64 (Claude Code)', '(API '])
        expect(text, format).toContain(word);
    }
  });
});
