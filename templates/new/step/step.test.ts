import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planFiles } from 'refit/testing';
import migration from '../migration.ts';

it('__name__ changes what it is for, and nothing else', async () => {
  const files = { 'a.txt': 'an old-__name__\r\n', 'b.txt': 'old\n', 'c.md': 'old-__name__\n' };
  const { texts } = await planFiles(migration, files, { selection: { only: ['__name__'] } });
  assert.deepEqual(texts, { ...files, 'a.txt': 'an new-__name__\r\n' });
});

it('__name__ leaves its own result alone', async () => {
  const { plan } = await planFiles(migration, { 'a.txt': 'new-__name__\n' }, { selection: { only: ['__name__'] } });
  assert.deepEqual(plan.changes, []);
});
