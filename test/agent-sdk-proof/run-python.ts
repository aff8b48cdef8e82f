import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { PythonPackages } from './python-packages.ts';
import { readSent, type Sent } from './sent.ts';

type Distribution = keyof PythonPackages['paths'];

// One process for all programs; each has a record of its own.
const RUNNER = `import os, runpy, sys
for name in sys.argv[1:]:
    os.environ["REFIT_SENT"] = name + ".sent"
    runpy.run_path(name, run_name="__main__")
`;

/** Runs each program on one of the distributions and tells what the fake `claude` was sent by each. */
export async function runPython(
  packages: PythonPackages,
  distribution: Distribution,
  programs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, readonly Sent[]>>> {
  const place = mkdtempSync(join(tmpdir(), 'refit-proof-'));
  try {
    const names = Object.keys(programs);
    const paths = names.map((_, index) => join(place, `p${index}.py`));
    names.forEach((name, index) => {
      writeFileSync(paths[index] ?? '', programs[name] ?? '');
    });
    const runner = join(place, 'runner.py');
    writeFileSync(runner, RUNNER);
    await startPython(packages, distribution, place, [runner, ...paths]);
    return Object.fromEntries(names.map((name, index) => [name, readSent(`${paths[index]}.sent`)]));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Runs Python with one of the distributions, apart from the machine's login and settings, and returns what it prints. */
export async function startPython(
  packages: PythonPackages,
  distribution: Distribution,
  home: string,
  args: readonly string[],
): Promise<string> {
  const env = {
    PATH: [packages.programs, process.env['PATH'] ?? ''].join(delimiter),
    PYTHONPATH: packages.paths[distribution],
    HOME: home,
    REFIT_SENT: join(home, 'sent'),
  };
  const options = { cwd: home, env, extendEnv: false, timeout: 300_000, stdin: 'ignore', reject: false } as const;
  const result = await execa(packages.python, [...args], options);
  if (result.failed) throw new Error(`python ended with ${result.exitCode}: ${result.stderr.slice(-1_500)}`);
  return result.stdout;
}
