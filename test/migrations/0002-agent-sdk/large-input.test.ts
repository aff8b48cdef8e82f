import { describe, expect, it } from 'vitest';
import { agentSdk } from '../../../migrations/0002-agent-sdk/migration.ts';
import { planFiles } from '../../../src/testing.ts';

const OLD = '@anthropic-ai/claude-code';
const manifest = (name: string, dependencies: Readonly<Record<string, string>>): string =>
  `${JSON.stringify({ name, dependencies }, null, 2)}\n`;

describe('agent-sdk on input that no person wrote', () => {
  it('names a bundle of 5 MB that no folder gives away, and leaves it', async () => {
    const bundle = `import { query } from '${OLD}';\n${"export const text = 'one line of what a build wrote';\n".repeat(100_000)}`;
    expect(bundle.length).toBeGreaterThan(5_000_000);
    const planned = await planFiles(agentSdk, { 'lib/all.js': bundle });
    expect(planned.texts['lib/all.js']).toBe(bundle);
    expect(planned.notes).toEqual([
      {
        severity: 'warning',
        path: 'lib/all.js',
        message: `a build made this file, so it is left: build it again; it names ${OLD}`,
      },
    ]);
  });

  it('moves the packages of a workspace of 200 that load the SDK, and only those', async () => {
    const files: Record<string, string> = { 'package.json': '{ "private": true, "workspaces": ["packages/*"] }\n' };
    for (let at = 0; at < 200; at += 1) {
      const lists = at % 4 !== 3;
      files[`packages/p${at}/package.json`] = manifest(`p${at}`, lists ? { [OLD]: '^1.0.128' } : {});
      if (at % 4 < 2) files[`packages/p${at}/index.ts`] = `export type { Options } from '${OLD}';\n`;
    }
    const planned = await planFiles(agentSdk, files);
    const changed = Object.keys(files).filter((path) => planned.texts[path] !== files[path]);
    const loading = Object.keys(files).filter((path) => Number(/\/p(\d+)\//.exec(path)?.[1] ?? 3) % 4 < 2);
    expect(changed.sort()).toEqual(loading.sort());
    const left = planned.notes.filter(({ message }) => message.includes('its entry is left'));
    expect(left).toHaveLength(50);
  });
});
