import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { PythonPackages } from './python-packages.ts';

type Distribution = keyof PythonPackages['paths'];

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
