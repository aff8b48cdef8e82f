import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Note } from '../../src/migration/define.ts';
import { listFixtureCases } from '../../src/testing/fixture-case.ts';
import { describeProof } from './proof.ts';
import type { PythonPackages } from './python-packages.ts';
import { startPython } from './run-python.ts';

const PROBE = join(import.meta.dirname, 'probe.py');

const FIXTURES = join(import.meta.dirname, '../../fixtures/agent-sdk');

/** Every case that the migration changes and that has Python in it. */
const cases = listFixtureCases(FIXTURES).filter(
  ({ folder }) => existsSync(join(folder, 'after')) && pythonIn(join(folder, 'before')).length > 0,
);

function pythonIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:py|pyi|ipynb)$/.test(path))
    .sort();
}

interface Probed {
  readonly path: string;
  readonly imported: string;
  readonly unknown: readonly (readonly [number, string])[];
}

/** Imports every file of the folders on the distribution, and asks it for each name and option. */
async function probe(
  packages: PythonPackages,
  side: keyof PythonPackages['paths'],
  folders: ReadonlyMap<string, string>,
): Promise<readonly Probed[]> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'refit-proof-')));
  try {
    for (const [name, folder] of folders) cpSync(folder, join(place, name), { recursive: true });
    const names =
      side === 'old' ? ['ClaudeCodeOptions', 'claude_code_sdk'] : ['ClaudeAgentOptions', 'claude_agent_sdk'];
    const files = [...folders].flatMap(([name, folder]) => pythonIn(folder).map((path) => join(place, name, path)));
    const printed = await startPython(packages, side, place, [PROBE, ...names, place, ...files]);
    return printed
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line.replaceAll(place, '')) as Probed);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** As it reads on the new SDK. */
function renamed(text: string): string {
  return text
    .replace(/\bclaude_code_sdk\b/g, 'claude_agent_sdk')
    .replace(/\bClaudeCodeOptions\b/g, 'ClaudeAgentOptions');
}

/** What each file cannot do on the new SDK that it could on the old one. */
function worse(before: readonly Probed[], after: readonly Probed[]): readonly (readonly [string, string])[] {
  return after.flatMap(({ path, imported, unknown }) => {
    const was = before.find((one) => one.path === path);
    const known = new Set((was?.unknown ?? []).map(([, name]) => renamed(name)));
    const fails = imported !== 'ok' && imported !== renamed(was?.imported ?? 'ok');
    const more = unknown.map(([, name]) => name).filter((name) => !known.has(name));
    return [...(fails ? [imported] : []), ...more].map((what) => [path, what] as const);
  });
}

function hasNote(path: string): boolean {
  const fixture = cases.find(({ name }) => path.startsWith(`${name}/`));
  const notes = readFileSync(join(fixture?.folder ?? '', 'expected.notes.json'), 'utf8');
  return (JSON.parse(notes) as readonly Note[]).some((note) => `${fixture?.name}/${note.path}` === path);
}

describeProof('python', 'fixtures, imported with the real wheels', (packages) => {
  it.each(['floor', 'latest'] as const)('work on %s as they did before, or have a note', async (side) => {
    const folders = (name: string) => new Map(cases.map((fixture) => [fixture.name, join(fixture.folder, name)]));
    const before = await probe(packages, 'old', folders('before'));
    const after = await probe(packages, side, folders('after'));
    expect(after.map(({ path }) => path)).toEqual(before.map(({ path }) => path));
    expect(worse(before, after).filter(([path]) => !hasNote(path))).toEqual([]);
  });

  it('has an old name, an old option and an old module for worse: the check can fail', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refit-proof-'));
    try {
      writeFileSync(join(folder, 'a.py'), 'from claude_code_sdk import query\n');
      writeFileSync(join(folder, 'b.py'), 'from claude_agent_sdk import ClaudeCodeOptions\n');
      const option = 'def ask():\n    return O(append_system_prompt="x", model="y")\n';
      writeFileSync(join(folder, 'c.py'), `from claude_agent_sdk import ClaudeAgentOptions as O\n${option}`);
      const probed = await probe(packages, 'latest', new Map([['x', folder]]));
      expect(probed).toEqual([
        { path: 'x/a.py', imported: "ModuleNotFoundError: No module named 'claude_code_sdk'", unknown: [] },
        {
          path: 'x/b.py',
          imported: expect.stringContaining("ImportError: cannot import name 'ClaudeCodeOptions'"),
          unknown: [[1, 'claude_agent_sdk.ClaudeCodeOptions']],
        },
        { path: 'x/c.py', imported: 'ok', unknown: [[3, 'append_system_prompt=']] },
      ]);
      const fine = probed.map((one) => ({ ...one, imported: 'ok', unknown: [] }));
      expect(worse(fine, probed).map(([path]) => path)).toEqual(['x/a.py', 'x/b.py', 'x/b.py', 'x/c.py']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
