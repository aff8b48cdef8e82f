import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { STATIC_CHECKS } from '../../src/checks/index.ts';
import { runChecks, searchWordsOf } from '../../src/checks/run.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const fixture = resolve(import.meta.dirname, '../../fixtures/oauth-only/full/before');
const files = readdirSync(fixture, { recursive: true, encoding: 'utf8' }).filter((path) =>
  statSync(join(fixture, path)).isFile(),
);

beforeAll(() => loadParsers(['python']));

describe('searchWordsOf', () => {
  it('names every literal that a check searches for', async () => {
    const content = Object.fromEntries(files.map((path) => [path, readFileSync(join(fixture, path), 'utf8')]));
    const tree = openTree(memorySource(content));
    const asked: string[] = [];
    const listening = {
      ...tree,
      search: (literals: readonly string[]) => {
        asked.push(...literals);
        return tree.search(literals);
      },
    };
    const all = { only: [], skip: [] };
    await runChecks(listening, {}, all, STATIC_CHECKS);
    expect(asked).toContain('custom_provider_map');
    expect([...new Set(asked)].sort()).toEqual([...searchWordsOf(tree, all, STATIC_CHECKS)].sort());
    expect(searchWordsOf(tree, { only: ['S25'], skip: [] }, STATIC_CHECKS)).toEqual(['sk-']);
  });
});
