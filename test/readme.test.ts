import { cpSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outputPattern } from './package/documented.ts';
import { runCli } from './support/run-cli.ts';
import { runTestGit, tempFolder } from './support/temp-repo.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Fenced blocks of one language, in order. */
function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

interface Example {
  readonly words: readonly string[];
  readonly output: string;
}

function examples(): readonly Example[] {
  return blocks('console').flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...output] = part.split('\n');
        expect(command).toMatch(/^npx refit /);
        return { words: command.split(' ').slice(2), output: output.join('\n') };
      }),
  );
}

describe('README', () => {
  it('shows what its commands print, run in order on one checkout', () => {
    const folder = tempFolder();
    const proxy = join(folder, 'proxy');
    cpSync(join(root, 'fixtures/oauth-only/full/before'), proxy, { recursive: true });
    runTestGit(proxy, ['init', '--quiet', '--initial-branch=main']);
    runTestGit(proxy, ['add', '--all', '--force']);
    runTestGit(proxy, ['commit', '--quiet', '-m', 'start']);
    const all = examples();
    expect(all.length).toBeGreaterThanOrEqual(6);
    for (const { words, output } of all) {
      const result = runCli(words, { cwd: folder });
      expect(result.stderr).toBe('');
      expect(result.stdout).toMatch(outputPattern(output));
      expect([0, 2, 5]).toContain(result.code);
    }
  });

  it('runs the main job on the shipped input', () => {
    expect(blocks('sh')[0]).toBe('npm ci && npm run build && npx refit plan fixtures/oauth-only/full/before\n');
    const result = runCli(['plan', 'fixtures/oauth-only/full/before'], { cwd: root });
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toContain('Plan: 3 to create, 8 to update, 5 to delete, 222 lines removed');
  });

  it('names as its test command what installs and tests', () => {
    expect(blocks('sh')[1]).toBe('npm cit\n');
    const scripts = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    ).scripts;
    expect(scripts['test']).toMatch(/^npm run -s build && vitest run\b/);
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('\nnpm cit\n');
  });

  it('links only to files that exist', () => {
    for (const [, target = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g))
      expect(statSync(join(root, target)).size).toBeGreaterThan(0);
  });
});

it('CONTRIBUTING has a line for every dependency', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const unnamed = names.filter((name) => !name.startsWith('@types/') && !contributing.includes(name));
  expect(unnamed).toEqual([]);
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d/.test(version),
  );
  expect(loose).toEqual([]);
});
