import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderChecksDoc, VERIFY_CHECKS } from '../../src/commands/check-doc.ts';
import { gateChecks } from '../../src/commands/gate-checks.ts';
import { readMarkdown, walkSections } from '../../src/editors/markdown.ts';
import { runHere } from '../support/run-here.ts';

describe('docs/checks.md', () => {
  it('is what the checks say of themselves', () => {
    const file = resolve(import.meta.dirname, '../../docs/checks.md');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, renderChecksDoc());
    expect(readFileSync(file, 'utf8')).toBe(renderChecksDoc());
  });

  it('has a section for each check, whatever its texts hold', () => {
    const titles = [...walkSections(readMarkdown(renderChecksDoc()).sections)].map(({ title }) => title);
    expect(titles).toEqual([
      'Checks',
      ...gateChecks().map(({ id }) => id),
      'refit-waivers',
      ...VERIFY_CHECKS.map(({ id }) => id),
    ]);
  });
});

describe('refit explain', () => {
  it('tells what a check proves, why, with both examples and a waiver', async () => {
    const { code, stdout } = await runHere(['explain', 's24']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^S24-dockerignore \(warn\)\nSecrets and history stay out of the build context\n\n/);
    expect(stdout).toContain('\nBad:\n  # .dockerignore\n  node_modules\n\nGood:\n');
    expect(stdout).toContain('\nTo waive it, in .refit/waivers.yaml:\n  waivers:\n    - check: S24-dockerignore\n');
    expect(stdout).toContain('refit check --only S24-dockerignore');
  });

  it('gives the same as JSON, for every check', async () => {
    for (const { id, description } of [...gateChecks(), ...VERIFY_CHECKS]) {
      const { stdout } = await runHere(['explain', id, '--format', 'json']);
      expect(JSON.parse(stdout)).toMatchObject({ formatVersion: 1, id, description });
    }
    expect((await runHere(['explain', 'refit-waivers'])).stdout).toContain('permanent: true');
  });

  it('says when a word names several checks or none', async () => {
    expect(await runHere(['explain', 'S2'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^S2 names \d checks\n→ one of S2/),
    });
    expect(await runHere(['explain', 'S24-dokerignore'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean S24-dockerignore?'),
    });
  });
});
