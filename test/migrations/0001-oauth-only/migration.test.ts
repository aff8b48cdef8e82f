import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oauthOnly } from '../../../migrations/0001-oauth-only/migration.ts';
import { PLANNED_BASE } from '../../../migrations/0001-oauth-only/params.ts';
import type { Migration } from '../../../src/migration/define.ts';
import { parseParams, stepsOf, validateMigration } from '../../../src/migration/validate.ts';

const migration = oauthOnly as Migration;
const folder = resolve(import.meta.dirname, '../../../migrations/0001-oauth-only');

describe('oauth-only', () => {
  it('is well formed, and its README has a place for every step', () => {
    validateMigration(migration);
    const headings = [...readFileSync(`${folder}/README.md`, 'utf8').matchAll(/^### (.*)$/gm)].flatMap(
      ([, title = '']) => title.split(', '),
    );
    expect([...headings].sort()).toEqual(
      stepsOf(migration)
        .map(({ step }) => step.id)
        .sort(),
    );
  });

  it('takes an image reference and nothing else as base', () => {
    expect(parseParams(oauthOnly, {})).toEqual({ base: PLANNED_BASE, orphans: 'keep' });
    const pinned = `ghcr.io/cabinlab/claude-code-sdk-docker:python@sha256:${'0'.repeat(64)}`;
    expect(parseParams(oauthOnly, { base: pinned }).base).toBe(pinned);
    for (const base of ['', 'a b', 'x\nRUN evil', '$(id)', '-x']) {
      expect(() => parseParams(oauthOnly, { base })).toThrow('oauth-only: parameter base: got ');
    }
  });
});
