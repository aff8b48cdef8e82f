import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkFiles } from 'refit/testing';
import migration from '../migration.ts';

it('__name__ is red where it does not hold, with the line', async () => {
  const result = await checkFiles(migration, '__id__', { 'a.txt': 'x\nbad-__name__\n', 'b.txt': 'good-__name__\n' });
  assert.equal(result.status, 'failed');
  assert.deepEqual(
    result.status === 'failed' && result.findings.map(({ path, line }) => [path, line]),
    [['a.txt', 2]],
  );
});

it('__name__ is green where it holds', async () => {
  assert.equal((await checkFiles(migration, '__id__', { 'a.txt': 'good-__name__\n' })).status, 'passed');
});
