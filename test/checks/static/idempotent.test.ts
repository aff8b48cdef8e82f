import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { idempotent } from '../../../src/checks/static/idempotent.ts';
import { judge, told } from '../../support/judge.ts';

describe('S27-idempotent', () => {
  it('is not applicable when no migration is asked', async () => {
    expect(await judge(idempotent, {})).toBe('no migration was asked');
  });

  it('holds for an empty plan', async () => {
    expect(await judge(idempotent, {}, { pending: { kind: 'planned', changes: [] } })).toEqual([]);
  });

  it('names each file that would still change', async () => {
    const changes = [
      { path: 'Dockerfile' as RepoPath, steps: ['write-dockerfile'] },
      { path: 'README.md' as RepoPath, steps: ['update-readme'] },
    ];
    expect(await told(idempotent, {}, { pending: { kind: 'planned', changes } })).toEqual([
      'error Dockerfile: the migration would still change Dockerfile',
      'error README.md: the migration would still change README.md',
    ]);
  });

  it('does not take a refusal for done', async () => {
    const found = await judge(idempotent, {}, { pending: { kind: 'refused', why: 'compose.yml:3: an alias' } });
    expect(found).toMatchObject([{ severity: 'error', seen: 'compose.yml:3: an alias' }]);
  });
});
