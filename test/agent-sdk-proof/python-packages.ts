import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cached, install, LISTS, placeFake } from './package-cache.ts';

/** The real distributions, by the name of their folder. `floor` is the lowest new one that a migrated range admits. */
const DISTRIBUTIONS = {
  old: 'claude-code-sdk==0.0.25',
  floor: 'claude-agent-sdk==0.1.60',
  latest: 'claude-agent-sdk==0.2.187',
} as const;
const NEEDS = ['anyio>=4', 'mcp>=1.23,<3', 'jsonschema', 'sniffio', 'typing-extensions'];

export interface PythonPackages {
  /** An interpreter that has what the SDKs need and nothing else. */
  readonly python: string;
  /** A folder to put first on PATH, in which `claude` is the fake. */
  readonly programs: string;
  /** For PYTHONPATH. */
  readonly paths: Readonly<Record<keyof typeof DISTRIBUTIONS, string>>;
}

/** There is no Python that can take the packages. */
export class NoPython extends Error {}

/** Installs the wheels, each in a folder of its own over one environment, and the fake in the place of a bundled program. */
export async function installPythonPackages(): Promise<PythonPackages> {
  await mustHavePython();
  const constraints = join(LISTS, 'python.txt');
  const folder = await cached('python', [constraints, import.meta.filename], async (draft) => {
    await install('python3', ['-m', 'venv', '--without-pip', '--copies', 'base'], draft);
    const pip = ['-m', 'pip', '--python', join(draft, 'base/bin/python'), 'install', '--quiet'];
    const flags = ['--only-binary', ':all:', '--disable-pip-version-check', '--no-input'];
    await install('python3', [...pip, ...flags, '-c', constraints, ...NEEDS], draft);
    for (const [name, distribution] of Object.entries(DISTRIBUTIONS)) {
      await install('python3', [...pip, ...flags, '--no-deps', '--target', join(draft, name), distribution], draft);
      const bundled = join(draft, name, 'claude_agent_sdk/_bundled/claude');
      if (existsSync(bundled)) placeFake(bundled);
    }
    mkdirSync(join(draft, 'programs'));
    placeFake(join(draft, 'programs/claude'));
  });
  const at = (name: string): string => join(folder, name);
  return {
    python: at('base/bin/python'),
    programs: at('programs'),
    paths: { old: at('old'), floor: at('floor'), latest: at('latest') },
  };
}

async function mustHavePython(): Promise<void> {
  const script = 'import sys, venv, pip; assert sys.version_info >= (3, 10), sys.version';
  const found = await execa('python3', ['-c', script], { reject: false });
  if (found.failed) throw new NoPython(`no python3 of 3.10 or later with pip and venv: ${found.stderr.slice(-200)}`);
}
