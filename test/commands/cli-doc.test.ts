import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { renderCliDoc } from '../../src/commands/cli-doc.ts';

it('docs/cli.md says what the definitions say', () => {
  const file = resolve(import.meta.dirname, '../../docs/cli.md');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, renderCliDoc());
  expect(readFileSync(file, 'utf8')).toBe(renderCliDoc());
});
