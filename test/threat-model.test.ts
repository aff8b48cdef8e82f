import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namedTests, promisedRows } from './torture/promises.ts';

const root = resolve(import.meta.dirname, '..');
const documents = readdirSync(join(root, 'docs'))
  // What an author writes lies in a package of its own, with tests of its own.
  .filter((name) => name.endsWith('.md') && name !== 'authoring.md')
  .map((name) => `docs/${name}`);

describe('a test that a document names', () => {
  test.each(documents)('is there: %s', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const files = [...text.matchAll(/`?(test\/[\w./-]+\.test\.ts)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const missing = namedTests(document).filter(
      ({ file, words }) => !readFileSync(join(root, file), 'utf8').includes(words),
    );
    expect(missing).toEqual([]);
  });
});

test.each(['docs/threat-model.md', 'docs/crash-safety.md'])(
  'every row of %s that promises something names a test',
  (document) => {
    const lines = readFileSync(join(root, document), 'utf8').split('\n');
    const held = lines.flatMap((line, at) => (line.endsWith('| Held by |') ? [at] : []));
    const promised = held.flatMap((at) => {
      const rest = lines.slice(at + 2);
      return rest.slice(0, rest.indexOf('')).map((line) => line.split(' | ')[0]?.slice(2));
    });
    expect(promised.length).toBeGreaterThan(7);
    expect(promisedRows(document).map(({ what }) => what)).toEqual(promised);
  },
);
